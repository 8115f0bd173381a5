/* dns_msg.c - DNS messages: octets in, a struct out. Knows no socket and no
 * clock; every length is checked where it is read. */
#include "dns_msg.h"
#include "base/endian.h"
#include "base/text.h"

#define HEADER 12
#define CLASS_IN 1
#define CHAIN_MAX 8		/* CNAMEs followed */
#define SOA_NUMBERS 20		/* after its two names */
#define NO_SOA_TTL_S 10

#define FLAG_ANSWER 0x8000u
#define FLAG_OPCODE 0x7800u
#define FLAG_CUT    0x0200u
#define FLAG_RECURSE 0x0100u
#define RCODE(flags) ((flags) & 15u)
#define RCODE_NO_NAME 3

static size_t put_name(uint8_t *out, const char *name, size_t len)
{
	size_t label = 0;	/* where the length of this label goes */

	if (len == 0 || len > DNS_NAME_MAX)
		return 0;
	for (size_t i = 0; i <= len; i++) {
		size_t octets = i - label;

		if (i < len && name[i] != '.') {
			out[i + 1] = (uint8_t)name[i];
			continue;
		}
		if (octets == 0 || octets > 63)
			return 0;
		out[label] = (uint8_t)octets;
		label = i + 1;
	}
	out[len + 1] = 0;
	return len + 2;
}

size_t dns_msg_ask(uint8_t *out, uint16_t id, const char *name, size_t len,
    enum dns_type type)
{
	size_t n = put_name(out + HEADER, name, len);

	if (n == 0)
		return 0;
	memset(out, 0, HEADER);
	put_u16be(out, id);
	put_u16be(out + 2, FLAG_RECURSE);
	put_u16be(out + 4, 1);
	put_u16be(out + HEADER + n, (uint16_t)type);
	put_u16be(out + HEADER + n + 2, CLASS_IN);
	return HEADER + n + 4;
}

/* ---- reading ---- */

struct message {
	const uint8_t *mem;
	size_t len;
};

/* A name unpacked: wire form, lower case. */
struct name {
	size_t len;
	uint8_t mem[DNS_WIRE_NAME];
};

struct record {
	struct name owner;
	uint16_t type, class;
	uint32_t ttl_s;
	size_t data, data_len;	/* offset and octets */
};

static bool name_eq(const struct name *a, const struct name *b)
{
	return a->len == b->len && memcmp(a->mem, b->mem, a->len) == 0;
}

static bool add_label(struct name *to, const uint8_t *label)
{
	size_t n = label[0] + 1u;

	if (to->len + n > DNS_WIRE_NAME)
		return false;
	to->mem[to->len] = label[0];
	for (size_t i = 1; i < n; i++)
		to->mem[to->len + i] = (uint8_t)text_lower((char)label[i]);
	to->len += n;
	return true;
}

/*
 * Unpacks the name at *off and moves *off behind it. A pointer must lead to
 * before all that was read so far, so there is no loop.
 */
static bool get_name(struct message m, size_t *off, struct name *out)
{
	size_t at = *off, first = *off;
	bool jumped = false;

	out->len = 0;
	while (at < m.len) {
		unsigned n = m.mem[at];

		if (n >= 0xc0) {
			if (m.len - at < 2)
				return false;
			if (!jumped)
				*off = at + 2;
			jumped = true;
			at = get_u16be(m.mem + at) & 0x3fffu;
			if (at >= first)
				return false;
			first = at;
			continue;
		}
		if (n > 63 || n >= m.len - at || !add_label(out, m.mem + at))
			return false;
		at += n + 1;
		if (n > 0)
			continue;
		if (!jumped)
			*off = at;
		return true;
	}
	return false;
}

static bool get_record(struct message m, size_t *off, struct record *r)
{
	const uint8_t *p;

	if (!get_name(m, off, &r->owner) || m.len - *off < 10)
		return false;
	p = m.mem + *off;
	r->type = get_u16be(p);
	r->class = get_u16be(p + 2);
	r->ttl_s = get_u32be(p + 4);
	if (r->ttl_s > INT32_MAX)	/* RFC 2181 8 */
		r->ttl_s = 0;
	r->data_len = get_u16be(p + 8);
	r->data = *off + 10;
	if (r->data_len > m.len - r->data)
		return false;
	*off = r->data + r->data_len;
	return true;
}

