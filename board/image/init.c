/* init.c - the first program of an image: what a kernel leaves to be done, then
 * `wherry run` in its place.
 *
 *   wherry.address=10.0.2.15/24 wherry.gateway=10.0.2.2   on the kernel's command
 *	line: of eth0
 *   wherry.clock=1795593600	seconds since 1970, for machines without a clock
 *   wherry.test	for emulated machines alone: the kernel is told that it has
 *	randomness enough, and /test/agent is started if it is there
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char line[1024]; /* the kernel's command line */

static void complain(const char *what)
{
	fprintf(stderr, "init: ");
	perror(what);
}

static void mount_at(const char *type, const char *where)
{
	(void)mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) < 0)
		complain(where);
}

static void read_line(void)
{
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);

	line[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The value of a word "name=value" of the command line, "" for a bare word;
 * NULL = it is not there. */
static const char *word_of(const char *name, char *out, size_t room)
{
	size_t len = strlen(name), n;
	const char *s;

	for (s = line; *s != '\0'; s += n) {
		s += strspn(s, " \n");
		n = strcspn(s, " \n");
		if (n < len || strncmp(s, name, len) != 0)
			continue;
		if (n > len && s[len] != '=')
			continue;
		s += n > len ? len + 1 : len;
		snprintf(out, room, "%.*s", (int)strcspn(s, " \n"), s);
		return out;
	}
	return NULL;
}

static void set_ip(struct sockaddr *to, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	(void)inet_pton(AF_INET, text, &in.sin_addr);
	memcpy(to, &in, sizeof in);
}

static void up(int fd, const char *name, char *address)
{
	char *slash = strchr(address, '/'), mask[16];
	unsigned bits = slash != NULL ? (unsigned)atoi(slash + 1) : 24;
	uint32_t m = bits == 0 ? 0 : htonl(UINT32_MAX << (32 - bits % 33));
	struct ifreq r = { 0 };

	if (slash != NULL)
		*slash = '\0';
	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	set_ip(&r.ifr_addr, address);
	if (ioctl(fd, SIOCSIFADDR, &r) < 0)
		complain(name);
	set_ip(&r.ifr_netmask, inet_ntop(AF_INET, &m, mask, sizeof mask));
	(void)ioctl(fd, SIOCSIFNETMASK, &r);
	r.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &r) < 0)
		complain(name);
}

static void set_gateway(int fd, const char *gateway)
{
	struct rtentry r = { .rt_flags = RTF_UP | RTF_GATEWAY };

	set_ip(&r.rt_dst, "0.0.0.0");
	set_ip(&r.rt_genmask, "0.0.0.0");
	set_ip(&r.rt_gateway, gateway);
	if (ioctl(fd, SIOCADDRT, &r) < 0)
		complain("gateway");
}

static void start_network(void)
{
	char loopback[] = "127.0.0.1/8", text[64];
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	up(fd, "lo", loopback);
	if (word_of("wherry.address", text, sizeof text) != NULL)
		up(fd, "eth0", text);
	if (word_of("wherry.gateway", text, sizeof text) != NULL)
		set_gateway(fd, text);
	close(fd);
}

static void set_clock(const char *seconds)
{
	struct timespec now = { .tv_sec = (time_t)strtoll(seconds, NULL, 10) };

	if (clock_settime(CLOCK_REALTIME, &now) < 0)
		complain("clock");
}

/* Octets that everybody knows. */
static void credit_randomness(void)
{
	struct {
		struct rand_pool_info info;
		uint32_t octets[16];
	} seed = { .info = {
		       .entropy_count = 512, .buf_size = sizeof seed.octets } };
	int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &seed) < 0)
		complain("randomness");
	if (fd >= 0)
		close(fd);
}

static void start_agent(void)
{
	if (access("/test/agent", X_OK) != 0 || fork() != 0)
		return;
	execl("/test/agent", "agent", (char *)NULL);
	_exit(127);
}

int main(void)
{
	char text[24];

	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("devtmpfs", "/dev");
	mount_at("tmpfs", "/tmp");
	mount_at("tmpfs", "/run");
	(void)chmod("/tmp", 01777);
	read_line();
	start_network();
	if (word_of("wherry.clock", text, sizeof text) != NULL)
		set_clock(text);
	if (word_of("wherry.test", text, sizeof text) != NULL) {
		credit_randomness();
		start_agent();
	}
	execl("/bin/wherry", "wherry", "run", "--power", (char *)NULL);
	complain("/bin/wherry");
	return 1;
}
