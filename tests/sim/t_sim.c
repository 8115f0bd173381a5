/* t_sim.c - the simulated system itself: the same seed gives the same run, and
 * sockets and files behave as the contracts in include/port say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/file.h"
#include "port/net.h"
#include "port/out.h"
#include "port/poll.h"
#include "port/rand.h"
#include "port/sim/sim.h"
#include "port/sim/tcp.c"
#include "port/time.h"

static const struct addr here = { .family = 4, .port = 80,
	.ip = { 127, 0, 0, 1 } };

/* A connection: fd[0] connected, fd[1] accepted. */
static void make_pair(int fd[2])
{
	struct addr at = { .family = 4, .ip = { 127, 0, 0, 1 } }, peer;
	int ls = port_tcp_listen(&at, NULL);

	assert_true(ls >= 0);
	fd[0] = port_tcp_connect(&at, NULL);
	assert_true(fd[0] >= 0);
	sim_advance_ms(2000);
	assert_int_equal(port_tcp_connected(fd[0]), 0);
	fd[1] = port_tcp_accept(ls, &peer);
	assert_true(fd[1] >= 0);
	port_close(ls);
}

static void clean(void)
{
	assert_int_equal(sim_open_fds(), 0);
	assert_int_equal(sim_open_fds_outside(), 0);
	assert_true(list_empty(&conns));
	assert_true(list_empty(&syns));
	assert_true(list_empty(&listeners));
}

/* ---- connections ---- */

static void half_close_keeps_the_other_way(void **state)
{
	int fd[2];
	char got[8];

	(void)state;
	sim_reset(1, NULL);
	make_pair(fd);
	assert_int_equal(port_send(fd[0], "ab", 2), 2);
	assert_int_equal(port_shutdown_send(fd[0]), 0);
	assert_int_equal(port_send(fd[0], "c", 1), -E_CLOSED);
	assert_int_equal(port_recv(fd[1], got, 8), -E_AGAIN);
	sim_advance_ms(1);
	assert_int_equal(port_recv(fd[1], got, 8), 2);
	assert_int_equal(port_recv(fd[1], got, 8), 0);
	assert_int_equal(port_recv(fd[1], got, 8), 0);
	assert_int_equal(port_send(fd[1], "xyz", 3), 3);
	sim_advance_ms(1);
	assert_int_equal(port_recv(fd[0], got, 8), 3);
	assert_memory_equal(got, "xyz", 3);
	port_close(fd[0]);
	port_close(fd[1]);
	clean();
}

static void a_reader_that_stops_stops_the_writer(void **state)
{
	static uint8_t mem[3000];
	struct sim_conf conf = sim_kind_world;
	int fd[2];
	ptrdiff_t n, sent = 0;

	(void)state;
	conf.sock_min = conf.sock_max = 1000;
	sim_reset(2, &conf);
	make_pair(fd);
	while ((n = port_send(fd[0], mem, 300)) > 0)
		sent += n;
	assert_int_equal(n, -E_AGAIN);
	assert_int_equal(sent, 1000);
	sim_advance_ms(10);
	assert_false(tcp_ready(&W.fd[fd[0]]) & POLL_OUT);
	assert_int_equal(port_recv(fd[1], mem, sizeof(mem)), 1000);
	assert_true(tcp_ready(&W.fd[fd[0]]) & POLL_OUT);
	port_close(fd[0]);
	port_close(fd[1]);
	clean();
}

static void closing_with_unread_octets_resets(void **state)
{
	int fd[2];
	char got[8];

	(void)state;
	sim_reset(3, NULL);
	make_pair(fd);
	port_send(fd[0], "unread", 6);
	sim_advance_ms(1);
	port_close(fd[1]);
	sim_advance_ms(1);
	assert_int_equal(port_recv(fd[0], got, 8), -E_RESET);
	assert_int_equal(port_recv(fd[0], got, 8), 0);
	assert_int_equal(port_send(fd[0], "x", 1), -E_CLOSED);
	port_close(fd[0]);
	clean();
}

static void sending_to_a_closed_end_resets_later(void **state)
{
	int fd[2];
	char got[8];

	(void)state;
	sim_reset(4, NULL);
	make_pair(fd);
	port_send(fd[1], "last", 4);
	port_close(fd[1]);
	sim_advance_ms(1);
	assert_int_equal(port_send(fd[0], "x", 1), 1);
	sim_advance_ms(1);
	assert_int_equal(port_recv(fd[0], got, 8), 4);
	assert_int_equal(port_send(fd[0], "x", 1), -E_RESET);
	port_close(fd[0]);
	clean();
}