static void add_address(struct dns_answer *out, const uint8_t *p, size_t len)
{
	struct addr *a = &out->list[out->n];

	if (out->n == DNS_ADDRS)
		return;
	*a = (struct addr){ .family = len == 4 ? 4 : 6 };
	memcpy(a->ip, p, len);
	out->n++;
}

/*
 * One look over the answer section for the records of one name: addresses are
 * taken, a CNAME's target goes to *next. *off moves behind the section.
 */
static int look(struct message m, size_t *off, const struct name *name,
    uint16_t type, struct name *next, struct dns_answer *out)
{
	size_t want = type == DNS_A ? 4 : 16;

	next->len = 0;
	for (unsigned i = get_u16be(m.mem + 6); i > 0; i--) {
		struct record r;
		size_t target;

		if (!get_record(m, off, &r))
			return -E_PROTO;
		if (r.class != CLASS_IN || !name_eq(&r.owner, name))
			continue;
		target = r.data;
		if (r.type == type && r.data_len == want)
			add_address(out, m.mem + r.data, want);
		else if (r.type != DNS_CNAME)
			continue;
		else if (!get_name(m, &target, next))
			return -E_PROTO;
		out->ttl_s = MIN(out->ttl_s, r.ttl_s);
	}
	return 0;
}

/* How long "no" may be believed: the SOA of the authority section says. */
static uint32_t negative_ttl(struct message m, size_t off)
{
	for (unsigned i = get_u16be(m.mem + 8); i > 0; i--) {
		struct record r;
		const uint8_t *minimum;

		if (!get_record(m, &off, &r))
			break;
		if (r.type != DNS_SOA || r.data_len < SOA_NUMBERS)
			continue;
		minimum = m.mem + r.data + r.data_len - 4;
		return MIN(r.ttl_s, get_u32be(minimum));
	}
	return NO_SOA_TTL_S;
}

static int read_addresses(struct message m, struct name *name, size_t answers,
    uint16_t type, struct dns_answer *out)
{
	size_t off = answers;
	struct name next;

	for (int i = 0; i < CHAIN_MAX; i++) {
		off = answers;
		if (look(m, &off, name, type, &next, out) != 0)
			return -E_PROTO;
		if (out->n > 0)
			return 0;
		if (next.len == 0)
			break;
		*name = next;
	}
	out->status = -E_NOENT;
	out->ttl_s = MIN(out->ttl_s, negative_ttl(m, off));
	return 0;
}

/* The question must come back as it was asked, but for upper and lower case.
 * Its end, or 0: another question. */
static size_t same_question(struct message m, const uint8_t *ask,
    size_t ask_len, struct name *name)
{
	struct name asked;
	size_t off = HEADER, ask_off = HEADER;

	if (m.len < HEADER || memcmp(m.mem, ask, 2) != 0 ||
	    get_u16be(m.mem + 4) != 1)
		return 0;
	if (!get_name(m, &off, name) || m.len - off < 4 ||
	    !get_name((struct message){ ask, ask_len }, &ask_off, &asked))
		return 0;
	if (!name_eq(name, &asked) ||
	    memcmp(m.mem + off, ask + ask_off, 4) != 0)
		return 0;
	return off + 4;
}

int dns_msg_read(const uint8_t *mem, size_t len, const uint8_t *ask,
    size_t ask_len, struct dns_answer *out)
{
	struct message m = { mem, len };
	struct name name;
	size_t off = same_question(m, ask, ask_len, &name);
	struct dns_answer got = { .ttl_s = UINT32_MAX };
	unsigned flags;
	int rc = 0;

	if (off == 0)
		return -E_PROTO;
	flags = get_u16be(mem + 2);
	if ((flags & (FLAG_ANSWER | FLAG_OPCODE)) != FLAG_ANSWER)
		return -E_PROTO;
	if ((flags & FLAG_CUT) != 0)
		got.status = -E_SHORT;
	else if (RCODE(flags) == 0 || RCODE(flags) == RCODE_NO_NAME)
		rc = read_addresses(m, &name, off, get_u16be(mem + off - 4),
		    &got);
	else
		got.status = -E_REFUSED;
	if (rc == 0)
		*out = got;
	return rc;
}
