/* ss_acl.c - the lists of one file in one piece of memory, laid out once it is
 * known what they need. Knows not what is done with its answers. */
#include "ss_acl.h"

#include "base/endian.h"
#include "base/text.h"
#include "core/log.h"
#include "core/pool.h"
#include "port/file.h"
#include "ss_regex.h"

#define ACL_LINE_MAX SS_REGEX_MAX
#define COMPLAINTS 10		/* lines named in the log */
#define REGEX_HEAD 3

struct acl_mem {
	uint32_t words[LIMIT_ACL_OCTETS / 4];
};
POOL_DEFINE_RAW(acl_mem, struct acl_mem, 1);

/* A reading of the file. */
struct reading {
	const char *path;
	bool late_comment;
	enum acl_care care;
	struct ss_acl *into;	/* NULL: the first, that only counts */
	enum acl_set set;
	int line, bad, fatal;
	bool reject, outbound_reject;
	size_t v4_n, v6_n, names_n, names_len, regex_n, regex_len;
	uint8_t code[SS_REGEX_MAX];
	char mem[ACL_LINE_MAX];	/* what was read and not yet taken */
};

static void complain(struct reading *r, bool fatal, const char *why)
{
	r->fatal += fatal;
	if (r->into == NULL && r->bad++ < COMPLAINTS)
		log_warn("acl %s:%d: %s%s", r->path, r->line, why,
		    fatal ? "" : ": skipped");
}

/* ---- a rule ---- */

static int take_net(struct reading *r, const struct net *net)
{
	bool is_v4 = net->base.family == 4;

	if (r->into != NULL)
		return acl_nets_add(is_v4 ? &r->into->v4 : &r->into->v6, r->set,
		    net);
	r->v4_n += is_v4;
	r->v6_n += !is_v4;
	return 0;
}

static int take_name(struct reading *r, const struct acl_rule *rule)
{
	if (r->into != NULL)
		return acl_names_add(&r->into->names, r->set, rule->where,
		    rule->name, rule->name_len);
	r->names_n++;
	r->names_len += rule->name_len;
	return 0;
}

static int take_regex(struct reading *r, const struct acl_rule *rule)
{
	struct ss_acl *acl = r->into;
	const char *why;
	uint8_t *p;
	int n = ss_regex_compile(r->code, sizeof(r->code), rule->regex,
	    rule->regex_len, &why);

	if (n < 0) {
		complain(r, r->care != ACL_SKIP, why);
		return 0;
	}
	if (acl == NULL) {
		r->regex_n++;
		r->regex_len += REGEX_HEAD + (size_t)n;
		return 0;
	}
	if (REGEX_HEAD + (size_t)n > acl->regex_room - acl->regex_len)
		return -E_FULL;
	p = acl->regex + acl->regex_len;
	put_u16be(p, (uint16_t)n);
	p[2] = (uint8_t)r->set;
	memcpy(p + REGEX_HEAD, r->code, (size_t)n);
	acl->regex_len += REGEX_HEAD + (size_t)n;
	acl->regex_n++;
	return 0;
}

static void take_default(struct reading *r, enum acl_set set)
{
	if (set == ACL_BLACK || set == ACL_WHITE)
		r->reject = set == ACL_WHITE;
	else
		r->outbound_reject = set == ACL_OUT_ALLOW;
}

static int take_line(struct reading *r, const char *s, size_t len)
{
	struct acl_rule rule;
	const char *why;

	if (acl_line(&rule, s, len, r->late_comment, &why) != 0) {
		complain(r, r->care == ACL_STRICT, why);
		return 0;
	}
	switch (rule.kind) {
	case ACL_NOTHING:
		break;
	case ACL_SECTION:
		r->set = rule.set;
		break;
	case ACL_DEFAULT:
		take_default(r, rule.set);
		break;
	case ACL_NET:
		return take_net(r, &rule.net);
	case ACL_NAME:
		return take_name(r, &rule);
	case ACL_REGEX:
		return take_regex(r, &rule);
	}
	return 0;
}

