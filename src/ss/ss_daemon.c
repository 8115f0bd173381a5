/* ss_daemon.c - start, stop and restart in the background by a pid file.
 * Knows nothing of what the daemon does. */
#include "ss_daemon.h"

#include "base/text.h"
#include "core/log.h"
#include "port/file.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/time.h"

#define START_MS 5000
#define STOP_MS 10000
#define LOOK_MS 20

static void say(const char *line)
{
	port_out_all(1, line, strlen(line));
}

static int complain(const char *path, int err)
{
	log_early("ERROR", "%s: %s", path, err_text(err));
	return 1;
}

/* 0 = the file names nobody. */
static int read_pid(int fd)
{
	char text[16];
	ptrdiff_t n = port_file_read(fd, 0, text, sizeof(text));
	uint64_t pid = 0;

	while (n > 0 && text_is_space(text[n - 1]))
		n--;
	if (n <= 0 || text_u64(text, (size_t)n, INT32_MAX, &pid) != 0)
		return 0;
	return (int)pid;
}

static int write_pid(int fd)
{
	char text[16];
	size_t n = text_fmt(text, sizeof(text), "%d\n", port_pid());

	int rc = port_file_lock(fd);

	if (rc == 0)
		rc = port_file_truncate(fd, 0);
	if (rc == 0 && port_file_write(fd, 0, text, n) != (ptrdiff_t)n)
		rc = -E_IO;
	return rc;
}

static int open_pid(const struct ss_conf *conf)
{
	return port_file_open(PORT_FS, conf->pid_file,
	    FILE_READ | FILE_WRITE | FILE_CREATE, 0644);
}

/* 0 = nobody runs, or the exit code. */
static int check_alone(const struct ss_conf *conf)
{
	int fd = open_pid(conf), rc;

	if (fd < 0)
		return complain(conf->pid_file, fd);
	rc = port_file_lock(fd);
	if (rc == -E_BUSY)
		log_early("ERROR", "already started at pid %d", read_pid(fd));
	else if (rc != 0)
		complain(conf->pid_file, rc);
	port_file_close(fd);
	return rc != 0;
}

/* The parent has waited for the child's word. */
static int told(const struct ss_conf *conf, int rc)
{
	if (rc > 0) {
		say("started\n");
		return 0;
	}
	log_early("ERROR", "not started: %s; see %s", rc == -E_TIMEOUT ?
	    "no word from it" : "it ended", conf->log_file);
	return 1;
}

static int start(const struct ss_conf *conf)
{
	int fd, rc;

	if (check_alone(conf) != 0)
		return 1;
	rc = log_open(LOG_FILE, conf->log_file, NULL);
	if (rc != 0)
		return complain(conf->log_file, rc);
	fd = open_pid(conf);
	if (fd < 0)
		return complain(conf->pid_file, fd);
	rc = port_daemon_fork(log_fd(), START_MS);
	if (rc != 0)
		return told(conf, rc);
	/* Stays open and locked to the end. */
	rc = write_pid(fd);
	if (rc == 0)
		return SS_DAEMON_GO;
	log_error("%s: %s", conf->pid_file, err_text(rc));
	return 1;
}

/* The lock goes before the process; a dead one waits for its parent. */
static bool is_there(int fd, int pid)
{
	return port_file_lock(fd) == -E_BUSY ||
	    port_signal_send(pid, SIG_NONE) == 0;
}

static int await_end(int fd, int pid)
{
	int64_t until_ms = port_now_ms() + STOP_MS;

	while (is_there(fd, pid) && port_now_ms() < until_ms)
		port_sleep_ms(LOOK_MS);
	if (port_file_lock(fd) != -E_BUSY)
		return 0;
	log_early("ERROR", "timed out when stopping pid %d", pid);
	return 1;
}

static int stop_pid(const struct ss_conf *conf, int fd)
{
	int pid = read_pid(fd), rc;

	if (pid == 0) {
		log_early("ERROR", "%s: no pid in it", conf->pid_file);
		return 1;
	}
	rc = port_signal_send(pid, SIG_STOP);
	if (rc != 0 && rc != -E_NOENT)
		return complain(conf->pid_file, rc);
	if (await_end(fd, pid) != 0)
		return 1;
	(void)port_path_remove(PORT_FS, conf->pid_file);
	say("stopped\n");
	return 0;
}

static int stop(const struct ss_conf *conf)
{
	int fd = port_file_open(PORT_FS, conf->pid_file,
	    FILE_READ | FILE_WRITE, 0);
	int rc = 0;

	if (fd < 0 && fd != -E_NOENT)
		return complain(conf->pid_file, fd);
	if (fd < 0 || port_file_lock(fd) == 0)
		log_early("ERROR", "not running");
	else
		rc = stop_pid(conf, fd);
	if (fd >= 0)
		port_file_close(fd);
	return rc;
}

/* As libev and rust go there: no lock, no words, but the parent waits to see
 * whether there is something to leave behind. */
static int background(const struct ss_conf *conf)
{
	bool named = conf->pid_file[0] != '\0';
	char text[16];
	size_t n;
	int fd = -1, rc = 0;

	/* Before "/" is the working directory. */
	if (named)
		fd = rc = port_file_open(PORT_FS, conf->pid_file,
		    FILE_WRITE | FILE_CREATE | FILE_TRUNC, 0644);
	if (rc >= 0)
		rc = port_daemon_fork(-1, START_MS);
	if (rc == 0 && named) {
		n = text_fmt(text, sizeof(text), "%d", port_pid());
		if (port_file_write(fd, 0, text, n) != (ptrdiff_t)n)
			rc = -E_IO;
	}
	if (fd >= 0)
		port_file_close(fd);
	if (rc < 0)
		log_error("in the background: %s", err_text(rc));
	return rc == 0 ? SS_DAEMON_GO : rc < 0;
}

int ss_daemon(const struct ss_conf *conf)
{
	if (conf->background)
		return background(conf);
	if (conf->daemon[0] == '\0')
		return SS_DAEMON_GO;
	if (strcmp(conf->daemon, "start") == 0)
		return start(conf);
	if (strcmp(conf->daemon, "stop") == 0)
		return stop(conf);
	if (strcmp(conf->daemon, "restart") == 0)
		return stop(conf) != 0 ? 1 : start(conf);
	log_early("ERROR", "unsupported daemon command %s", conf->daemon);
	return 1;
}
