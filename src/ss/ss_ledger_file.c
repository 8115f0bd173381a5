/* ss_ledger_file.c - writes and reads the lines of a state file. Knows not what
 * they are for. */
#include "ss_ledger_file.h"

#include "base/text.h"
#include "port/file.h"

#define FIRST "wherry-state 1\n"
#define LINE 400
#define SUM_START UINT64_C(0xcbf29ce484222325)

static uint64_t sum_more(uint64_t sum, const char *mem, size_t len)
{
	while (len-- > 0)
		sum = (sum ^ (uint8_t)*mem++) * UINT64_C(0x100000001b3);
	return sum;
}

/* ---- writing ---- */

static void flush(struct ss_ledger_file *f)
{
	size_t at = 0;
	ptrdiff_t n;

	for (; at < f->len && f->rc == 0; at += (size_t)MAX(n, 0)) {
		n = port_file_write(f->fd, f->off + (int64_t)at, f->mem + at,
		    f->len - at);
		if (n < 0)
			f->rc = (int)n;
	}
	f->off += (int64_t)f->len;
	f->len = 0;
}

static void put(struct ss_ledger_file *f, const char *text, size_t len)
{
	if (len > sizeof(f->mem) - f->len)
		flush(f);
	memcpy(f->mem + f->len, text, len);
	f->len += len;
	f->sum = sum_more(f->sum, text, len);
}

int ss_ledger_file_make(struct ss_ledger_file *f, const char *path)
{
	f->rc = 0;
	f->off = 0;
	f->len = 0;
	f->sum = SUM_START;
	f->fd = port_file_open(PORT_FS, path, FILE_WRITE | FILE_CREATE |
	    FILE_TRUNC, 0600);
	if (f->fd < 0)
		return f->fd;
	put(f, FIRST, strlen(FIRST));
	return 0;
}

static bool is_plain(char c)
{
	return (uint8_t)c > ' ' && c != 0x7f && c != '%';
}

static void put_name(struct text_out *o, const char *name)
{
	for (; *name != '\0'; name++)
		text_put(o, is_plain(*name) ? "%c" : "%%%02x",
		    (int)(uint8_t)*name);
}

void ss_ledger_file_put(struct ss_ledger_file *f, const struct ss_past *p)
{
	char line[LINE];
	struct text_out o = { .mem = line, .room = sizeof(line) };

	text_put(&o, "%s %u up %llu down %llu sessions %llu",
	    p->name[0] == '\0' ? "port" : "user", p->number,
	    (unsigned long long)p->moved.up, (unsigned long long)p->moved.down,
	    (unsigned long long)p->moved.sessions);
	if (p->name[0] != '\0') {
		text_put(&o, " name ");
		put_name(&o, p->name);
	}
	text_put(&o, "\n");
	ASSERT(!o.full);
	put(f, o.mem, o.len);
}

int ss_ledger_file_done(struct ss_ledger_file *f, bool sync)
{
	char line[40];
	size_t len = text_fmt(line, sizeof(line), "end %016llx\n",
	    (unsigned long long)f->sum);
	int rc;

	put(f, line, len);
	flush(f);
	rc = f->rc == 0 && sync ? port_file_sync(f->fd) : f->rc;
	port_file_close(f->fd);
	return rc;
}

/* ---- reading ---- */

struct reader {
	int fd;
	int64_t off;
	size_t at, len;
	char mem[4096];
};

/* The next line with its newline: octets, 0 at the end, or -E_PROTO. */
static int next_line(struct reader *r, const char **line)
{
	const char *end;
	ptrdiff_t n;

	for (;;) {
		end = memchr(r->mem + r->at, '\n', r->len - r->at);
		if (end != NULL)
			break;
		memmove(r->mem, r->mem + r->at, r->len - r->at);
		r->len -= r->at;
		r->at = 0;
		n = r->len < sizeof(r->mem) ? port_file_read(r->fd, r->off,
		    r->mem + r->len, sizeof(r->mem) - r->len) : -E_PROTO;
		if (n < 0)
			return (int)n;
		if (n == 0)
			return r->len == 0 ? 0 : -E_PROTO;
		r->off += n;
		r->len += (size_t)n;
	}
	*line = r->mem + r->at;
	r->at += (size_t)(end - *line) + 1;
	return (int)(end - *line) + 1;
}

