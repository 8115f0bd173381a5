/* log.c - lines to stderr, a file or syslog, never waiting for any of them.
 * Knows nothing of who speaks. */
#include "base/civil.h"
#include "base/text.h"
#include "core/log.h"
#include "port/file.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/time.h"

#define LINE_MAX_OCTETS 1000
#define RATE_BURST 10
#define SYSLOG_DAEMON (3 * 8)

/* The process's own voice: one line at a time, so one of these. */
static struct {
	enum log_level level;
	enum log_form form;
	enum log_to to;
	int out;			/* 1 or 2, of the line under way */
	int fd;				/* of LOG_FILE */
	int prio;			/* of the line, for syslog */
	char path[PORT_PATH_MAX];
	char tag[32];
	/* The line under way: [off, len) is still to go out. Only one of which
	 * a part went out already stays here. */
	char line[LINE_MAX_OCTETS];
	size_t off, len;
	uint64_t dropped, unsaid;	/* ever, and not yet told */
	uint32_t held;			/* by log_may, to be told */
} voice = { .level = LOG_INFO, .to = LOG_STDERR, .out = 2, .fd = -1 };

/* The originals' names of levels. libev has two, and says warnings as errors
 * on standard error. */
static const struct {
	const char *error, *warn, *info, *debug, *trace;
} names[] = {
	[LOG_PYTHON] = { "ERROR", "WARNING", "INFO", "DEBUG", "VERBOSE" },
	[LOG_LIBEV] = { "ERROR", "ERROR", "INFO", "INFO", "INFO" },
	[LOG_RUST] = { "ERROR", "WARN", "INFO", "DEBUG", "TRACE" },
	[LOG_BARE] = { "ERROR", "WARN", "INFO", "DEBUG", "TRACE" },
	[LOG_VSFTPD] = { "ERROR: ", "WARNING: ", "", "", "" },
};

static const char *level_name(enum log_level level)
{
	if (level >= LOG_ERROR)
		return names[voice.form].error;
	if (level >= LOG_WARN)
		return names[voice.form].warn;
	if (level >= LOG_INFO)
		return names[voice.form].info;
	return level >= LOG_DEBUG ? names[voice.form].debug :
	    names[voice.form].trace;
}

/* RFC 3164: error 3, warning 4, informational 6, debug 7. */
static int severity(enum log_level level)
{
	if (level >= LOG_ERROR)
		return 3;
	if (level >= LOG_WARN)
		return 4;
	return level >= LOG_INFO ? 6 : 7;
}

/* Octets at s that may be shown as they are; 0: a control character (C0, DEL,
 * C1) or no UTF-8. */
static size_t harmless(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t n = text_utf8_char(s, len);

	if (n == 1)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (n == 2 && p[0] == 0xc2 && p[1] < 0xa0)
		return 0;
	return n;
}

/* s so that it stays one line and harms no terminal. */
static size_t clean(char *out, size_t room, const char *s, size_t len)
{
	size_t at = 0, i = 0;

	while (i < len) {
		size_t n = harmless(s + i, len - i);

		if (at + MAX(n, 4) >= room)
			break;
		if (n > 0)
			memcpy(out + at, s + i, n);
		else
			text_fmt(out + at, room - at, "\\x%02x",
			    (unsigned)(uint8_t)s[i]);
		at += n > 0 ? n : 4;
		i += n > 0 ? n : 1;
	}
	return at;
}

static size_t put_date(char *out, size_t room, char between, int64_t now_s,
    int32_t offset_s)
{
	struct civil c;

	civil_from_unix(&c, now_s + offset_s);
	return text_fmt(out, room, "%04d-%02d-%02d%c%02d:%02d:%02d",
	    (int)c.year, c.month, c.day, between, c.hour, c.min, c.sec);
}

static size_t put_offset(char *out, size_t room, int32_t offset_s)
{
	int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	return text_fmt(out, room, "%c%02d:%02d", offset_s < 0 ? '-' : '+',
	    minutes / 60, minutes % 60);
}

/* What vsftpd writes, and those who watch its log know how to read. */
static size_t put_vsftpd(char *out, size_t room, int64_t local_s,
    const char *name)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c;

	civil_from_unix(&c, local_s);
	return text_fmt(out, room,
	    "%.3s %.3s %2d %02d:%02d:%02d %d [pid %d] %s",
	    days + 3 * c.weekday, months + 3 * (c.month - 1), c.day, c.hour,
	    c.min, c.sec, (int)c.year, port_pid(), name);
}

static size_t put_head(char *out, size_t room, enum log_level level)
{
	int64_t now_s = port_wall_ms() / 1000;
	int32_t offset_s = (int32_t)port_tz_offset(now_s);
	const char *name = level_name(level);
	size_t n = 0;

	if (voice.to == LOG_SYSLOG)
		return 0;
	if (voice.form == LOG_BARE)
		return text_fmt(out, room, "%s ", name);
	if (voice.form == LOG_VSFTPD)
		return put_vsftpd(out, room, now_s + offset_s, name);
	if (voice.form == LOG_LIBEV)
		n = text_fmt(out, room, " ");
	n += put_date(out + n, room - n, voice.form == LOG_RUST ? 'T' : ' ',
	    now_s, offset_s);
	if (voice.form == LOG_RUST)
		n += put_offset(out + n, room - n, offset_s);
	return n + text_fmt(out + n, room - n, voice.form == LOG_PYTHON ?
	    " %-8s " : voice.form == LOG_LIBEV ? " %s: " : " %s ", name);
}

