/* t_ftp_family.c - the monitor with clients that come and go, and children that
 * ask, lie, and die at any time, while calls of its own fail. */
#include "src/ftp/ftp_monitor.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"

#define STEPS 80
#define CLIENTS 12
#define KIDS 256

static struct ftp_monitor m;
static struct ftp_conf confs[FTP_GENS];
static struct loop loop;

/* A child that is played, and what it has said and heard. */
static struct kid {
	int pid, pair;
	unsigned asked;		/* LOGINs not answered yet */
	bool good;		/* VERDICT 1 */
	bool takes;		/* it was told TAKE */
} kids[KIDS];
static int kids_n, clients[CLIENTS];
static uint64_t logins;		/* that came to TAKE, in all seeds */

static struct mon_sess *sess_of_kid(const struct kid *k, enum mon_who *who)
{
	for (size_t i = 0; i < LEN(m.sess); i++)
		for (*who = 0; *who < 2; (*who)++)
			if (m.sess[i].state != MON_FREE &&
			    m.sess[i].end[*who].pid == k->pid)
				return &m.sess[i];
	return NULL;
}

/* ---- the world */

static void set(struct ftp_conf *c, const char *pair)
{
	struct opt_table t = ftp_conf_table(c);
	struct opt_at at = { .strict = true };

	check(opt_read_pair(&t, &at, pair) == 0);
}

static void fill_conf(struct ftp_conf *c)
{
	struct opt_at at = { .strict = true };
	char text[40];

	ftp_conf_init(c);
	set(c, "anon_root=/srv");
	set(c, "listen_port=2121");
	set(c, "secure_chroot_dir=/empty");
	set(c, "connect_from_port_20=YES");
	snprintf(text, sizeof(text), "delay_failed_login=%u", sim_pick(3));
	set(c, text);
	snprintf(text, sizeof(text), "delay_successful_login=%u", sim_pick(2));
	set(c, text);
	snprintf(text, sizeof(text), "max_clients=%u", 1 + sim_pick(8));
	set(c, text);
	snprintf(text, sizeof(text), "max_per_ip=%u", sim_pick(4));
	set(c, text);
	check(ftp_conf_check(c, &at) == 0);
}

static void begin(uint64_t seed)
{
	struct sim_conf world = sim_any_world(seed);
	char why[320];

	sim_reset(seed, NULL);
	sim_children();
	sim_make_dir("/srv");
	sim_make_dir("/empty");
	sim_put("/passed", "x", 1);
	memset(&m, 0, sizeof(m));
	memset(kids, 0, sizeof(kids));
	memset(clients, -1, sizeof(clients));
	kids_n = 0;
	log_set_level(LOG_DEBUG);
	fill_conf(&confs[0]);
	check(loop_open(&loop, NULL) == 0);
	if (ftp_monitor_open(&m, &loop, confs, why, sizeof(why)) < 0)
		case_failed(__FILE__, __LINE__, why);
	if (seed % 3 == 0)
		for (int i = 0; i < SIM_KINDS; i++)
			world.fault[i] = (uint16_t)sim_pick(3000);
	sim_change(&world);
}

/* ---- what must hold, whatever happens */

static void look_at_sess(const struct mon_sess *s)
{
	bool waits = s->state == MON_QUEUE || s->state == MON_CHECK ||
	    s->state == MON_PAUSE;

	if (s->state == MON_USER || s->state == MON_GONE)
		check(s->ctl == -1);
	else
		check(s->ctl >= 0);
	if (s->state == MON_USER)
		check(s->end[WHO_GUEST].pid == 0);
	if (s->state == MON_GUEST || waits)
		check(s->end[WHO_GUEST].pid != 0);
	if (s->state == MON_GUEST || s->state == MON_QUEUE)
		check(s->end[WHO_USER].pid == 0);
	if (s->state == MON_GONE)
		check(s->end[0].pid != 0 || s->end[1].pid != 0);
}

static void look(void)
{
	uint32_t live = 0, checks = 0, used = 0, guarded = 0;

	for (size_t i = 0; i < LEN(m.sess); i++) {
		if (m.sess[i].state == MON_FREE)
			continue;
		live++;
		checks += m.sess[i].state == MON_CHECK;
		look_at_sess(&m.sess[i]);
	}
	for (size_t i = 0; i < LEN(m.gen); i++)
		used += m.gen[i].used;
	for (uint32_t i = 0; i < m.guards.used; i++)
		guarded += m.guards.guard[i].live;
	check(m.live == live && used == live && guarded == live);
	check(m.checks == checks && checks <= 8);
}

/* ---- the children */

static void meet(void)
{
	int pid, pair;

	while (sim_child_next(&pid, &pair)) {
		check(kids_n < KIDS);
		kids[kids_n++] = (struct kid){ .pid = pid, .pair = pair };
	}
}