/* ---- the lines of a file ---- */

/* Whole lines of mem[0..have); at the file's end what is left is one too.
 * Octets taken, or -E_FULL. */
static ptrdiff_t take_lines(struct reading *r, size_t have, bool end)
{
	size_t at = 0, len;
	const char *nl;

	while (at < have) {
		nl = memchr(r->mem + at, '\n', have - at);
		if (nl == NULL && !end)
			break;
		len = nl != NULL ? (size_t)(nl - r->mem) - at : have - at;
		r->line++;
		if (take_line(r, r->mem + at, len) != 0)
			return -E_FULL;
		at += len + (nl != NULL);
	}
	return (ptrdiff_t)at;
}

/* A line that fills mem and goes on: only a comment may be so long. Where the
 * next begins, or an error. */
static int64_t skip_line(struct reading *r, int fd, int64_t off)
{
	const char *nl = NULL;
	ptrdiff_t n;

	r->line++;
	if (r->mem[0] != '#')
		complain(r, r->care != ACL_SKIP, "the expression is too long");
	do {
		n = port_file_read(fd, off, r->mem, sizeof(r->mem));
		if (n <= 0)
			return n < 0 ? n : off;
		nl = memchr(r->mem, '\n', (size_t)n);
		off += nl != NULL ? nl + 1 - r->mem : n;
	} while (nl == NULL);
	return off;
}

static int read_lines(struct reading *r, int fd)
{
	int64_t off = 0;
	size_t have = 0;
	ptrdiff_t n;

	for (;;) {
		n = port_file_read(fd, off, r->mem + have,
		    sizeof(r->mem) - have);
		if (n < 0)
			return (int)n;
		off += n;
		have += (size_t)n;
		if (n == 0 && have == 0)
			return 0;
		n = take_lines(r, have, n == 0);
		if (n < 0)
			return (int)n;
		have -= (size_t)n;
		memmove(r->mem, r->mem + n, have);
		if (have < sizeof(r->mem))
			continue;
		off = skip_line(r, fd, off);
		if (off < 0)
			return (int)off;
		have = 0;
	}
}

static int read_file(struct reading *r)
{
	int fd = port_file_open(PORT_FS, r->path, FILE_READ, 0), rc;

	if (fd < 0)
		return fd;
	r->set = ACL_BLACK;
	r->line = 0;
	rc = read_lines(r, fd);
	port_file_close(fd);
	return rc;
}

/* ---- the memory ---- */

/* Octets from here on; the next begins where an uint32_t may. */
static size_t part(size_t *at, size_t octets)
{
	size_t begin = *at;

	*at += (octets + 3) & ~(size_t)3;
	return begin;
}

/* What the first reading counted. Octets; acl != NULL: it is laid out. */
static size_t lay_out(const struct reading *r, struct ss_acl *acl)
{
	size_t slots = r->names_n > 0 ? ACL_NAMES_SLOTS(r->names_n) : 0;
	size_t text = ACL_NAMES_TEXT(r->names_n, r->names_len), at = 0;
	size_t slot_at = part(&at, 4 * slots), v4_at = part(&at, 6 * r->v4_n);
	size_t v6_at = part(&at, 18 * r->v6_n), text_at = part(&at, text);
	size_t regex_at = part(&at, r->regex_len);
	uint8_t *mem;

	if (acl == NULL)
		return at;
	mem = acl->mem;
	*acl = (struct ss_acl){ .mem = mem,
		.v4 = { .mem = mem + v4_at, .room = r->v4_n, .ip_len = 4 },
		.v6 = { .mem = mem + v6_at, .room = r->v6_n, .ip_len = 16 },
		.names = { .text = mem + text_at, .room = text,
			.slot = (uint32_t *)(void *)(mem + slot_at),
			.slots = slots },
		.regex = mem + regex_at, .regex_room = r->regex_len,
		.reject = r->reject, .outbound_reject = r->outbound_reject };
	memset(acl->names.slot, 0, 4 * slots);
	return at;
}

