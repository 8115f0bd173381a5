/* sim_ftp.c - the world of the FTP tests: clients as machines of stages, each
 * reply taking them on. */
#include "sim_ftp.h"

#include <stdio.h>

#include "base/text.h"
#include "port/file.h"
#include "port/sim/sim.h"
#include "sim_case.h"
#include "src/ftp/ftp_users.h"

struct ftp_world F;

static const struct addr server_at = { 4, 2121, 0, { 127, 0, 0, 1 } };

enum stage {
	GREETING, USER, PASS, TYPE, SIMPLE,
	PASSIVE,		/* PASV or EPSV was said */
	RESTART,		/* REST was said */
	COMMAND,		/* RETR, STOR, LIST was said */
	RUNNING,		/* 150 came */
	ABORTED,		/* ABOR was said */
	ENDING,			/* the last reply came, octets may follow */
	LEAVING			/* QUIT was said before the last reply */
};

/* ---- what files hold ---- */

static uint32_t file_seed(int file)
{
	return 1000u * (uint32_t)(file + 1);
}

static uint32_t stored_seed(const struct ftp_client *c, const struct job *j)
{
	return 77777u + (uint32_t)(c - F.client) * 1000u +
	    (uint32_t)(j - c->job);
}

static bool is_list(const struct job *j)
{
	return j->kind == JOB_LIST || j->kind == JOB_NLST ||
	    j->kind == JOB_MLSD;
}

static bool is_store(const struct job *j)
{
	return j->kind == JOB_STOR || j->kind == JOB_APPE ||
	    j->kind == JOB_STOU;
}

static void put_file(const char *path, uint32_t seed, uint32_t len)
{
	static uint8_t mem[100000];

	ASSERT(len <= sizeof(mem));
	for (uint32_t i = 0; i < len; i++)
		mem[i] = peer_octet(seed, i);
	sim_put(path, mem, len);
}

/* Does [from, to) of the file hold the stream of seed, from its start? */
static bool holds(const char *path, uint32_t seed, uint32_t from, uint32_t to)
{
	size_t len;
	const uint8_t *mem = sim_get(path, &len);

	if (mem == NULL || len < to)
		return false;
	for (uint32_t i = from; i < to; i++)
		if (mem[i] != peer_octet(seed, i - from))
			return false;
	return true;
}

static void stored_path(char *out, size_t room, const struct ftp_client *c,
    const struct job *j)
{
	text_fmt(out, room, "/srv/pub/up%d-%d", (int)(c - F.client),
	    (int)(j - c->job));
}

/* ---- the client speaks ---- */

static struct job *job_of(struct ftp_client *c)
{
	return &c->job[c->at];
}

/* Does it wait to be thrown out? */
static bool waits_for_end(const struct ftp_client *c)
{
	enum job_kind kind = c->at < 0 ? JOB_ASK : c->job[c->at].kind;

	return kind == JOB_QUIT || kind == JOB_IDLE;
}