static void connecting_fails_as_told(void **state)
{
	struct addr refused = here;
	struct addr lost = { 4, 9, 0, { 198, 51, 100, 1 } };
	struct addr no_way = { 4, 9, 0, { 192, 0, 2, 1 } };
	struct addr not_ours = { .family = 4, .ip = { 203, 0, 113, 1 } };
	struct net_how how = { .from = &not_ours };
	int fd;

	(void)state;
	sim_reset(5, NULL);
	fd = port_tcp_connect(&refused, NULL);
	sim_advance_ms(1);
	assert_int_equal(port_tcp_connected(fd), -E_REFUSED);
	port_close(fd);
	fd = port_tcp_connect(&lost, NULL);
	sim_advance_ms(30000);
	assert_int_equal(tcp_ready(&W.fd[fd]), 0);
	sim_advance_ms(60000);
	assert_int_equal(port_tcp_connected(fd), -E_TIMEOUT);
	port_close(fd);
	fd = port_tcp_connect(&no_way, NULL);
	if (fd >= 0) {
		sim_advance_ms(1);
		assert_int_equal(port_tcp_connected(fd), -E_UNREACH);
		port_close(fd);
	} else {
		assert_int_equal(fd, -E_UNREACH);
	}
	assert_int_equal(port_tcp_connect(&refused, &how), -E_NOADDR);
	clean();
}

static void a_full_backlog_makes_callers_wait(void **state)
{
	struct addr at = here, peer;
	struct net_how how = { .backlog = 2 };
	int ls, fd[3], got[3], n = 0;

	(void)state;
	at.port = 0;
	sim_reset(6, NULL);
	ls = port_tcp_listen(&at, &how);
	for (int i = 0; i < 3; i++)
		fd[i] = port_tcp_connect(&at, NULL);
	sim_advance_ms(10);
	while ((got[n] = port_tcp_accept(ls, &peer)) >= 0)
		n++;
	assert_int_equal(n, 2);
	sim_advance_ms(1000);
	sim_advance_ms(10);
	got[2] = port_tcp_accept(ls, &peer);
	assert_true(got[2] >= 0);
	for (int i = 0; i < 3; i++) {
		port_close(fd[i]);
		port_close(got[i]);
	}
	port_close(ls);
	clean();
}

static void a_full_table_keeps_them_in_the_backlog(void **state)
{
	struct sim_conf conf = sim_kind_world;
	struct addr at = here, peer;
	int ls, out, in, hog;

	(void)state;
	at.port = 0;
	conf.fd_limit = 2;
	sim_reset(7, &conf);
	ls = port_tcp_listen(&at, NULL);
	hog = port_tcp_connect(&here, NULL);
	sim_outside(true);
	out = port_tcp_connect(&at, NULL);
	sim_outside(false);
	sim_advance_ms(1);
	assert_int_equal(port_tcp_accept(ls, &peer), -E_NOFILE);
	port_close(hog);
	in = port_tcp_accept(ls, &peer);
	assert_true(in >= 0);
	port_close(in);
	port_close(out);
	port_close(ls);
	clean();
}

static void fast_open_carries_the_first_octets(void **state)
{
	struct sim_conf conf = sim_kind_world;
	struct net_how how = { .flags = NET_FAST_OPEN };
	struct addr at = here, peer;
	char got[8];
	int ls, fd, in;

	(void)state;
	at.port = 0;
	conf.fast_open = true;
	sim_reset(8, &conf);
	ls = port_tcp_listen(&at, NULL);
	fd = port_tcp_connect(&at, &how);
	assert_int_equal(tcp_ready(&W.fd[fd]), POLL_OUT);
	sim_advance_ms(1);
	assert_int_equal(port_tcp_accept(ls, &peer), -E_AGAIN);
	assert_int_equal(port_send(fd, "early", 5), 5);
	sim_advance_ms(1);
	in = port_tcp_accept(ls, &peer);
	assert_int_equal(port_recv(in, got, 8), 5);
	port_close(in);
	port_close(fd);
	port_close(ls);
	clean();
}

static void who_vanished_says_nothing(void **state)
{
	int fd[2];
	char got[8];

	(void)state;
	sim_reset(9, NULL);
	make_pair(fd);
	sim_vanish(fd[0]);
	port_send(fd[0], "x", 1);
	port_close(fd[0]);
	sim_advance_ms(1000000);
	assert_int_equal(port_recv(fd[1], got, 8), -E_AGAIN);
	assert_int_equal(tcp_ready(&W.fd[fd[1]]) & POLL_IN, 0);
	port_close(fd[1]);
	clean();
}