/* A word of a line; its length, 0 = there is none. */
static size_t word(const char **p, const char *end)
{
	const char *s = *p;

	while (s < end && *s != ' ' && *s != '\n')
		s++;
	return (size_t)(s - *p);
}

static bool skip(const char **p, const char *end, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(end - *p) < n || memcmp(*p, what, n) != 0)
		return false;
	*p += n;
	return true;
}

static bool number(const char **p, const char *end, uint64_t max,
    uint64_t *out)
{
	size_t n = word(p, end);

	if (text_u64(*p, n, max, out) != 0)
		return false;
	*p += n;
	return true;
}

static bool name(const char **p, const char *end, char out[SS_USER_NAME])
{
	size_t n = 0;
	uint8_t octet;

	for (; *p < end && (*p)[0] != '\n'; (*p)++) {
		octet = (uint8_t)(*p)[0];
		if (octet == '%') {
			if (end - *p < 3 || text_unhex(&octet, 1, *p + 1, 2) !=
			    1 || octet == 0)
				return false;
			*p += 2;
		}
		if (n + 1 >= SS_USER_NAME)
			return false;
		out[n++] = (char)octet;
	}
	out[n] = '\0';
	return n > 0;
}

static bool entry(struct ss_past *out, const char *p, const char *end)
{
	bool user = skip(&p, end, "user ");
	uint64_t port;

	*out = (struct ss_past){ 0 };
	if ((!user && !skip(&p, end, "port ")) ||
	    !number(&p, end, 65535, &port) || !skip(&p, end, " up ") ||
	    !number(&p, end, UINT64_MAX, &out->moved.up) ||
	    !skip(&p, end, " down ") ||
	    !number(&p, end, UINT64_MAX, &out->moved.down) ||
	    !skip(&p, end, " sessions ") ||
	    !number(&p, end, UINT64_MAX, &out->moved.sessions))
		return false;
	out->number = (uint16_t)port;
	if (user && (!skip(&p, end, " name ") || !name(&p, end, out->name)))
		return false;
	return skip(&p, end, "\n") && p == end;
}

/* All lines to fn, or, without it, only whether they are right. */
static int scan(struct reader *r, int (*fn)(void *ctx,
    const struct ss_past *p), void *ctx)
{
	uint64_t sum = SUM_START;
	char last[40];
	struct ss_past p;
	const char *line;
	int n = next_line(r, &line), rc;
	size_t len;

	if (n < 0 || (size_t)n != strlen(FIRST) || memcmp(line, FIRST,
	    strlen(FIRST)) != 0)
		return -E_PROTO;
	do {
		sum = sum_more(sum, line, (size_t)n);
		n = next_line(r, &line);
		if (n <= 0)
			return -E_PROTO;
		len = text_fmt(last, sizeof(last), "end %016llx\n",
		    (unsigned long long)sum);
		if ((size_t)n == len && memcmp(line, last, len) == 0)
			return next_line(r, &line) == 0 ? 0 : -E_PROTO;
		if (!entry(&p, line, line + n))
			return -E_PROTO;
		rc = fn != NULL ? fn(ctx, &p) : 0;
	} while (rc == 0);
	return rc;
}

int ss_ledger_file_read(const char *path, int (*fn)(void *ctx,
    const struct ss_past *p), void *ctx)
{
	struct reader r;
	int rc;

	r.fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	if (r.fd < 0)
		return r.fd;
	r.off = 0;
	r.at = r.len = 0;
	rc = scan(&r, NULL, NULL);
	r.off = 0;
	r.at = r.len = 0;
	if (rc == 0)
		rc = scan(&r, fn, ctx);
	port_file_close(r.fd);
	return rc;
}