static void say(struct ftp_client *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(struct ftp_client *c, const char *fmt, ...)
{
	char line[300];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = text_vfmt(line, sizeof(line) - 2, fmt, ap);
	va_end(ap);
	memcpy(line + n, "\r\n", 2);
	peer_say(&c->ctl, line, n + 2);
}

static void end(struct ftp_client *c)
{
	c->over = true;
	host_close(&c->ear);
	peer_drop(&c->data);
	peer_drop(&c->ctl);
}

/* A port for each job, of the address that the server knows, and below those
 * that it picks for PASV. */
static void say_active(struct ftp_client *c)
{
	struct job *j = job_of(c);
	char ip[ADDR_TEXT];
	struct addr at;

	sim_outside(true);
	if (port_local_addr(c->ctl.watch.fd, &at) != 0)
		at = server_at;
	sim_outside(false);
	at.port = (uint16_t)(3000 + (c - F.client) * 100 + c->at);
	host_open(&c->ear, &F.loop, &at, &c->data);
	addr_text_ip(ip, sizeof(ip), &at);
	if (j->pasv)
		say(c, "PORT %u,%u,%u,%u,%u,%u", at.ip[0], at.ip[1], at.ip[2],
		    at.ip[3], at.port >> 8u, at.port & 0xffu);
	else
		say(c, "EPRT |%d|%s|%u|", at.family == 4 ? 1 : 2, ip,
		    at.port);
}

static void say_passive(struct ftp_client *c)
{
	c->stage = PASSIVE;
	if (job_of(c)->active)
		say_active(c);
	else
		say(c, "%s", job_of(c)->pasv ? "PASV" : "EPSV");
}

/* In one, as clients that know the replies do; the last is DELE's. */
static void say_edit(struct ftp_client *c)
{
	char path[64];
	const char *p = path + strlen("/srv");

	stored_path(path, sizeof(path), c, job_of(c));
	c->owed = 6;
	say(c, "MKD %s.d\r\nMFMT 20010909014640 %s\r\nRNFR %s\r\n"
	    "RNTO %s.d/b\r\nMDTM %s.d/b\r\nDELE %s.d/b", p, p, p, p, p, p);
}

static void next_job(struct ftp_client *c)
{
	struct job *j;

	if (++c->at == c->jobs) {
		c->at--;
		end(c);
		return;
	}
	j = job_of(c);
	c->stage = SIMPLE;
	switch (j->kind) {
	case JOB_SIZE:
		say(c, "SIZE /pub/f%d", j->file);
		return;
	case JOB_CWD:
		say(c, "CWD %s", j->file % 2 ? "/" : "/pub");
		return;
	case JOB_ASK:
		say(c, "%s", j->file == 0 ? "PWD" : j->file == 1 ? "SYST" :
		    j->file == 2 ? "FEAT" : "NOOP");
		return;
	case JOB_BURST:
		c->owed = 4;
		say(c, "PWD\r\nSYST\r\nFEAT\r\nNOOP");
		return;
	case JOB_EDIT:
		say_edit(c);
		return;
	case JOB_QUIT:
		say(c, "QUIT");
		return;
	case JOB_IDLE:
		return;
	default:
		say_passive(c);
	}
}

static void say_command(struct ftp_client *c)
{
	struct job *j = job_of(c);
	char path[64];

	c->stage = COMMAND;
	stored_path(path, sizeof(path), c, j);
	if (j->kind == JOB_LIST)
		say(c, "LIST /pub");
	else if (j->kind == JOB_NLST)
		say(c, "NLST /pub");
	else if (j->kind == JOB_MLSD)
		say(c, "MLSD /pub");
	else if (is_store(j))
		say(c, "%s %s", j->kind == JOB_STOR ? "STOR" :
		    j->kind == JOB_APPE ? "APPE" : "STOU",
		    path + strlen("/srv"));
	else if (j->kind == JOB_REFUSED)
		say(c, "RETR /pub/absent");
	else
		say(c, "RETR /pub/f%d%s", j->file,
		    j->kind == JOB_LAST ? "\r\nQUIT" : "");
}

/* ---- the data connection ---- */

/* A listing is counted, not compared. */
static ptrdiff_t on_listing(struct peer *p, const uint8_t *mem, size_t len)
{
	struct ftp_client *c = OWNER(p, struct ftp_client, data);

	for (size_t i = 0; i < len; i++)
		c->lines += mem[i] == '\n';
	c->last = (char)mem[len - 1];
	return (ptrdiff_t)len;
}

static void ended(struct ftp_client *c);

static void on_data_over(struct peer *p)
{
	struct ftp_client *c = OWNER(p, struct ftp_client, data);

	if (c->stage == ENDING && !c->over)
		ended(c);
}

static void plan_data(struct ftp_client *c)
{
	struct job *j = job_of(c);
	struct peer *p = &c->data;

	memset(p, 0, sizeof(*p));
	p->on_over = on_data_over;
	p->whim = j->whim;
	c->lines = 0;
	c->last = '\n';
	if (is_list(j)) {
		p->talk = on_listing;
		return;
	}
	if (is_store(j)) {
		p->out_seed = stored_seed(c, j);
		p->out_total = j->octets;
		p->way = PEER_BOTH;
	} else if (j->kind != JOB_REFUSED) {
		p->in_seed = file_seed(j->file) + j->rest;
		p->in_total = F.file_len[j->file] - j->rest;
		p->way = sim_pick(4) ? PEER_WAITS : PEER_BOTH;
		p->rest_ms = F.brisk || sim_pick(3) ? 0 : sim_pick(30);
		p->read_max = F.brisk ? 0 : 1 + p->in_total / 20;
	}
	p->whim_at = sim_pick(p->in_total + p->out_total + 1);
	peer_stream(p);
}

static void connect_data(struct ftp_client *c)
{
	struct addr to = server_at;

	to.port = c->data_port;
	peer_connect(&c->data, &F.loop, &to);
}

/* The last number but one and the last of "(h,h,h,h,p,p)"; or "|||p|". */
static uint16_t passive_port(const char *line, bool pasv)
{
	uint32_t n[8] = { 0 }, k = 0;

	for (line = strchr(line, '('); line != NULL && *line != ')' && k < 7;
	    line++) {
		if (text_is_digit(*line))
			n[k] = n[k] * 10 + (uint32_t)(*line - '0');
		else if (text_is_digit(line[1]))
			k++;
	}
	check(k == (pasv ? 6 : 1));
	return (uint16_t)(pasv ? n[5] * 256 + n[6] : n[1]);
}

/* ---- what a transfer must have led to ---- */

static void check_stored(struct ftp_client *c, const struct job *j)
{
	uint32_t seed = stored_seed(c, j);
	uint32_t from = j->kind == JOB_APPE ? j->old : j->rest;
	char path[64];
	size_t len = 0;
	bool there;

	stored_path(path, sizeof(path), c, j);
	if (j->kind == JOB_STOU && j->old > 0) {
		check(sim_get(path, &len) != NULL && len == j->old);
		check(holds(path, 5, 0, j->old));
		strcat(path, ".1");
	}
	there = sim_get(path, &len) != NULL;
	if (j->code == 226) {
		check(there && len == MAX(from + c->data.sent, from > 0 ?
		    j->old : 0));
		check(holds(path, seed, from, from + c->data.sent));
		check(holds(path, 5, 0, from));
		check(c->data.fin_sent || j->whim == PEER_CLOSES);
	} else if (j->kind == JOB_APPE && j->old > 0) {
		check(there && len >= j->old && holds(path, 5, 0, j->old));
	} else if (j->kind == JOB_STOR && j->rest == 0 && j->old > 0) {
		check(there && len == j->old && holds(path, 5, 0, j->old));
	} else if (j->rest == 0 && there) {
		check(holds(path, seed, 0, (uint32_t)len));
	}
}

/* Removed when that was the answer; else it is still there, by one name. */
static void check_edited(struct ftp_client *c, const struct job *j)
{
	char path[64], to[64];
	size_t len = 0, to_len = 0;
	bool old, new;

	stored_path(path, sizeof(path), c, j);
	text_fmt(to, sizeof(to), "%s.d/b", path);
	old = sim_get(path, &len) != NULL;
	new = sim_get(to, &to_len) != NULL;
	if (j->code == 250)
		check(!old && !new);
	else
		check(old != new && (old ? len : to_len) == j->old);
}

static void check_got(struct ftp_client *c, const struct job *j)
{
	const struct peer *p = &c->data;

	check(!p->wrong);
	if (is_list(j)) {
		if (j->code == 226 && p->got_eof)
			check(c->last == '\n' && (c->lines >= FTP_FILES ||
			    sim_faults() > 0));	/* may miss an entry */
	} else if (j->code == 226 && p->got_eof) {
		check(p->got == p->in_total || j->kind == JOB_ABOR);
	}
}

static void ended(struct ftp_client *c)
{
	struct job *j = job_of(c);

	/* What the server sent through its own connection may come after its
	 * word that it did. */
	if (j->active && j->code == 226 && j->kind != JOB_ABOR &&
	    !c->data.opened)
		return;
	if (c->data.opened && !c->data.over)
		return;
	j->done = true;
	host_close(&c->ear);
	if (is_store(j))
		check_stored(c, j);
	else
		check_got(c, j);
	if (F.lucky && (j->kind == JOB_RETR || is_store(j) ||
	    j->kind == JOB_LAST))
		check(j->code == 226 && peer_whole(&c->data));
	if (j->kind == JOB_LAST)
		end(c);
	else
		next_job(c);
}

/* ---- the client is told ---- */

/* The server hung up, or the network did. */
static void on_ctl_over(struct peer *p)
{
	struct ftp_client *c = OWNER(p, struct ftp_client, ctl);

	if (waits_for_end(c))
		job_of(c)->done = true;
	if (c->stage != LEAVING) {
		end(c);
		return;
	}
	c->stage = ENDING;
	ended(c);
}

static void on_passive(struct ftp_client *c, int code, const char *line)
{
	struct job *j = job_of(c);

	if (code != (j->active ? 200 : j->pasv ? 227 : 229)) {
		host_close(&c->ear);
		c->stage = SIMPLE;
		next_job(c);
		return;
	}
	plan_data(c);
	if (!j->active)
		c->data_port = passive_port(line, j->pasv);
	if (!j->active && !j->late)
		connect_data(c);
	if (j->rest > 0) {
		c->stage = RESTART;
		say(c, "REST %u", j->rest);
	} else {
		say_command(c);
	}
}

static void on_transfer(struct ftp_client *c, int code)
{
	struct job *j = job_of(c);

	j->code = code;
	if (code == 150) {
		check(c->stage == COMMAND);
		j->told_150 = true;
		c->stage = RUNNING;
		if (j->late && !j->active)
			connect_data(c);
		if (j->kind == JOB_ABOR) {
			c->stage = ABORTED;
			say(c, "ABOR");
		} else if (j->kind == JOB_LEAVE) {
			if (sim_pick(2))
				sim_vanish(c->ctl.watch.fd);
			end(c);
		}
		return;
	}
	if (!j->told_150)
		peer_drop(&c->data);
	c->stage = j->kind == JOB_LAST ? LEAVING : ENDING;
	if (c->stage == ENDING)
		ended(c);
}

/* 426 and 226, or the transfer's own 226 or failure and 225. */
static void on_aborted(struct ftp_client *c, int code)
{
	struct job *j = job_of(c);
	bool first = j->code == 150;

	j->code = code;
	if (first && code != 225)
		return;
	check(code == 225 || code == 226);
	c->stage = ENDING;
	ended(c);
}

static void on_simple(struct ftp_client *c, int code, const char *line)
{
	struct job *j = job_of(c);
	char size[32];

	j->code = code;
	if (waits_for_end(c)) {
		check(code == 221 || code == 421);
		return;			/* now it hangs up */
	}
	if (j->kind == JOB_SIZE && code == 213) {
		text_fmt(size, sizeof(size), "213 %u", F.file_len[j->file]);
		check(strcmp(line, size) == 0);
	}
	if (j->kind == JOB_EDIT && c->owed == 2 && code == 213 &&
	    sim_faults() == 0)
		check(strcmp(line, "213 20010909014640") == 0);
	if ((j->kind == JOB_BURST || j->kind == JOB_EDIT) && --c->owed > 0)
		return;
	if (j->kind == JOB_EDIT)
		check_edited(c, j);
	j->done = true;
	next_job(c);
}

static void on_login(struct ftp_client *c, int code)
{
	if (c->stage == GREETING && code == 220) {
		c->stage = USER;
		say(c, "USER %s", c->as_user ? "bob" : "anonymous");
	} else if (c->stage == USER && code == 331) {
		c->stage = PASS;
		say(c, "PASS %s", c->as_user ? "builder" : "me@");
	} else if (c->stage == PASS && code == 230) {
		c->stage = TYPE;
		say(c, "TYPE I");
	} else if (c->stage == TYPE && code == 200) {
		next_job(c);
	} else {
		end(c);
	}
}

static void on_reply_line(struct ftp_client *c, int code, const char *line)
{
	if (code == 421 && !waits_for_end(c))
		return;			/* it hangs up */
	switch ((enum stage)c->stage) {
	case GREETING: case USER: case PASS: case TYPE:
		on_login(c, code);
		return;
	case SIMPLE:
		on_simple(c, code, line);
		return;
	case PASSIVE:
		on_passive(c, code, line);
		return;
	case RESTART:
		say_command(c);
		return;
	case COMMAND: case RUNNING:
		on_transfer(c, code);
		return;
	case ABORTED:
		on_aborted(c, code);
		return;
	case LEAVING:
		check(code == 221);
		return;
	case ENDING:
		check(!"a reply nobody asked for");
	}
}

/* One line: "NNN text", or a line before the last of a long reply. */
static ptrdiff_t on_octets(struct peer *p, const uint8_t *mem, size_t len)
{
	struct ftp_client *c = OWNER(p, struct ftp_client, ctl);
	const uint8_t *lf = memchr(mem, '\n', len);
	char line[PEER_TALK];
	uint64_t code;
	size_t n;

	if (lf == NULL)
		return 0;
	n = (size_t)(lf - mem);
	check(n >= 1 && mem[n - 1] == '\r');
	memcpy(line, mem, n - 1);
	line[n - 1] = '\0';
	if (text_u64(line, 3, 599, &code) == 0 && line[3] == ' ')
		on_reply_line(c, (int)code, line);
	return (ptrdiff_t)n + 1;
}

/* ---- plans ---- */

static void plan_job(struct job *j, bool polite)
{
	static const uint32_t about[] = { 1, 100, 5000, 60000 };
	uint32_t size;

	memset(j, 0, sizeof(*j));
	j->kind = (enum job_kind)sim_pick(polite ? JOB_ABOR : JOB_KINDS);
	j->file = (int)sim_pick(FTP_FILES);
	j->late = sim_pick(2);
	j->pasv = sim_pick(2);
	j->active = sim_pick(4) == 0;
	j->octets = sim_pick(about[sim_pick(4)]);
	if (!polite && sim_pick(3) == 0)
		j->whim = (enum peer_whim)sim_pick(4);
	if (is_store(j) || j->kind == JOB_EDIT)
		j->old = sim_pick(2) ? 0 : sim_pick(3000);
	if (j->kind == JOB_EDIT)
		j->old++;
	size = j->kind == JOB_STOR ? j->old : F.file_len[j->file];
	if (sim_pick(3) == 0 && size > 0 &&
	    (j->kind == JOB_RETR || j->kind == JOB_STOR))
		j->rest = sim_pick(size);
}

void ftp_client_plan(int i, int jobs, bool polite)
{
	struct ftp_client *c = &F.client[i];

	c->as_user = sim_pick(16) == 0;	/* hashing takes its time */
	c->jobs = jobs;
	for (int k = 0; k < jobs; k++)
		plan_job(&c->job[k], polite);
	if (sim_pick(4) != 0)
		return;
	c->job[jobs - 1].kind = JOB_LAST;
	c->job[jobs - 1].rest = 0;
}

static void put_old_files(struct ftp_client *c)
{
	char path[64];

	for (int k = 0; k < c->jobs; k++) {
		struct job *j = &c->job[k];

		stored_path(path, sizeof(path), c, j);
		if (j->old > 0)
			put_file(path, 5, j->old);
	}
}

void ftp_client_start(int i)
{
	struct ftp_client *c = &F.client[i];

	put_old_files(c);
	c->at = -1;
	c->stage = GREETING;
	c->ctl.talk = on_octets;
	c->ctl.on_over = on_ctl_over;
	peer_connect(&c->ctl, &F.loop, &server_at);
}

static void show_job(int client, int n)
{
	const struct job *j = &F.client[client].job[n];

	fprintf(stderr, "client %d, job %d of kind %d: octets %u, old %u, rest "
	    "%u; code %d\n", client, n, j->kind, j->octets, j->old, j->rest,
	    j->code);
}

bool ftp_client_succeeded(int i)
{
	const struct ftp_client *c = &F.client[i];

	for (int k = 0; k < c->jobs; k++) {
		const struct job *j = &c->job[k];

		if (j->done && j->code >= 200 && j->code < 300)
			continue;
		show_job(i, k);
		return false;
	}
	return c->jobs > 0;
}

/* ---- the server ---- */

static void put_users(void)
{
	static char line[FTP_HASH_TEXT + 64];
	struct ftp_hash hash;
	char text[FTP_HASH_TEXT];

	if (line[0] == '\0') {	/* slow on purpose: once for all runs */
		ftp_hash_make(&hash, "builder", FTP_ROUNDS_MIN);
		ftp_hash_text(text, &hash);
		text_fmt(line, sizeof(line), "bob:%s:/srv:w\n", text);
	}
	sim_put("/etc/users", line, strlen(line));
}

static void configure(struct ftp_conf *conf)
{
	static const char *const pairs[] = { "listen_address=127.0.0.1",
		"listen_port=2121", "anonymous_enable=YES",
		"local_enable=YES", "write_enable=YES",
		"anon_upload_enable=YES", "anon_other_write_enable=YES",
		"anon_mkdir_write_enable=YES", "anon_root=/srv",
		"users_file=/etc/users", "anon_umask=022", "local_umask=022",
		"idle_session_timeout=30",
		"data_connection_timeout=30" };
	struct opt_table t = ftp_conf_table(conf);
	struct opt_at at = { .strict = true };

	ftp_conf_init(conf);
	for (size_t i = 0; i < LEN(pairs); i++)
		check(opt_read_pair(&t, &at, pairs[i]) == 0);
	conf->delete_failed_uploads = sim_pick(2);
	conf->use_sendfile = sim_pick(2);
	check(ftp_conf_check(conf, &at) == 0);
}

void ftp_world_open(uint64_t seed)
{
	char why[200], path[32];

	sim_reset(seed, NULL);
	memset(&F, 0, sizeof(F));
	put_users();
	for (int i = 0; i < FTP_FILES; i++) {
		F.file_len[i] = sim_pick(i % 2 ? 60000 : 600);
		text_fmt(path, sizeof(path), "/srv/pub/f%d", i);
		put_file(path, file_seed(i), F.file_len[i]);
	}
	check(loop_open(&F.loop, "sim") == 0);
	configure(&F.conf);
	check(ftp_start(&F.ftp, &F.loop, &F.conf, why, sizeof(why)) == 0);
}

static bool is_idle(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < FTP_CLIENTS; i++)
		if (F.client[i].ctl.loop != NULL && !F.client[i].over)
			return false;
	return F.ftp.sessions_n == 0;
}

void ftp_world_settle(void)
{
	check(case_turn(&F.loop, 1000000, is_idle, NULL));
}

static bool is_stopped(void *ctx)
{
	(void)ctx;
	return F.ftp.sessions_n == 0;
}

void ftp_world_close(void)
{
	sim_change(NULL);
	ftp_stop(&F.ftp);
	check(case_turn(&F.loop, 1000, is_stopped, NULL));
	for (int i = 0; i < FTP_CLIENTS; i++)
		end(&F.client[i]);
	case_clean(&F.loop);
	loop_close(&F.loop);
}
