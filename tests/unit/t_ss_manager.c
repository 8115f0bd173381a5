/* t_ss_manager.c - the manager's socket and its pushes. */
#include "src/ss/ss_manager.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct loop loop;
static struct ss ss;
static struct ss_conf conf;
static struct ss_manager manager;
static struct addr at;		/* the manager's */
static int fd;			/* a client's */

static void turns(int n)
{
	while (n-- > 0)
		loop_turn(&loop, loop.now_ms + 20);
}

static int setup(void **state)
{
	struct addr mine = { .family = 4, .ip = { 127, 0, 0, 1 } };
	struct opt_table t;
	char why[100];

	(void)state;
	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	conf.host[0].host = "127.0.0.1";
	text_copy(conf.manager_address, SS_HOST, "127.0.0.1:0");
	conf.host_n = 1;
	assert_int_equal(loop_open(&loop, ""), 0);
	assert_int_equal(ss_start(&ss, &loop, &conf, why, sizeof(why)), 0);
	assert_int_equal(ss_manager_open(&manager, &ss, conf.manager_address),
	    0);
	assert_int_equal(port_local_addr(manager.watch.fd, &at), 0);
	fd = port_udp_open(&mine);
	assert_true(fd >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ss_manager_close(&manager);
	ss_manager_close(&manager);
	ss_stop(&ss);
	turns(1);
	port_close(fd);
	assert_int_equal(ss_port_pool->used, 0);
	assert_null(ss_door_next(&ss, NULL));
	assert_int_equal(loop.watches, 0);
	loop_close(&loop);
	return 0;
}

/* 0: nothing came. */
static size_t hears(char *mem, size_t room)
{
	struct addr from;
	ptrdiff_t n = port_udp_recv(fd, &from, mem, room - 1);

	mem[MAX(n, 0)] = '\0';
	return (size_t)MAX(n, 0);
}

static void tell(const char *text)
{
	assert_true(port_udp_send(fd, &at, text, strlen(text)) > 0);
	turns(2);
}

static void t_pushes(void **state)
{
	struct ss_port_spec spec = { .host = "127.0.0.1",
		.method = conf.base.method, .master = (uint8_t[KEY_MAX]){ 0 } };
	struct ss_door *d = NULL;
	char text[2000], why[100];
	size_t n, ports = 0, i;

	(void)state;
	for (i = 0; i < 60; i++)
		assert_int_equal(ss_port_add(&ss, &spec, why, sizeof(why)), 0);
	while ((d = ss_door_next(&ss, d)) != NULL)
		d->account->up = UINT64_MAX - 1;
	push(&manager);			/* for nobody: nothing is forgotten */
	assert_int_equal(hears(text, sizeof(text)), 0);
	tell("what?");
	push(&manager);			/* nor for who cannot speak */
	assert_int_equal(hears(text, sizeof(text)), 0);
	tell("ping");
	assert_int_equal(hears(text, sizeof(text)), 4);
	push(&manager);
	for (i = 0; i < 2; i++) {
		n = hears(text, sizeof(text));
		assert_memory_equal(text, "stat: {\"", 8);
		assert_memory_equal(text + n - 22, ":18446744073709551614}",
		    22);
		while (n-- > 0)
			ports += text[n] == ':';
	}
	assert_int_equal(ports, 60 + 2);
	push(&manager);
	assert_int_equal(hears(text, sizeof(text)), 0);
	/* One that was removed is told of once more, then it is gone. */
	d = ss_door_next(&ss, NULL);
	n = d->number;
	d->account->down++;
	assert_int_equal(ss_port_remove(&ss, (uint16_t)n), 0);
	push(&manager);
	hears(text, sizeof(text));
	text_fmt(why, sizeof(why), "stat: {\"%lu\":1}", (unsigned long)n);
	assert_string_equal(text, why);
	while ((d = ss_door_next(&ss, d)) != NULL)
		assert_int_not_equal(d->number, n);
}

static void t_too_long(void **state)
{
	char text[1506 + 1], reply[10];
	struct addr to = at;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "ping", 4);
	assert_true(port_udp_send(fd, &to, text, 1506 + 1) > 0);
	turns(2);
	assert_int_equal(hears(reply, sizeof(reply)), 0);
	assert_true(port_udp_send(fd, &to, text, 1506) > 0);
	turns(2);
	assert_int_equal(hears(reply, sizeof(reply)), 4);
}

static void t_addresses(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ "0.0.0.0:0", -E_DENY }, { "[::]:0", -E_DENY },
		{ "10.0.0.1:0", -E_DENY }, { "127.0.0.1:", -E_INVAL },
		{ "127.0.0.1:65536", -E_INVAL }, { ":1", -E_INVAL },
		{ "example.com:1", -E_INVAL }, { "/etc/passwd", -E_EXIST },
		{ "/no/such/path", -E_NOENT },
	};
	struct ss_manager other;

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++)
		assert_int_equal(ss_manager_open(&other, &ss, rows[i].text),
		    rows[i].rc);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(t_pushes),
		ROW(t_too_long), ROW(t_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