static void compose(enum log_level level, const char *text, size_t len)
{
	size_t n = put_head(voice.line, sizeof(voice.line), level);

	n += clean(voice.line + n, sizeof(voice.line) - 1 - n, text, len);
	if (voice.to != LOG_SYSLOG)
		voice.line[n++] = '\n';
	voice.prio = SYSLOG_DAEMON + severity(level);
	voice.out = voice.form == LOG_PYTHON ||
	    (voice.form == LOG_LIBEV && level >= LOG_WARN) ? 2 : 1;
	voice.off = 0;
	voice.len = n;
}

static ptrdiff_t put(const char *s, size_t len)
{
	int rc;

	switch (voice.to) {
	case LOG_FILE:
		return port_file_append(voice.fd, s, len);
	case LOG_SYSLOG:
		rc = port_syslog(voice.prio, voice.tag, s, len);
		return rc < 0 ? rc : (ptrdiff_t)len;
	default:
		return port_out(voice.out, s, len);
	}
}

/* The line under way, as far as it goes now; true when all of it is out. */
static bool flush(void)
{
	while (voice.off < voice.len) {
		ptrdiff_t n = put(voice.line + voice.off,
		    voice.len - voice.off);

		if (n <= 0)
			return false;
		voice.off += (size_t)n;
	}
	return true;
}

/* Forgets a line of which nothing went out; true if some of it did. */
static bool started(void)
{
	if (voice.off > 0)
		return true;
	voice.len = 0;
	return false;
}

static void drop(void)
{
	voice.dropped++;
	voice.unsaid++;
}

/* What must come before a new line: the rest of the last, and a confession. */
static bool catch_up(void)
{
	char text[48];
	bool done;
	size_t n;

	if (!flush())
		return false;
	if (voice.unsaid == 0)
		return true;
	n = text_fmt(text, sizeof(text), "%llu lines dropped",
	    (unsigned long long)voice.unsaid);
	compose(LOG_WARN, text, n);
	done = flush();
	if (started())
		voice.unsaid = 0;
	return done;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char text[LINE_MAX_OCTETS];
	unsigned long held = voice.held;
	size_t n;
	va_list ap;

	voice.held = 0;
	if (!log_level_on(level))
		return;
	if (!catch_up()) {
		drop();
		return;
	}
	va_start(ap, fmt);
	n = text_vfmt(text, sizeof(text) - 64, fmt, ap);
	va_end(ap);
	if (held > 0)
		n += text_fmt(text + n, sizeof(text) - n, " held_back=%lu",
		    held);
	compose(level, text, n);
	if (!flush() && !started())
		drop();
}

bool log_may(struct log_rate *r)
{
	/* Never 0, which is a place that has not spoken yet. */
	int64_t second = port_now_ms() / 1000 + 1;
	int64_t passed = r->second == 0 ? RATE_BURST : second - r->second;

	r->burst_left = (uint32_t)MIN(r->burst_left + passed, RATE_BURST);
	r->second = second;
	if (r->burst_left == 0) {
		r->held++;
		return false;
	}
	r->burst_left--;
	voice.held = r->held;
	r->held = 0;
	return true;
}

void log_set_form(enum log_form form)
{
	const char *wish = port_env("WHERRY_LOG");

	/* Who runs us dates our lines. */
	voice.form = wish != NULL && strcmp(wish, "bare") == 0 ? LOG_BARE :
	    form;
}

void log_set_level(enum log_level level)
{
	voice.level = level;
}

bool log_level_on(enum log_level level)
{
	return level >= voice.level;
}

/* What was under way went to another place: its rest would be garbage here. */
static void switch_to(enum log_to to, int fd)
{
	if (voice.off < voice.len && !flush())
		drop();
	voice.off = voice.len = 0;
	if (voice.fd >= 0)
		port_file_close(voice.fd);
	voice.to = to;
	voice.fd = fd;
}

static int open_file(const char *path)
{
	return port_file_open(PORT_FS, path,
	    FILE_WRITE | FILE_CREATE | FILE_APPEND, 0640);
}

int log_open(enum log_to to, const char *path, const char *tag)
{
	int fd = -1, rc = 0;

	if (to == LOG_FILE) {
		if (strlen(path) >= sizeof(voice.path))
			return -E_LONG;
		rc = fd = open_file(path);
	} else if (to == LOG_SYSLOG) {
		rc = port_syslog_open();
	}
	if (rc < 0)
		return rc;
	switch_to(to, fd);
	if (to == LOG_FILE)
		text_copy(voice.path, sizeof(voice.path), path);
	if (tag != NULL)
		text_copy(voice.tag, sizeof(voice.tag), tag);
	return 0;
}

int log_reopen(void)
{
	int fd;

	if (voice.to != LOG_FILE)
		return 0;
	fd = open_file(voice.path);
	if (fd < 0)
		return fd;
	switch_to(LOG_FILE, fd);
	return 0;
}

void log_close(void)
{
	switch_to(LOG_STDERR, -1);
}

int log_fd(void)
{
	return voice.fd;
}

uint64_t log_dropped(void)
{
	return voice.dropped;
}

void log_early(const char *level, const char *fmt, ...)
{
	char text[LINE_MAX_OCTETS], line[LINE_MAX_OCTETS];
	size_t n, len;
	va_list ap;

	va_start(ap, fmt);
	len = text_vfmt(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = text_fmt(line, sizeof(line) / 2, "%s: ", level);
	n += clean(line + n, sizeof(line) - 1 - n, text, len);
	line[n++] = '\n';
	port_out(2, line, n);
}
