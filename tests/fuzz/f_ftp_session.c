/* f_ftp_session.c - any octets said to a whole server on the simulated system,
 * logged in or not: whatever they ask for, replies keep their form, nothing is
 * left behind, and no file outside the root changes. */
#include "src/ftp/ftp_line.c"

#include "port/net.h"
#include "port/sim/sim.h"
#include "port/time.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/sim_ftp.h"

static const char outside[] = "not for anyone";

/* "NNN " or "NNN-" begins a reply; other lines begin with a space. */
static void check_replies(const char *mem, size_t len)
{
	size_t i, start = 0;

	for (i = 0; i < len; i++) {
		if (mem[i] != '\n')
			continue;
		HOLDS(i > start && mem[i - 1] == '\r');
		if (mem[start] != ' ') {
			HOLDS(i - start >= 4);
			HOLDS(mem[start] >= '1' && mem[start] <= '5');
			HOLDS(mem[start + 3] == ' ' || mem[start + 3] == '-');
		}
		start = i + 1;
	}
}

static void read_replies(int fd)
{
	static char text[65536];
	static size_t had;
	ptrdiff_t n;

	if (fd < 0) {
		had = 0;
		return;
	}
	sim_outside(true);
	while ((n = port_recv(fd, text + had, sizeof(text) - had)) > 0) {
		had += (size_t)n;
		if (had > sizeof(text) / 2)
			had = 0;	/* lines may be cut: begin anew */
	}
	sim_outside(false);
	check_replies(text, had);
}

static void turns(int n, int fd)
{
	while (n-- > 0) {
		loop_turn(&F.loop, port_now_ms() + 20);
		read_replies(fd);
	}
}

static void say(int fd, const void *mem, size_t len)
{
	const uint8_t *p = mem;
	ptrdiff_t n;

	for (int i = 0; i < 200 && len > 0; i++) {
		sim_outside(true);
		n = port_send(fd, p, len);
		sim_outside(false);
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n != -E_AGAIN) {
			return;
		}
		turns(1, fd);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static const char login[] = "USER anonymous\r\nPASS x@y\r\n";
	static const struct addr at = { 4, 2121, 0, { 127, 0, 0, 1 } };
	struct net_how how = { 0 };
	const uint8_t *kept;
	size_t kept_len;
	int fd;

	ftp_world_open(1);
	sim_put("/etc/outside", outside, sizeof(outside));
	read_replies(-1);
	sim_outside(true);
	fd = port_tcp_connect(&at, &how);
	sim_outside(false);
	HOLDS(fd >= 0);
	turns(3, fd);
	if ((fuzz_octet(&mem, &len) & 3) != 0)
		say(fd, login, sizeof(login) - 1);
	turns(8, fd);
	say(fd, mem, len);
	say(fd, "\r\nNOOP\r\n", 8);
	turns(12, fd);
	sim_outside(true);
	port_close(fd);
	sim_outside(false);
	kept = sim_get("/etc/outside", &kept_len);
	HOLDS(kept != NULL && kept_len == sizeof(outside));
	HOLDS(memcmp(kept, outside, sizeof(outside)) == 0);
	ftp_world_close();
	return 0;
}
