/* t_bad.c - what ssserver does to a request that is none: of every length,
 * and a good one cut at every place. One reaction, and never an octet. */
#include "src/ss/ss_sess.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "port/rand.h"
#include "port/sim/sim.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

#define LENGTHS 401

static const struct addr server_at = { 4, 8388, 0, { 127, 0, 0, 1 } };
static struct peer probe[LENGTHS];
static int64_t took_ms[LENGTHS];	/* until it was over */
static uint8_t flight[1024];
static size_t flight_len;

static void on_over(struct peer *p)
{
	took_ms[p - probe] += R.loop.now_ms;
}

static bool all_over(void *ctx)
{
	(void)ctx;
	for (int i = 0; i < LENGTHS; i++)
		if (probe[i].opened && !probe[i].over)
			return false;
	return R.server.sessions_n == 0;
}

/* What a client that has the key says first: `plain`. */
static void make_flight(const uint8_t *plain, size_t len)
{
	const struct ss_key *k = &R.local.remotes.at[0]->key;
	union ss_rx rx;
	union ss_tx tx;
	struct codec *in = ss_rx_start(&rx, &tx, k);
	struct codec *out = ss_tx_start(&tx, &rx, k);
	uint8_t *p;

	check(out->ops->in_room(out, &p) >= (ptrdiff_t)len);
	memcpy(p, plain, len);
	check(out->ops->in_done(out, len) == 0);
	flight_len = out->ops->out_data(out, &p);
	check(flight_len <= sizeof(flight));
	memcpy(flight, p, flight_len);
	out->ops->out_done(out, flight_len);
	out->ops->close(out);
	in->ops->close(in);
}

/* 127.0.0.1:1 and some octets for it; or no address at all. */
static void make_request(bool good)
{
	uint8_t plain[200] = { good ? 1 : 5, 127, 0, 0, 1, 0, 1 };

	make_flight(plain, good && R.server_conf.base.method->kind ==
	    SS_STREAM ? 7 : sizeof(plain));
}

static void send_probe(size_t i, const uint8_t *mem, size_t len, bool fin)
{
	struct peer *p = &probe[i];

	p->way = fin ? PEER_BOTH : PEER_WAITS;
	p->on_over = on_over;
	took_ms[i] = -R.loop.now_ms;
	peer_say(p, mem, len);
	peer_stream(p);
	check(peer_connect(p, &R.loop, &server_at));
}

static void begin(uint64_t seed, const char *method, enum ss_bad reaction)
{
	memset(probe, 0, sizeof(probe));
	relay_open(seed, method, true);
	R.server_conf.half_open_per_source = 0;	/* all from one */
	R.server_conf.on_bad_request = reaction;
}

/* All the same; who says nothing more sees nothing before the deadline,
 * where it is not to be told at once. */
static void judge(enum ss_bad reaction, bool fin)
{
	check(case_turn(&R.loop, 2 * RELAY_TIMEOUT_S * 1000, all_over, NULL));
	for (size_t i = 0; i < LENGTHS; i++) {
		const struct peer *p = &probe[i];

		if (!p->opened)
			continue;
		check(p->got == 0 && !p->wrong);
		check(p->broke == (reaction == SS_BAD_RST ? -E_RESET : 0));
		check(p->got_eof == (reaction != SS_BAD_RST));
		if (fin)
			check(took_ms[i] < 1000);
		else if (reaction == SS_BAD_DRAIN)
			check(took_ms[i] >= RELAY_TIMEOUT_S * 1000 &&
			    took_ms[i] - took_ms[0] < 50);
		else
			check(took_ms[i] < 1000 ||
			    took_ms[i] >= RELAY_TIMEOUT_S * 1000);
	}
	relay_close();
}

static const char *const methods[] = { "aes-256-gcm",
	"2022-blake3-aes-128-gcm", "aes-256-cfb" };
/* Those that know a forgery: of each kind, salts of each length. */
static const char *const sealed[] = { "aes-128-gcm", "aes-192-gcm",
	"chacha20-ietf-poly1305", "xchacha20-ietf-poly1305",
	"2022-blake3-aes-128-gcm", "2022-blake3-aes-256-gcm",
	"2022-blake3-chacha20-poly1305" };

static void noise(const char *method, enum ss_bad reaction, bool fin)
{
	uint8_t mem[LENGTHS];
	begin(1, method, reaction);
	for (size_t n = 0; n < LENGTHS; n++) {
		port_rand(mem, n);
		if (R.server_conf.base.method->kind == SS_STREAM) {
			make_request(false);
			memcpy(mem, flight, MIN(n, 17));
		}
		send_probe(n, mem, n, fin);
	}
	judge(reaction, fin);
}

static void cuts(const char *method, enum ss_bad reaction, bool fin)
{
	begin(2, method, reaction);
	make_request(true);
	for (size_t n = 0; n < MIN(flight_len, LENGTHS); n++)
		send_probe(n, flight, n, fin);
	judge(reaction, fin);
}

static void each(void (*run)(const char *method, enum ss_bad reaction,
    bool fin))
{
	for (size_t i = 0; i < LEN(methods); i++)
		for (int r = SS_BAD_DRAIN; r <= SS_BAD_SHUTDOWN_DRAIN; r++) {
			run(methods[i], (enum ss_bad)r, false);
			run(methods[i], (enum ss_bad)r, true);
		}
}

