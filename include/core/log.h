/* log.h - one line per event, key=value, no secrets, rate limited, never
 * blocking: a line that nobody reads is dropped and counted. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "base/base.h"

enum log_level { LOG_TRACE = 5, LOG_DEBUG = 10, LOG_INFO = 20, LOG_WARN = 30,
	LOG_ERROR = 40, LOG_NONE = 100 };

enum log_to { LOG_STDERR, LOG_FILE, LOG_SYSLOG };

/* How a line looks on standard error and output and in a file, local time. */
enum log_form {
	LOG_PYTHON,	/* "2026-01-31 12:00:00 INFO     text" to stderr */
	LOG_LIBEV,	/* " 2026-01-31 12:00:00 INFO: text"; INFO: stdout */
	LOG_RUST,	/* "2026-01-31T12:00:00+01:00 INFO text" to stdout */
	LOG_BARE,	/* "INFO text" to stdout */
	LOG_VSFTPD	/* "Sat Jan 31 12:00:00 2026 [pid 12] text", a file's;
			 * from warnings on with the level before text */
};
/* WHERRY_LOG=bare in the environment makes every form LOG_BARE. */
void log_set_form(enum log_form form);

/*
 * One line; of LOG_PYTHON until a form is set. It is cut at 1000 octets;
 * control characters in it become \xNN.
 */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define log_trace(...) log_line(LOG_TRACE, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/*
 * For lines a peer can cause: at most `burst` of one place, then one per
 * second; what was held back is counted in the next line that gets through.
 */
struct log_rate {
	int64_t second;
	uint32_t burst_left, held;
};
bool log_may(struct log_rate *r);
#define log_rated(level, ...) do { \
	static struct log_rate log_rate_; \
	if (log_level_on(level) && log_may(&log_rate_)) \
		log_line(level, __VA_ARGS__); \
} while (0)

/* Lines below are not even formatted. Default LOG_INFO. */
void log_set_level(enum log_level level);
bool log_level_on(enum log_level level);

/*
 * Where to: LOG_FILE opens path for append (0 or -E_*: said with the reason by
 * the caller); LOG_SYSLOG uses tag. Before the first call: stderr.
 */
int log_open(enum log_to to, const char *path, const char *tag);
/* SIGHUP: the file was moved away. */
int log_reopen(void);
void log_close(void);
/* Descriptor of the log file, or -1. */
int log_fd(void);
uint64_t log_dropped(void);

/* Before options are read: "ERROR: text\n" on stderr, no date. */
void log_early(const char *level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