/* The first reading: is it in order, and what does it need? */
static int count(struct reading *r)
{
	int rc = read_file(r);

	if (rc != 0) {
		log_error("acl %s: %s", r->path, err_text(rc));
		return rc;
	}
	if (r->bad > COMPLAINTS)
		log_warn("acl %s: %d more lines like these", r->path,
		    r->bad - COMPLAINTS);
	if (r->fatal > 0) {
		log_error("acl %s: %d lines are no rule", r->path, r->fatal);
		return -E_INVAL;
	}
	if (lay_out(r, NULL) <= LIMIT_ACL_OCTETS)
		return 0;
	log_error("acl %s: needs %zu KiB, more than the %d of this build "
	    "(LIMIT_ACL_OCTETS)", r->path, lay_out(r, NULL) / 1024,
	    LIMIT_ACL_OCTETS / 1024);
	return -E_FULL;
}

/* The second: the rules. */
static int fill(struct reading *r, struct ss_acl *acl)
{
	int rc;

	if (acl->mem == NULL)
		acl->mem = pool_get(&acl_mem);
	if (acl->mem == NULL) {
		log_error("acl %s: others have its memory", r->path);
		return -E_FULL;
	}
	log_info("acl %s: %zu networks, %zu names, %zu expressions, %zu KiB",
	    r->path, r->v4_n + r->v6_n, r->names_n, r->regex_n,
	    lay_out(r, acl) / 1024);
	r->into = acl;
	rc = read_file(r);
	acl_nets_sort(&acl->v4);
	acl_nets_sort(&acl->v6);
	acl->broken = rc != 0;
	if (rc != 0)
		log_error("acl %s: changed while it was read: all is refused "
		    "until it is loaded again", r->path);
	return rc;
}

int ss_acl_load(struct ss_acl *acl, const char *path, bool late_comment,
    enum acl_care care)
{
	static struct reading r;
	int rc;

	r = (struct reading){ .path = path, .late_comment = late_comment,
		.care = care };
	rc = count(&r);
	return rc == 0 ? fill(&r, acl) : rc;
}

void ss_acl_free(struct ss_acl *acl)
{
	if (acl->mem != NULL)
		pool_put(&acl_mem, acl->mem);
	*acl = (struct ss_acl){ .mem = NULL };
}

/* ---- what they say ---- */

unsigned ss_acl_addr(const struct ss_acl *acl, const struct addr *a)
{
	struct addr plain = *a;

	addr_unmap(&plain);
	return acl_nets_find(plain.family == 4 ? &acl->v4 : &acl->v6,
	    plain.ip);
}

static unsigned find_regex(const struct ss_acl *acl, const char *name,
    size_t len)
{
	const uint8_t *p = acl->regex, *end = p + acl->regex_len;
	unsigned sets = 0;
	size_t n;

	for (; p < end; p += REGEX_HEAD + n) {
		n = get_u16be(p);
		if ((sets & ACL_BIT(p[2])) == 0 &&
		    ss_regex_match(p + REGEX_HEAD, n, name, len))
			sets |= ACL_BIT(p[2]);
	}
	return sets;
}

unsigned ss_acl_name(const struct ss_acl *acl, const char *name, size_t len)
{
	char low[255];

	while (len > 0 && name[len - 1] == '.')
		len--;
	len = MIN(len, sizeof(low));
	for (size_t i = 0; i < len; i++)
		low[i] = text_lower(name[i]);
	return acl_names_find(&acl->names, low, len) |
	    find_regex(acl, low, len);
}

unsigned ss_acl_with_nets(const struct ss_acl *acl)
{
	return acl->v4.sets | acl->v6.sets;
}
