/* t_dns_conf.c - resolv.conf and hosts, as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/core/dns_conf.c"

static char resolv[64], hosts[64];
static struct dns_conf conf;
static struct dns_servers servers;
static struct dns_hosts names;

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	memset(&servers, 0, sizeof(servers));
	memset(&names, 0, sizeof(names));
	snprintf(resolv, sizeof(resolv), "%s/t_dns_r%d",
	    tmp != NULL ? tmp : "/tmp", (int)getpid());
	snprintf(hosts, sizeof(hosts), "%s/t_dns_h%d",
	    tmp != NULL ? tmp : "/tmp", (int)getpid());
	conf = (struct dns_conf){ .resolv_conf = resolv, .hosts = hosts };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(resolv);
	unlink(hosts);
	return 0;
}

static void assert_addr(const struct addr *a, const char *text)
{
	char got[ADDR_TEXT];

	addr_text(got, sizeof(got), a);
	assert_string_equal(got, text);
}

static void resolv_conf_as_people_write_it(void **state)
{
	const char *domain;
	size_t at = 0, len;

	(void)state;
	write_file(resolv, "# made by hand\n"
	    "domain old.test\n"
	    "search  Example.test\tlan  # where we live\n"
	    "\tnameserver 192.0.2.1\n"
	    "nameserver 2001:db8::53 ; trailing\n"
	    "nameserver not-an-address\n"
	    "nameserver fe80::1%eth0\n"
	    "nameserver\n"
	    "options ndots:1 timeout:2 attempts:3 use-vc\n"
	    "sortlist 1.2.3.4");
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_int_equal(servers.n, 2);
	assert_addr(&servers.list[0], "192.0.2.1:53");
	assert_addr(&servers.list[1], "[2001:db8::53]:53");
	assert_int_equal(servers.timeout_ms, 2000);
	assert_int_equal(servers.tries, 3);
	len = dns_search_next(&servers, &at, &domain);
	assert_int_equal(len, 12);
	assert_memory_equal(domain, "example.test", 12);
	assert_int_equal(dns_search_next(&servers, &at, &domain), 3);
	assert_memory_equal(domain, "lan", 3);
	assert_int_equal(dns_search_next(&servers, &at, &domain), 0);
}

static void more_servers_than_we_take(void **state)
{
	(void)state;
	write_file(resolv, "nameserver 192.0.2.1\nnameserver 192.0.2.2\n"
	    "nameserver 192.0.2.3\nnameserver 192.0.2.4\n"
	    "nameserver 192.0.2.5\nnameserver 192.0.2.6\n");
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_int_equal(servers.n, LIMIT_DNS_SERVERS);
}

static void read_again_only_when_it_changed(void **state)
{
	(void)state;
	write_file(resolv, "nameserver 192.0.2.1\n");
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_false(dns_servers_read(&servers, &conf, false));
	assert_true(dns_servers_read(&servers, &conf, true));
	write_file(resolv, "nameserver 192.0.2.11\n");
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_addr(&servers.list[0], "192.0.2.11:53");
	unlink(resolv);				/* a chroot, say */
	assert_false(dns_servers_read(&servers, &conf, true));
	assert_int_equal(servers.n, 1);
}

static void no_file_then_one(void **state)
{
	const struct addr other = { .family = 4, .port = 5353,
		.ip = { 192, 0, 2, 99 } };

	(void)state;
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_int_equal(servers.n, 0);
	conf.fallback = &other;
	conf.fallback_n = 1;
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_addr(&servers.list[0], "192.0.2.99:5353");
	write_file(resolv, "nameserver 192.0.2.1\n");
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_int_equal(servers.n, 1);
	assert_addr(&servers.list[0], "192.0.2.1:53");
	assert_int_equal(servers.timeout_ms, TIMEOUT_MS);
	assert_int_equal(servers.tries, TRIES);
}

static void servers_by_configuration(void **state)
{
	(void)state;
	write_file(resolv, "nameserver 192.0.2.1\nsearch lan\n"
	    "options timeout:9\n");
	conf.servers[0] = (struct addr){ .family = 4, .ip = { 192, 0, 2, 9 } };
	conf.servers_n = 1;
	conf.timeout_ms = 500;
	conf.tries = 1;
	assert_true(dns_servers_read(&servers, &conf, false));
	assert_int_equal(servers.n, 1);
	assert_addr(&servers.list[0], "192.0.2.9:53");
	assert_int_equal(servers.timeout_ms, 500);
	assert_int_equal(servers.tries, 1);
	assert_string_equal(servers.search, " lan");
}

static void hosts_as_people_write_them(void **state)
{
	struct addr out[4];

	(void)state;
	write_file(hosts, "127.0.0.1 localhost # me\n"
	    "::1\tlocalhost ip6-localhost\n"
	    "192.0.2.5  Nas.lan nas\r\n"
	    "192.0.2.6  nas\n"
	    "nonsense nas\n"
	    "192.0.2.7\n");
	assert_true(dns_hosts_read(&names, &conf));
	assert_int_equal(dns_hosts_find(&names, "nas", 3, 4, out, 4), 2);
	assert_addr(&out[0], "192.0.2.5:0");
	assert_addr(&out[1], "192.0.2.6:0");
	assert_int_equal(dns_hosts_find(&names, "nas", 3, 4, out, 1), 1);
	assert_int_equal(dns_hosts_find(&names, "nas", 3, 6, out, 4), 0);
	assert_int_equal(dns_hosts_find(&names, "na", 2, 4, out, 4), 0);
	assert_int_equal(dns_hosts_find(&names, "nas.lan", 7, 4, out, 4), 1);
	assert_int_equal(dns_hosts_find(&names, "localhost", 9, 6, out, 4), 1);
	assert_false(dns_hosts_read(&names, &conf));
	write_file(hosts, "192.0.2.8 other\n");
	assert_true(dns_hosts_read(&names, &conf));
	assert_int_equal(dns_hosts_find(&names, "nas", 3, 4, out, 4), 0);
}

static void more_hosts_than_we_take(void **state)
{
	FILE *f = fopen(hosts, "w");
	struct addr out[1];

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < LIMIT_DNS_HOSTS * 2; i++)
		fprintf(f, "192.0.2.1 h%d\n", i);
	fclose(f);
	log_set_level(LOG_NONE);
	assert_true(dns_hosts_read(&names, &conf));
	log_set_level(LOG_INFO);
	assert_int_equal(names.n, LIMIT_DNS_HOSTS);
	assert_int_equal(dns_hosts_find(&names, "h0", 2, 4, out, 1), 1);
}

static void lines_without_an_end(void **state)
{
	FILE *f = fopen(hosts, "w");
	struct addr out[1];

	(void)state;
	assert_non_null(f);
	fputs("192.0.2.1 ok ", f);
	for (int i = 0; i < 5000; i++)
		fputs("x", f);
	fputs("\n192.0.2.2 next", f);
	fclose(f);
	assert_true(dns_hosts_read(&names, &conf));
	assert_int_equal(dns_hosts_find(&names, "ok", 2, 4, out, 1), 1);
	assert_int_equal(dns_hosts_find(&names, "next", 4, 4, out, 1), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(resolv_conf_as_people_write_it),
		TEST(more_servers_than_we_take),
		TEST(read_again_only_when_it_changed),
		TEST(no_file_then_one),
		TEST(servers_by_configuration),
		TEST(hosts_as_people_write_them),
		TEST(more_hosts_than_we_take),
		TEST(lines_without_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
