/* sim_dns.c - answers questions for A and AAAA records (RFC 1035), and spoils
 * some answers. */
#include "sim_dns.h"

#include "base/endian.h"
#include "base/text.h"
#include "port/net.h"
#include "port/sim/sim.h"

#define HEAD 12
#define TYPE_A 1
#define TYPE_AAAA 28
#define NO_SUCH_NAME 3
#define FAILURE 2
#define TRUNCATED 0x02

static bool sins(uint16_t of_65536)
{
	return of_65536 != 0 && sim_pick(65536) < of_65536;
}

/* Octets of the question's name, or 0. */
static size_t name_len(const uint8_t *mem, size_t len)
{
	size_t at = HEAD;

	while (at < len && mem[at] != 0)
		at += 1u + mem[at];
	return at + 5 <= len ? at + 1 - HEAD : 0;
}

/* The address of "\2t3\4test\0". */
static const struct addr *find(const struct name_server *s,
    const uint8_t *name)
{
	uint64_t i;

	if (name[0] < 2 || text_lower((char)name[1]) != 't' ||
	    text_u64((const char *)name + 2, name[0] - 1u, s->addrs_n, &i) != 0)
		return NULL;
	name += 1 + name[0];
	if (i >= s->addrs_n || name[0] != 4)
		return NULL;
	return &s->addrs[i];
}

static size_t add_record(uint8_t *out, const struct addr *a, uint16_t type)
{
	size_t len = type == TYPE_A ? 4 : 16;

	put_u16be(out, 0xc000 | HEAD);
	put_u16be(out + 2, type);
	put_u16be(out + 4, 1);
	put_u32be(out + 6, 60);
	put_u16be(out + 10, (uint16_t)len);
	memcpy(out + 12, a->ip, len);
	return 12 + len;
}

/* Question in, answer out, in place: octets, 0 = no question. */
static size_t answer(const struct name_server *s, uint8_t *mem, size_t len)
{
	size_t name = name_len(mem, len), end = HEAD + name + 4;
	const struct addr *a;
	uint16_t type;

	if (name == 0)
		return 0;
	a = find(s, mem + HEAD);
	type = get_u16be(mem + HEAD + name);
	mem[2] = 0x80 | (mem[2] & 1);
	mem[3] = a == NULL ? 0x80 | NO_SUCH_NAME : 0x80;
	memset(mem + 6, 0, 6);
	if (a == NULL || a->family != (type == TYPE_A ? 4 : 6))
		return end;
	mem[7] = 1;
	return end + add_record(mem + end, a, type);
}

static size_t spoil(const struct name_server *s, uint8_t *mem, size_t len)
{
	if (sins(s->sins.other_id))
		mem[0] ^= 0x55;
	if (sins(s->sins.other_name))
		mem[HEAD + 1] ^= 0x01;
	if (sins(s->sins.says_failure))
		mem[3] = 0x80 | FAILURE;
	if (sins(s->sins.truncated))
		mem[2] |= TRUNCATED;
	if (sins(s->sins.junk))
		for (size_t i = 2; i < len; i++)
			mem[i] = (uint8_t)sim_pick(256);
	return sins(s->sins.junk) ? sim_pick((uint32_t)len) : len;
}

static void on_question(struct watch *w, unsigned got)
{
	struct name_server *s = OWNER(w, struct name_server, watch);
	struct addr from;
	uint8_t mem[600];
	ptrdiff_t n = port_udp_recv(w->fd, &from, mem, 512);
	size_t len;

	(void)got;
	if (n < HEAD)
		return;
	s->asked++;
	len = answer(s, mem, (size_t)n);
	if (len == 0 || sins(s->sins.silent))
		return;
	len = spoil(s, mem, len);
	(void)port_udp_send(w->fd, &from, mem, len);
}

void name_server_open(struct name_server *s, struct loop *l,
    const struct addr *ip, const struct addr *addrs, size_t addrs_n)
{
	struct addr at = *ip;
	bool was = sim_outside(true);
	int fd;

	at.port = 53;
	fd = port_udp_open(&at);
	sim_outside(was);
	ASSERT(fd >= 0);
	*s = (struct name_server){ .addrs = addrs, .addrs_n = addrs_n };
	ASSERT(watch_open(l, &s->watch, fd, POLL_IN, on_question) == 0);
}

void name_server_close(struct name_server *s)
{
	int fd = s->watch.fd;

	if (!watch_is_open(&s->watch))
		return;
	watch_close(&s->watch);
	port_close(fd);
}