/* Right or wrong, at the right time or not. */
static void kid_speaks(struct kid *k)
{
	static const char zeros[sizeof(struct ftp_ask) + 8];
	struct ftp_ask a = { .kind = sim_pick(ASK_KINDS + 1) };
	enum mon_who who;
	const struct mon_sess *s = sess_of_kid(k, &who);
	bool sane = sim_pick(4) > 0;
	int pass = -1;

	if (sane && s != NULL && who == WHO_GUEST && k->asked > 0)
		return;
	if (sane && s != NULL)
		a.kind = who == WHO_GUEST ? ASK_LOGIN :
		    s->state == MON_CHECK ? ASK_VERDICT :
		    sim_pick(2) ? ASK_DIAL : ASK_GIVE;
	if (a.kind == ASK_LOGIN)
		snprintf(a.user, sizeof(a.user), "joe");
	if (a.kind == ASK_LOGIN || a.kind == ASK_VERDICT)
		a.number = sim_pick(2);
	if (a.kind == ASK_DIAL)
		a.number = 1000 + sim_pick(60000);
	if (a.kind == ASK_GIVE || sim_pick(20) == 0)
		pass = 0;
	if (sim_pick(30) == 0)
		(void)port_pair_send(k->pair, zeros, sim_pick(2) ?
		    sizeof(a) - 1 : sizeof(zeros), -1);
	else
		(void)port_pair_send(k->pair, &a, sizeof(a), pass);
	k->asked += a.kind == ASK_LOGIN;
	k->good = k->good || (a.kind == ASK_VERDICT && a.number == 1);
}

/* Who takes over had the right password; the other is no more, and the only
 * process of this session is the one that hears it. */
static void kid_takes(struct kid *k)
{
	enum mon_who who;
	const struct mon_sess *s = sess_of_kid(k, &who);

	check(k->good && !k->takes);
	k->takes = true;
	logins++;
	if (s == NULL || s->state == MON_GONE)
		return;
	check(who == WHO_USER && s->state == MON_USER);
	check(s->end[WHO_GUEST].pid == 0);
}

static void kid_hears(struct kid *k)
{
	struct ftp_tell t;
	int fd;

	while (port_pair_recv(k->pair, &t, sizeof(t), &fd) == 0) {
		if (t.kind == TELL_TAKE)
			kid_takes(k);
		else if (t.kind == TELL_DENIED)
			check(k->asked-- > 0 && !k->takes);
		else
			check(t.kind == TELL_DONE && k->takes);
	}
}

static void kid_acts(void)
{
	struct kid *k = &kids[sim_pick((uint32_t)kids_n)];

	if (!sim_child_lives(k->pid))
		return;
	kid_hears(k);
	if (sim_pick(12) == 0)
		sim_child_exit(k->pid);
	else
		kid_speaks(k);
}

/* ---- the clients */

static void client_acts(void)
{
	int *c = &clients[sim_pick(CLIENTS)];
	struct addr from = { .family = 4, .ip = { 198, 18, 0,
	    (uint8_t)(1 + sim_pick(4)) } };
	struct addr to = { .family = 4, .ip = { 127, 0, 0, 1 }, .port = 2121 };
	struct net_how how = { .from = &from };
	bool was = sim_outside(true);

	if (*c >= 0)
		port_close(*c);
	*c = *c >= 0 ? -1 : port_tcp_connect(&to, &how);
	*c = MAX(*c, -1);
	sim_outside(was);
}

static void reload(void)
{
	struct ftp_conf *c = ftp_monitor_place(&m);
	char why[320];

	if (c == NULL)
		return;
	fill_conf(c);
	(void)ftp_monitor_renew(&m, c, why, sizeof(why));
}

/* ---- a life */

static void turn(int64_t ms)
{
	loop_turn(&loop, loop.now_ms + ms);
	ftp_monitor_reap(&m);
	meet();
	look();
}

static void step(void)
{
	static const int64_t waits[] = { 0, 1, 50, 1000, 20000, 70000 };
	uint32_t what = sim_pick(100);

	if (what < 30)
		client_acts();
	else if (what < 85 && kids_n > 0)
		kid_acts();
	else if (what < 88)
		reload();
	look();
	turn(waits[sim_pick(LEN(waits))]);
}

static bool is_done(void *ctx)
{
	(void)ctx;
	ftp_monitor_reap(&m);
	return m.live == 0;
}

/* Those who are asked to end do, or do not: then they are killed. */
static void end(void)
{
	sim_change(NULL);
	ftp_monitor_stop(&m);
	for (int i = 0; i < kids_n; i++)
		if (sim_child_is_asked(kids[i].pid) && sim_pick(2))
			sim_child_exit(kids[i].pid);
	check(case_turn(&loop, 60000, is_done, NULL));
	look();
	meet();
	for (int i = 0; i < kids_n; i++)
		check(!sim_child_lives(kids[i].pid));
	for (size_t i = 0; i < LEN(m.by_pid); i++)
		check(m.by_pid[i] == NULL);
	ftp_monitor_close(&m);
	sim_outside(true);
	for (int i = 0; i < CLIENTS; i++)
		if (clients[i] >= 0)
			port_close(clients[i]);
	sim_outside(false);
	case_clean(&loop);
	loop_close(&loop);
}

static void life(uint64_t seed)
{
	begin(seed);
	for (int i = 0; i < STEPS; i++)
		step();
	end();
}

static void t_family(void **state)
{
	(void)state;
	case_seeds("t_ftp_family", 300, life);
	print_message("%llu logins\n", (unsigned long long)logins);
	assert_true(logins > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