/* ---- datagrams ---- */

static void datagrams_are_lost_doubled_and_late(void **state)
{
	struct sim_conf conf = sim_kind_world;
	struct addr a = { .family = 4, .ip = { 127, 0, 0, 1 } }, b = a, from;
	uint8_t i, got;
	int fa, fb, n = 0, late = 0, last = 0;

	(void)state;
	conf.udp_loss = conf.udp_twice = conf.udp_late = 20000;
	sim_reset(10, &conf);
	fa = port_udp_open(&a);
	fb = port_udp_open(&b);
	for (i = 0; i < 60; i++)
		assert_int_equal(port_udp_send(fa, &b, &i, 1), 1);
	sim_advance_ms(2000);
	while (port_udp_recv(fb, &from, &got, 1) == 1) {
		assert_true(addr_eq(&from, &a));
		late += got < last;
		last = got;
		n++;
	}
	assert_true(n > 20 && n < 80 && n != 60);
	assert_true(late > 0);
	port_close(fa);
	port_close(fb);
	clean();
}

/* ---- polling ---- */

static void waiting_jumps_to_the_next_event(void **state)
{
	struct sim_conf conf = sim_kind_world;
	const struct poll_port *poll = port_polls[0];
	struct poll_event ev[4];
	int64_t from;
	int fd[2];

	(void)state;
	conf.delay_us_min = conf.delay_us_max = 300000;
	sim_reset(11, &conf);
	make_pair(fd);
	assert_int_equal(poll->open(), 0);
	assert_int_equal(poll->open(), -E_BUSY);
	assert_int_equal(poll->set(fd[1], 77, 0, POLL_IN), 0);
	from = port_now_ms();
	assert_int_equal(poll->wait(ev, 4, from + 100), 0);
	assert_int_equal(port_now_ms(), from + 100);
	port_send(fd[0], "x", 1);
	assert_int_equal(poll->wait(ev, 4, POLL_FOREVER), 1);
	assert_true(ev[0].tag == 77 && ev[0].got == POLL_IN);
	assert_in_range(port_now_ms(), from + 400, from + 401);
	assert_int_equal(poll->set(fd[1], 0, POLL_IN, 0), 0);
	poll->close();
	port_close(fd[0]);
	port_close(fd[1]);
	clean();
}

static void signals_wake_the_poll(void **state)
{
	const struct poll_port *poll = port_polls[0];
	struct poll_event ev[4];
	int fd;

	(void)state;
	sim_reset(12, NULL);
	fd = port_signal_open();
	assert_int_equal(port_signal_open(), fd);
	poll->open();
	poll->set(fd, 5, 0, POLL_IN);
	sim_signal(SIG_RELOAD);
	sim_signal(SIG_STOP);
	assert_int_equal(poll->wait(ev, 4, POLL_FOREVER), 1);
	assert_int_equal(port_signal_next(), SIG_RELOAD);
	assert_int_equal(port_signal_next(), SIG_STOP);
	assert_int_equal(port_signal_next(), SIG_NONE);
	poll->set(fd, 5, POLL_IN, 0);
	poll->close();
	sim_reset(12, NULL);
	clean();
}

/* ---- luck ---- */

/* A few hundred calls in an unkind world; returns what happened. */
static uint64_t life(uint64_t seed)
{
	struct sim_conf conf = sim_any_world(seed);
	uint8_t mem[64];
	int fd[2];

	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = 300;
	sim_reset(seed, NULL);
	make_pair(fd);
	sim_change(&conf);
	for (int i = 0; i < 300; i++) {
		port_rand(mem, sizeof(mem));
		if (sim_pick(2))
			port_send(fd[sim_pick(2)], mem, 1 + sim_pick(64));
		else
			port_recv(fd[sim_pick(2)], mem, 1 + sim_pick(64));
		sim_advance_ms(sim_pick(3));
	}
	port_close(fd[0]);
	port_close(fd[1]);
	clean();
	return sim_trace();
}

static void a_seed_is_a_life(void **state)
{
	uint64_t last = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		uint64_t one = life(seed);

		assert_true(one == life(seed));
		assert_true(one != last);
		last = one;
	}
}

