/* ftp_site.c - SITE: a small table of its own below the verb's row. */
#include "base/text.h"
#include "ftp_cmd.h"

/* SITE IDLE may ask for as long where the configuration sets no limit. */
#define IDLE_MAX_S 86400

struct site {
	const char *name;
	void (*fn)(struct ftp_sess *s, char *arg);
	uint8_t rights;		/* all of these, else 550 */
};

/* An octal number up to max that is all of len octets; or -E_INVAL. */
static int site_octal(const char *text, size_t len, int max)
{
	int n = 0;

	if (len == 0)
		return -E_INVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '7')
			return -E_INVAL;
		n = n * 8 + text[i] - '0';
		if (n > max)
			return -E_INVAL;
	}
	return n;
}

/* "MODE NAME". */
static void site_chmod(struct ftp_sess *s, char *arg)
{
	size_t len = strcspn(arg, " ");
	int mode = site_octal(arg, len, 0777);
	const char *name = arg + len + (arg[len] == ' ');

	if (mode < 0 || *name == '\0') {
		ftp_reply(s, 501, "SITE CHMOD needs a mode and a name.");
		return;
	}
	if (!ftp_cmd_path(s, s->xfer.path, name))
		return;
	if (port_path_set_mode(s->root, s->xfer.path, (unsigned)mode) == 0)
		ftp_reply(s, 200, "SITE CHMOD command ok.");
	else
		ftp_reply(s, 550, "SITE CHMOD command failed.");
}

static void site_umask_say(struct ftp_sess *s, const char *text)
{
	unsigned m = s->umask;

	ftp_reply(s, 200, "%s 0%u%u%u", text, m >> 6u, m >> 3u & 7u, m & 7u);
}

static void site_umask(struct ftp_sess *s, char *arg)
{
	int mask;

	ftp_line_trim(arg);
	mask = site_octal(arg, strlen(arg), 0777);
	if (*arg == '\0') {
		site_umask_say(s, "Your current UMASK is");
	} else if (mask < 0) {
		ftp_reply(s, 501, "Bad UMASK.");
	} else {
		s->umask = (uint16_t)mask;
		site_umask_say(s, "UMASK set to");
	}
}

/* Never longer than the owner of the server allows. */
static void site_idle(struct ftp_sess *s, char *arg)
{
	int64_t allowed = ftp_conf(s)->idle_session_timeout;
	uint64_t most = allowed > 0 ? (uint64_t)allowed : IDLE_MAX_S, want;

	ftp_line_trim(arg);
	if (*arg == '\0') {
		ftp_reply(s, 200, "The idle limit is %lu seconds, at most "
		    "%llu.", (unsigned long)s->idle_s,
		    (unsigned long long)most);
	} else if (text_u64(arg, strlen(arg), most, &want) < 0 || want == 0) {
		ftp_reply(s, 501, "The idle limit is 1 to %llu seconds.",
		    (unsigned long long)most);
	} else {
		s->idle_s = (uint32_t)want;
		ftp_reply(s, 200, "The idle limit is %lu seconds.",
		    (unsigned long)s->idle_s);
	}
}

static void site_help(struct ftp_sess *s, char *arg);

static const struct site sites[] = {
	{ "CHMOD", site_chmod, RIGHT_CHMOD },
	{ "UMASK", site_umask, RIGHT_UPLOAD },
	{ "UTIME", ftp_site_utime, RIGHT_TIME },
	{ "IDLE", site_idle, 0 },
	{ "HELP", site_help, 0 },
};

static void site_help(struct ftp_sess *s, char *arg)
{
	char names[64];
	size_t n = 0;

	(void)arg;
	for (size_t i = 0; i < LEN(sites); i++)
		n += text_fmt(names + n, sizeof(names) - n, " %s",
		    sites[i].name);
	ftp_reply(s, 214, "SITE commands:%s", names);
}

void ftp_verb_site(struct ftp_sess *s, char *arg)
{
	char *rest = ftp_line_split(arg);

	for (size_t i = 0; i < LEN(sites); i++) {
		if (strcmp(sites[i].name, arg) != 0)
			continue;
		if ((s->rights & sites[i].rights) == sites[i].rights)
			sites[i].fn(s, rest);
		else
			ftp_reply(s, 550, "Permission denied.");
		return;
	}
	ftp_reply(s, 500, "Unknown SITE command.");
}