static void noise_of_every_length(void **state)
{
	(void)state;
	each(noise);
}

static void good_ones_cut_everywhere(void **state)
{
	(void)state;
	each(cuts);
}

/* No address, used before, of another time, to a target that is forbidden:
 * each is judged at once, and gets what the others get. */
static void good_ones_with_a_fault(enum ss_bad reaction, bool fin,
    const char *method)
{
	begin(3, method, reaction);
	/* Our own 2022 client cannot be made to say that one. */
	make_request(R.server_conf.base.method->kind == SS_2022);
	send_probe(0, flight, flight_len, fin);
	make_request(true);	/* 127.0.0.1 is forbidden */
	send_probe(1, flight, flight_len, fin);
	(void)case_turn(&R.loop, 100, all_over, NULL);
	if (R.server_conf.base.method->kind != SS_STREAM)
		send_probe(2, flight, flight_len, fin);
	if (R.server_conf.base.method->kind == SS_2022) {
		R.loop.wall_ms += 40000;
		make_request(true);
		R.loop.wall_ms -= 40000;
		send_probe(3, flight, flight_len, fin);
	}
	if (reaction != SS_BAD_DRAIN)
		check(case_turn(&R.loop, 1000, all_over, NULL));
	judge(reaction, fin);
}

static void faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(methods); i++)
		for (int r = SS_BAD_DRAIN; r <= SS_BAD_SHUTDOWN_DRAIN; r++) {
			good_ones_with_a_fault((enum ss_bad)r, false,
			    methods[i]);
			good_ones_with_a_fault((enum ss_bad)r, true,
			    methods[i]);
		}
}

/* One bit of a good one, at each place of it. */
static void altered_everywhere(void **state)
{
	(void)state;
	for (size_t m = 0; m < LEN(sealed); m++) {
		begin(4, sealed[m], SS_BAD_DRAIN);
		make_request(true);
		for (size_t i = 0; i < MIN(flight_len, LENGTHS); i++) {
			flight[i] ^= (uint8_t)(1u << i % 8);
			send_probe(i, flight, flight_len, false);
			flight[i] ^= (uint8_t)(1u << i % 8);
		}
		judge(SS_BAD_DRAIN, false);
	}
}

/* Cut before its first tag, or altered, it has not used up its salt: the good
 * one is taken after it, and tried at its target, which refuses; and never a
 * second time. */
static void salts_are_kept_of_good_ones_alone(void **state)
{
	size_t salt;

	(void)state;
	for (size_t m = 0; m < LEN(sealed); m++) {
		begin(5, sealed[m], SS_BAD_DRAIN);
		R.server_conf.forbidden_n = 0;
		R.server_conf.refuse_private = false;
		ss_gate_open(&R.server.gate, &R.server_conf, NULL);
		make_request(true);
		salt = R.server_conf.base.method->salt_len;
		for (size_t n = 1; n < salt + 18; n++)
			send_probe(n, flight, n, true);
		flight[salt] ^= 1;
		send_probe(120, flight, flight_len, true);
		flight[salt] ^= 1;
		check(case_turn(&R.loop, 1000, all_over, NULL));
		send_probe(0, flight, flight_len, false);
		check(case_turn(&R.loop, 1000, all_over, NULL));
		check(took_ms[0] < 1000);
		send_probe(121, flight, flight_len, false);
		check(!case_turn(&R.loop, 1000, all_over, NULL));
		check(case_turn(&R.loop, 2 * RELAY_TIMEOUT_S * 1000, all_over,
		    NULL));
		check(took_ms[121] >= RELAY_TIMEOUT_S * 1000);
		for (size_t i = 0; i < LENGTHS; i++)
			check(probe[i].got == 0);
		relay_close();
	}
}

/* A good request, and then hundreds of times the same, for longer than a salt
 * is kept: it reaches its target once. */
static void a_storm_of_replays(void **state)
{
	(void)state;
	for (size_t m = 0; m < LEN(sealed); m++) {
		begin(6, sealed[m], SS_BAD_DRAIN);
		R.server_conf.forbidden_n = 0;
		R.server_conf.refuse_private = false;
		ss_gate_open(&R.server.gate, &R.server_conf, NULL);
		make_request(true);
		send_probe(0, flight, flight_len, false);
		check(case_turn(&R.loop, 1000, all_over, NULL));
		check(took_ms[0] < 1000);
		for (size_t i = 1; i < LENGTHS; i++) {
			send_probe(i, flight, flight_len, false);
			(void)case_turn(&R.loop, sim_pick(400), all_over,
			    NULL);
		}
		check(case_turn(&R.loop, 2 * RELAY_TIMEOUT_S * 1000, all_over,
		    NULL));
		for (size_t i = 1; i < LENGTHS; i++)
			check(probe[i].got == 0 && probe[i].got_eof &&
			    took_ms[i] >= RELAY_TIMEOUT_S * 1000);
		relay_close();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise_of_every_length),
		cmocka_unit_test(good_ones_cut_everywhere),
		cmocka_unit_test(faults),
		cmocka_unit_test(altered_everywhere),
		cmocka_unit_test(salts_are_kept_of_good_ones_alone),
		cmocka_unit_test(a_storm_of_replays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
