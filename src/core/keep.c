/* keep.c - keeps a program running. Knows neither what it is nor what its lines
 * mean. */
#include "core/keep.h"

#include "port/spawn.h"

#define READS 8 /* of its output in one turn */

/* ---- what it says ---- */

static void say_line(struct keep *k)
{
	if (k->len > 0)
		k->of->say(k, k->line, k->len);
	k->len = 0;
}

static void take_output(struct keep *k, const char *s, size_t n)
{
	for (; n > 0; n--, s++) {
		if (*s == '\n' || k->len == sizeof(k->line))
			say_line(k);
		if (*s != '\n' && *s != '\r')
			k->line[k->len++] = *s;
	}
}

static void close_output(struct keep *k)
{
	say_line(k);
	if (watch_is_open(&k->out))
		watch_close(&k->out);
	if (k->fd >= 0)
		port_spawn_close(k->fd);
	k->fd = -1;
}

/* False: there is no more now, or never. */
static bool read_some(struct keep *k)
{
	char mem[512];
	ptrdiff_t n = port_spawn_read(k->fd, mem, sizeof(mem));

	if (n > 0)
		take_output(k, mem, (size_t)n);
	else if (n != -E_AGAIN)
		close_output(k);
	return n > 0;
}

static void on_output(struct watch *w, unsigned got)
{
	struct keep *k = OWNER(w, struct keep, out);
	int i;

	(void)got;
	for (i = 0; i < READS && read_some(k); i++)
		;
}

/* ---- its life ---- */

void keep_open(struct keep *k, struct loop *l, const struct keep_of *of)
{
	*k = (struct keep){
		.loop = l, .of = of, .fd = -1, .pause_ms = KEEP_PAUSE_MS
	};
}

static void on_again(struct timer *t)
{
	keep_start(OWNER(t, struct keep, again));
}

static void start_later(struct keep *k)
{
	timer_set(k->loop, &k->again, k->loop->now_ms + k->pause_ms, on_again);
	k->pause_ms = MIN(2 * k->pause_ms, KEEP_PAUSE_MAX_MS);
}

void keep_start(struct keep *k)
{
	int rc;

	close_output(k);
	rc = k->of->spawn(k, &k->fd);
	if (rc <= 0) {
		k->fd = -1;
		k->of->news(k, rc < 0 ? rc : -E_NOENT);
		start_later(k);
		return;
	}
	k->pid = rc;
	k->began_ms = k->loop->now_ms;
	k->of->news(k, rc);
	if (k->fd >= 0 &&
	    watch_open(k->loop, &k->out, k->fd, POLL_IN, on_output) != 0)
		close_output(k);
}

void keep_again(struct keep *k)
{
	timer_stop(k->loop, &k->again);
	k->pause_ms = KEEP_PAUSE_MS;
	keep_start(k);
}

bool keep_ended(struct keep *k, int pid)
{
	int i;

	if (pid <= 0 || k->pid != pid)
		return false;
	/* Its helpers do not stay behind. */
	port_spawn_end(pid, true);
	k->pid = 0;
	/* Its last words say why. */
	for (i = 0; k->fd >= 0 && i < READS && read_some(k); i++)
		;
	if (k->leaving)
		return true;
	if (k->loop->now_ms - k->began_ms >= KEEP_GROWN_UP_MS)
		k->pause_ms = KEEP_PAUSE_MS;
	k->of->news(k, 0);
	start_later(k);
	return true;
}

bool keep_end(struct keep *k, bool for_sure)
{
	k->leaving = true;
	timer_stop(k->loop, &k->again);
	if (k->pid != 0)
		port_spawn_end(k->pid, for_sure);
	return k->pid != 0;
}

void keep_close(struct keep *k)
{
	close_output(k);
	timer_stop(k->loop, &k->again);
}