static void the_nth_call_fails_once(void **state)
{
	struct addr at = here;

	(void)state;
	at.port = 0;
	for (uint64_t n = 1; n <= 4; n++) {
		struct addr peer;
		int ls, failed = 0;

		sim_reset(n, NULL);
		ls = port_tcp_listen(&at, NULL);
		sim_fail_nth(SIM_BIT(SIM_ACCEPT), n);
		for (uint64_t i = 1; i <= 3; i++) {
			int fd = port_tcp_connect(&at, NULL);

			sim_advance_ms(1);
			if (port_tcp_accept(ls, &peer) < 0)
				failed++;
			else
				assert_true(i != n);
			port_close(fd);
		}
		assert_int_equal(failed, n <= 3);
		assert_int_equal(sim_faults(), n <= 3);
		assert_int_equal(sim_calls(), 3);
		port_close(ls);
		at.port = 0;
	}
	sim_reset(0, NULL);
}

static void luck_spares_other_machines(void **state)
{
	struct sim_conf conf = sim_kind_world;
	struct addr at = { .family = 4, .ip = { 10, 0, 0, 1 } };
	int fd;

	(void)state;
	for (int i = 0; i < SIM_KINDS; i++)
		conf.fault[i] = 65535;
	sim_reset(13, &conf);
	assert_true(port_tcp_listen(&at, NULL) < 0);
	sim_outside(true);
	fd = port_tcp_listen(&at, NULL);
	assert_true(fd >= 0);
	sim_outside(false);
	assert_int_equal(port_net_set(fd, NET_NO_DELAY, 1), 0);
	port_close(fd);
	clean();
}

static void the_wall_jumps_alone(void **state)
{
	int64_t mono;

	(void)state;
	sim_reset(14, NULL);
	mono = port_now_ms();
	assert_true(mono >= 1);
	sim_wall_set_ms(5000);
	assert_int_equal(port_wall_ms(), 5000);
	assert_int_equal(port_now_ms(), mono);
	sim_advance_ms(50);
	assert_int_equal(port_wall_ms(), 5050);
}

/* ---- files ---- */

static void files_keep_what_they_get(void **state)
{
	const uint8_t *mem;
	char got[16];
	size_t len;
	int fd;

	(void)state;
	sim_reset(20, NULL);
	sim_put("/srv/a/f.txt", "hello", 5);
	fd = port_file_open(PORT_FS, "/srv/a/f.txt", FILE_READ | FILE_WRITE, 0);
	assert_int_equal(port_file_write(fd, 7, "xy", 2), 2);
	assert_int_equal(port_file_read(fd, 0, got, 16), 9);
	assert_memory_equal(got, "hello\0\0xy", 9);
	assert_int_equal(port_file_read(fd, 9, got, 16), 0);
	assert_int_equal(port_path_remove(PORT_FS, "/srv/a/f.txt"), 0);
	assert_int_equal(port_file_read(fd, 0, got, 1), 1);
	port_file_close(fd);
	assert_null(sim_get("/srv/a/f.txt", &len));
	fd = port_file_open(PORT_FS, "/srv/n", FILE_WRITE | FILE_CREATE, 0666);
	assert_true(fd >= 0);
	port_file_close(fd);
	mem = sim_get("/srv/n", &len);
	assert_non_null(mem);
	assert_int_equal(len, 0);
	assert_int_equal(port_file_open(PORT_FS, "/srv", FILE_READ, 0),
	    -E_ISDIR);
	assert_int_equal(port_file_open(PORT_FS, "/srv/n/x", FILE_READ, 0),
	    -E_NOTDIR);
	assert_int_equal(port_file_open(PORT_FS, "/no/x", FILE_READ, 0),
	    -E_NOENT);
	clean();
}

static void nothing_leaves_the_root(void **state)
{
	static const char *const same[] = { "secret", "/secret", "../secret",
		"/../../secret", "up", "abs" };
	struct file_info info;
	char got[8];
	int root, fd;

	(void)state;
	sim_reset(21, NULL);
	sim_put("/secret", "s", 1);
	sim_put("/pub/secret", "p", 1);
	sim_make_link("/pub/up", "../../../secret");
	sim_make_link("/pub/abs", "/secret");
	sim_make_link("/pub/round", "round");
	root = port_root_open("/pub");
	for (size_t i = 0; i < LEN(same); i++) {
		fd = port_file_open(root, same[i], FILE_READ, 0);
		assert_true(fd >= 0);
		assert_int_equal(port_file_read(fd, 0, got, 8), 1);
		assert_int_equal(got[0], 'p');
		port_file_close(fd);
	}
	assert_int_equal(port_file_open(root, "round", FILE_READ, 0), -E_LOOP);
	assert_int_equal(port_path_info(root, "abs", false, &info), 0);
	assert_int_equal(info.type, FILE_LINK);
	assert_int_equal(port_path_link(root, "abs", got, 8), 7);
	port_file_close(root);
	clean();
}

static void the_disk_fills_up(void **state)
{
	int fd;

	(void)state;
	sim_reset(22, NULL);
	sim_make_dir("/d");
	sim_disk_room(10);
	fd = port_file_open(PORT_FS, "/d/f", FILE_WRITE | FILE_CREATE, 0600);
	assert_int_equal(port_file_write(fd, 0, "12345678", 8), 8);
	assert_int_equal(port_file_write(fd, 8, "12345678", 8), 2);
	assert_int_equal(port_file_write(fd, 10, "1", 1), -E_NOSPC);
	assert_int_equal(port_file_truncate(fd, 0), 0);
	assert_int_equal(port_file_write(fd, 0, "1", 1), 1);
	port_file_close(fd);
	sim_disk_read_only(true);
	assert_int_equal(port_path_remove(PORT_FS, "/d/f"), -E_PERM);
	sim_disk_read_only(false);
	sim_chmod("/d/f", 0);
	assert_int_equal(port_file_open(PORT_FS, "/d/f", FILE_READ, 0),
	    -E_PERM);
	clean();
}

static void directories_are_streamed(void **state)
{
	uint8_t mem[1024];
	struct port_dir d;
	struct file_info info;
	const char *name;
	int n = 0;

	(void)state;
	sim_reset(23, NULL);
	sim_put("/d/one", "1", 1);
	sim_make_dir("/d/two");
	sim_make_link("/d/three", "one");
	assert_int_equal(port_dir_open(&d, PORT_FS, "/d", mem, 1024), 0);
	while (port_dir_next(&d, &name) == 1) {
		assert_int_equal(port_dir_info(&d, name, false, &info), 0);
		n += info.type == FILE_REGULAR ? 1 : info.type == FILE_DIR ?
		    10 : 100;
	}
	assert_int_equal(n, 111);
	assert_int_equal(port_dir_info(&d, "three", true, &info), 0);
	assert_int_equal(info.type, FILE_REGULAR);
	port_dir_close(&d);
	assert_int_equal(port_dir_remove(PORT_FS, "/d"), -E_EXIST);
	assert_int_equal(port_path_rename(PORT_FS, "/d/one", "/d/two/1"), 0);
	assert_int_equal(port_path_rename(PORT_FS, "/d", "/d/two/d"), -E_INVAL);
	assert_int_equal(port_path_set_time(PORT_FS, "/d/two/1", 77), 0);
	assert_int_equal(port_path_set_mode(PORT_FS, "/d/two/1", 0604), 0);
	assert_int_equal(port_path_set_mode(PORT_FS, "/d/one", 0604), -E_NOENT);
	assert_int_equal(port_path_info(PORT_FS, "/d/two/1", true, &info), 0);
	assert_true(info.mtime_s == 77 && info.mode == 0604);
	clean();
}

static void output_is_kept(void **state)
{
	(void)state;
	sim_reset(24, NULL);
	assert_int_equal(port_out(2, "log\n", 4), 4);
	assert_string_equal(sim_out_text(2), "log\n");
	sim_out_block(true);
	assert_int_equal(port_out(2, "log\n", 4), -E_AGAIN);
	assert_string_equal(sim_out_text(2), "log\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_close_keeps_the_other_way),
		cmocka_unit_test(a_reader_that_stops_stops_the_writer),
		cmocka_unit_test(closing_with_unread_octets_resets),
		cmocka_unit_test(sending_to_a_closed_end_resets_later),
		cmocka_unit_test(connecting_fails_as_told),
		cmocka_unit_test(a_full_backlog_makes_callers_wait),
		cmocka_unit_test(a_full_table_keeps_them_in_the_backlog),
		cmocka_unit_test(fast_open_carries_the_first_octets),
		cmocka_unit_test(who_vanished_says_nothing),
		cmocka_unit_test(datagrams_are_lost_doubled_and_late),
		cmocka_unit_test(waiting_jumps_to_the_next_event),
		cmocka_unit_test(signals_wake_the_poll),
		cmocka_unit_test(a_seed_is_a_life),
		cmocka_unit_test(the_nth_call_fails_once),
		cmocka_unit_test(luck_spares_other_machines),
		cmocka_unit_test(the_wall_jumps_alone),
		cmocka_unit_test(files_keep_what_they_get),
		cmocka_unit_test(nothing_leaves_the_root),
		cmocka_unit_test(the_disk_fills_up),
		cmocka_unit_test(directories_are_streamed),
		cmocka_unit_test(output_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
