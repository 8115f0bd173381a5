/* t_tls.c - both sides of TLS in one test, octets in random cuts: versions,
 * tickets and who may use them, ends, and arenas left empty. */
#include "src/crypto/tls.c"
#include "src/crypto/tls_open.c"
#include "src/crypto/tls_arena.c"

#include "tests/lib/codec_feed.h"
#include "tests/lib/rsa_pem.h"

#define ROOM 70000

static struct tls_shared server_side, client_side;
static struct tls a, b, data_a, data_b;
static struct tls_arena arena[2];
static _Alignas(16) uint8_t mem[2][TLS_ARENA_TWO + 40000];
static char pem[2048];
static uint64_t seed;
static mbedtls_ssl_session session;	/* b's, with a ticket of a's */

/* The server has it, the client believes it. */
static void share(const char *text)
{
	struct tls_pem cert = { text, strlen(text) };
	char why[160];

	tls_shared_close(&server_side);
	tls_shared_close(&client_side);
	assert_int_equal(tls_shared_open(&server_side, &cert, NULL, NULL, why,
	    sizeof(why)), 0);
	assert_int_equal(tls_shared_open(&client_side, NULL, NULL, &cert, why,
	    sizeof(why)), 0);
}

static void setup_shared(void)
{
	int n;

	assert_int_equal(tls_start(), 0);
	n = tls_make_cert(&server_side, "here.example", "20200101000000",
	    "20491231235959", pem, sizeof(pem));
	assert_true(n > 0 && n < (int)sizeof(pem));
	pem[n] = '\0';
	share(pem);
}

static void arenas(void)
{
	memset(mem, 0, sizeof(mem));
	tls_arena_open(&arena[0], mem[0], TLS_ARENA_TWO);
	tls_arena_open(&arena[1], mem[1], sizeof(mem[1]));
}

static struct tls_how how_server(void)
{
	return (struct tls_how){ .shared = &server_side, .arena = &arena[0],
		.tls12 = true, .tls13 = true, .tickets = 4, .alpn = "ftp" };
}

static struct tls_how how_client(bool tls13)
{
	return (struct tls_how){ .shared = &client_side, .arena = &arena[1],
		.client = true, .name = "here.example", .tls12 = !tls13,
		.tls13 = tls13 };
}

/* What from's tx has, in pieces, to the rx of to. 0, or the error; *moved. */
static int carry(struct tls *from, struct tls *to, bool *moved)
{
	uint8_t *p, *q;
	size_t n, cut;
	ptrdiff_t room;
	int rc;

	while ((n = from->tx.ops->out_data(&from->tx, &p)) > 0) {
		room = to->rx.ops->in_room(&to->rx, &q);
		if (room == 0)
			return 0;
		cut = 1 + test_random(&seed) % 700;
		n = MIN(n, cut);
		n = MIN(n, (size_t)room);
		memcpy(q, p, n);
		from->tx.ops->out_done(&from->tx, n);
		*moved = true;
		rc = to->rx.ops->in_done(&to->rx, n);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Until nothing moves. The first error. */
static int settle(struct tls *x, struct tls *y)
{
	bool moved = true;
	int rc = 0;

	while (moved && rc == 0) {
		moved = false;
		rc = carry(x, y, &moved);
		if (rc == 0)
			rc = carry(y, x, &moved);
	}
	return rc;
}

static void put(struct tls *t, const uint8_t *p, size_t n)
{
	uint8_t *q;
	ptrdiff_t room = t->tx.ops->in_room(&t->tx, &q);

	assert_true(room >= (ptrdiff_t)n);
	memcpy(q, p, n);
	assert_int_equal(t->tx.ops->in_done(&t->tx, n), 0);
}

/* n octets from x to y, in pieces. */
static void talk(struct tls *x, struct tls *y, size_t n)
{
	static uint8_t said[ROOM], heard[ROOM];
	struct collected to = { heard, 0, ROOM };
	size_t at = 0, some;
	bool moved;

	for (size_t i = 0; i < n; i++)
		said[i] = (uint8_t)test_random(&seed);
	while (to.len < n) {
		if (at < n && x->len == 0) {
			some = 1 + test_random(&seed) %
			    (x->bulk ? LIMIT_BUF_PAYLOAD : 2000);
			some = MIN(n - at, some);
			put(x, said + at, some);
			at += some;
		}
		assert_int_equal(carry(x, y, &moved), 0);
		codec_take(&y->rx, &to, 1 + test_random(&seed) % 5000);
	}
	assert_memory_equal(said, heard, n);
}

/* What the client has learnt; with TLS 1.3 it reads tickets late. */
static void learn(void)
{
	talk(&a, &b, 10);
	(void)tls_enter(&b);
	mbedtls_ssl_session_init(&session);
	assert_int_equal(mbedtls_ssl_get_session(&state_of(&b)->ssl, &session),
	    0);
}

static void close_all(void)
{
	tls_arena_use(&arena[1], NULL);
	mbedtls_ssl_session_free(&session);
	tls_close(&data_a);
	tls_close(&data_b);
	tls_close(&a);
	tls_close(&b);
	assert_int_equal(arena[0].used, 0);
	assert_int_equal(arena[1].used, 0);
	assert_int_equal(buf_used(), 0);
}

static void connect_both(bool tls13)
{
	struct tls_how hs = how_server(), hc = how_client(tls13);

	arenas();
	assert_int_equal(tls_open(&a, &hs), 0);
	assert_int_equal(tls_setup(&b, &hc), 0);
	/* Else mbedTLS's client throws them away. */
	mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
	    &state_of(&b)->conf,
	    MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
	assert_int_equal(tls_advance(&b), 0);
	assert_int_equal(settle(&a, &b), 0);
	assert_int_equal(a.phase, TLS_UP);
	assert_int_equal(b.phase, TLS_UP);
	assert_true(a.full);
}

static void t_talk(void **state)
{
	unsigned seeds = test_seeds(8);
	char text[80];

	(void)state;
	for (unsigned i = 1; i <= seeds; i++) {
		seed = i;
		connect_both(i % 2);
		tls_text(&a, text, sizeof(text));
		assert_memory_equal(text, i % 2 ? "TLSv1.3 " : "TLSv1.2 ", 8);
		a.bulk = i % 4 < 2;
		talk(&a, &b, 1 + test_random(&seed) % ROOM);
		talk(&b, &a, 1 + test_random(&seed) % ROOM);
		tls_bye(&b);
		assert_int_equal(settle(&a, &b), 0);
		assert_int_equal(a.phase, TLS_ENDED);
		assert_int_equal(a.rx.ops->in_end(&a.rx), 0);
		/* b was told nothing: its stream would be cut. */
		assert_int_equal(b.rx.ops->in_end(&b.rx), -E_PROTO);
		close_all();
	}
}

/* A session's control connection and one of data fit its arena. */
static void t_arena(void **state)
{
	struct tls_how hs = how_server(), hc = how_client(true);

	(void)state;
	seed = 3;
	connect_both(true);
	hs.parent = &a;
	hs.tickets = 1;
	assert_int_equal(tls_open(&data_a, &hs), 0);
	assert_int_equal(tls_open(&data_b, &hc), 0);
	assert_int_equal(settle(&data_a, &data_b), 0);
	assert_true(data_a.full);
	data_a.bulk = true;
	talk(&data_a, &data_b, 40000);
	/* What the handshake of TLS 1.3 took is back. */
	assert_null(state_of(&a)->ssl.MBEDTLS_PRIVATE(handshake));
	assert_true(arena[0].top <= TLS_ARENA_TWO);
	close_all();
}

/* Keys and authorities of RSA keep numbers of their first use. None of them may
 * be in the memory of a connection, which the next one has as well. */
static void rsa(const char *key)
{
	uint32_t shared[2];

	share(key);
	shared[0] = server_side.arena.used;
	shared[1] = client_side.arena.used;
	for (unsigned i = 0; i < 4; i++) {
		struct tls_how hs = how_server(), hc = how_client(i % 2);

		seed = i + 1;
		connect_both(i % 2);
		hs.parent = &a;
		assert_int_equal(tls_open(&data_a, &hs), 0);
		assert_int_equal(tls_open(&data_b, &hc), 0);
		assert_int_equal(settle(&data_a, &data_b), 0);
		assert_true(data_a.full && data_a.phase == TLS_UP);
		talk(&data_a, &data_b, 1000);
		talk(&b, &a, 1000);
		close_all();
		assert_true(arena[0].top <= TLS_ARENA_TWO - 1024);
		assert_int_equal(server_side.arena.used, shared[0]);
		assert_int_equal(client_side.arena.used, shared[1]);
	}
	share(pem);
}

static void t_rsa(void **state)
{
	(void)state;
	rsa(rsa_2048);
	rsa(rsa_4096);
}

/* Data connections: resumption of the session's own, or nothing. */
static int resume(bool tls13, enum tls_reuse reuse, bool with,
    struct tls *parent)
{
	struct tls_how hs = how_server(), hc = how_client(tls13);

	hs.parent = parent;
	hs.reuse = (uint8_t)reuse;
	hs.tickets = 0;
	assert_int_equal(tls_open(&data_a, &hs), 0);
	assert_int_equal(tls_setup(&data_b, &hc), 0);
	if (with)
		assert_int_equal(mbedtls_ssl_set_session(
		    &state_of(&data_b)->ssl, &session), 0);
	assert_int_equal(tls_advance(&data_b), 0);
	return settle(&data_a, &data_b);
}

static void t_reuse(void **state)
{
	(void)state;
	for (int v = 0; v < 2; v++) {
		seed = 7;
		connect_both(v);
		learn();
		assert_int_equal(resume(v, TLS_REUSE_ONLY, true, &a), 0);
		assert_int_equal(data_a.phase, TLS_UP);
		assert_false(data_a.full);
		talk(&data_b, &data_a, 20000);
		tls_close(&data_a);
		tls_close(&data_b);
		/* No resumption: the client gets an alert. */
		assert_true(resume(v, TLS_REUSE_ONLY, false, &a) < 0);
		assert_int_equal(data_a.phase, TLS_FAILED);
		tls_close(&data_a);
		tls_close(&data_b);
		assert_int_equal(resume(v, TLS_REUSE_ANY, false, &a), 0);
		assert_true(data_a.full);
		close_all();
	}
}

/* The ticket of another control connection opens nothing. */
static void t_foreign_ticket(void **state)
{
	static struct tls stranger;
	struct tls_how hs = how_server();

	(void)state;
	for (int v = 0; v < 2; v++) {
		seed = 9;
		connect_both(v);
		learn();
		hs.arena = &arena[0];
		assert_int_equal(tls_open(&stranger, &hs), 0);
		state_of(&stranger)->ssl.MBEDTLS_PRIVATE(tls_version) =
		    state_of(&a)->ssl.MBEDTLS_PRIVATE(tls_version);
		tls_arena_use(&arena[0], NULL);
		arena[0].size = sizeof(mem[0]) & ~15u;
		assert_true(resume(v, TLS_REUSE_ONLY, true, &stranger) < 0);
		assert_int_equal(data_a.phase, TLS_FAILED);
		tls_close(&stranger);
		close_all();
	}
}

/* A ticket opens, but its client's clock is off by more than its life: mbedTLS
 * goes on with a whole handshake, and that is no resumption. */
static void t_stale_ticket(void **state)
{
	(void)state;
	seed = 10;
	connect_both(true);
	learn();
	session.MBEDTLS_PRIVATE(ticket_reception_time) -=
	    MBEDTLS_SSL_TLS1_3_TICKET_AGE_TOLERANCE + (int64_t)60000;
	assert_true(resume(true, TLS_REUSE_ONLY, true, &a) < 0);
	assert_int_equal(data_a.phase, TLS_FAILED);
	tls_close(&data_a);
	tls_close(&data_b);
	assert_int_equal(resume(true, TLS_REUSE_ANY, true, &a), 0);
	assert_true(data_a.full);
	close_all();
}

/* A ticket of TLS 1.3 is no session of TLS 1.2, and a version is pinned. */
static void t_ticket_of_other_version(void **state)
{
	mbedtls_ssl_session made, got;
	uint8_t ticket[1200];
	uint32_t lifetime;
	size_t len;

	(void)state;
	seed = 11;
	connect_both(true);
	talk(&a, &b, 10);
	(void)tls_enter(&a);
	mbedtls_ssl_session_init(&made);
	mbedtls_ssl_session_init(&got);
	made.MBEDTLS_PRIVATE(tls_version) = MBEDTLS_SSL_VERSION_TLS1_3;
	made.MBEDTLS_PRIVATE(ciphersuite) =
	    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256;
	made.MBEDTLS_PRIVATE(endpoint) = MBEDTLS_SSL_IS_SERVER;
	made.MBEDTLS_PRIVATE(resumption_key_len) = 32;
	for (int v12 = 0; v12 < 2; v12++) {
		assert_int_equal(ticket_write(&a, &made, ticket,
		    ticket + sizeof(ticket), &len, &lifetime), 0);
		state_of(&a)->ssl.MBEDTLS_PRIVATE(tls_version) = v12 ?
		    MBEDTLS_SSL_VERSION_TLS1_2 : MBEDTLS_SSL_VERSION_TLS1_3;
		assert_int_equal(ticket_parse(&a, &got, ticket, len),
		    v12 ? MBEDTLS_ERR_SSL_INVALID_MAC : 0);
		mbedtls_ssl_session_free(&got);
	}
	state_of(&a)->ssl.MBEDTLS_PRIVATE(tls_version) =
	    MBEDTLS_SSL_VERSION_TLS1_3;
	assert_true(resume(false, TLS_REUSE_ANY, false, &a) < 0);
	close_all();
}

static void t_forget_key(void **state)
{
	struct tls_pem cert = { pem, strlen(pem) };
	char why[160];

	(void)state;
	for (int v = 0; v < 2; v++) {
		seed = 13;
		connect_both(v);
		learn();
		tls_shared_forget_key(&server_side);
		assert_int_equal(resume(v, TLS_REUSE_ONLY, true, &a), 0);
		assert_int_equal(data_a.phase, TLS_UP);
		close_all();
		tls_shared_close(&server_side);
		assert_int_equal(tls_shared_open(&server_side, &cert, NULL,
		    NULL, why, sizeof(why)), 0);
	}
}

/* Whatever comes in place of a record: an error, an alert, no crash. */
static void t_garbage(void **state)
{
	unsigned seeds = test_seeds(100);
	struct tls_how hs = how_server();

	(void)state;
	for (unsigned i = 1; i <= seeds; i++) {
		uint8_t junk[600], *p;
		ptrdiff_t room;
		int rc = 0;

		seed = i;
		arenas();
		assert_int_equal(tls_open(&a, &hs), 0);
		for (size_t k = 0; k < sizeof(junk); k++)
			junk[k] = (uint8_t)test_random(&seed);
		memcpy(junk, "\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03",
		    i % 3 * 5);
		for (size_t at = 0; at < sizeof(junk) && rc == 0;
		    at += (size_t)room) {
			room = a.rx.ops->in_room(&a.rx, &p);
			if (room <= 0)
				break;
			room = MIN(room, (ptrdiff_t)(sizeof(junk) - at));
			memcpy(p, junk + at, (size_t)room);
			rc = a.rx.ops->in_done(&a.rx, (size_t)room);
		}
		assert_true(rc < 0);
		assert_int_equal(a.phase, TLS_FAILED);
		tls_close(&a);
		assert_int_equal(arena[0].used, 0);
	}
}

static void t_wrong_peer(void **state)
{
	struct tls_how hs = how_server(), hc = how_client(true);

	(void)state;
	seed = 5;
	arenas();
	hc.name = "elsewhere.example";
	assert_int_equal(tls_open(&a, &hs), 0);
	assert_int_equal(tls_open(&b, &hc), 0);
	assert_true(settle(&a, &b) < 0);
	close_all();
	hc.name = "here.example";
	hc.alpn = "http/1.1";
	assert_int_equal(tls_open(&a, &hs), 0);
	assert_int_equal(tls_open(&b, &hc), 0);
	assert_true(settle(&a, &b) < 0);
	assert_int_equal(a.phase, TLS_FAILED);
	close_all();
}

static void t_ciphers(void **state)
{
	unsigned unknown;

	(void)state;
	assert_int_equal(tls_shared_ciphers(&client_side,
	    "HIGH:ECDHE-RSA-AES256-GCM-SHA384:!aNULL", &unknown), 1);
	assert_int_equal(unknown, 2);
	assert_int_equal(client_side.ciphers_n, 4);
	assert_int_equal(client_side.ciphers[4], 0);
	assert_int_equal(tls_shared_ciphers(&client_side, "HIGH", &unknown),
	    0);
	assert_int_equal(client_side.ciphers_n, TLS_CIPHERS_MAX);
}

/* Of what a client offers the server's first is taken, whatever the client's
 * is; and again for data that resume. */
static void t_order(void **state)
{
	static const int of[][2] = {
		{ MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
		  MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 },
		{ MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
		  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
		{ MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
		  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 } };

	(void)state;
	for (unsigned i = 0; i < 2 * LEN(of); i++) {
		bool tls13 = i % 2;
		size_t first = i / 2;
		int *ours = server_side.ciphers, *theirs = client_side.ciphers;

		for (size_t j = 0; j < LEN(of); j++) {
			ours[j] = of[(first + j) % LEN(of)][!tls13];
			theirs[j] = of[(first + 1 + j) % LEN(of)][!tls13];
		}
		ours[LEN(of)] = theirs[LEN(of)] = 0;
		seed = i + 1;
		connect_both(tls13);
		assert_int_equal(mbedtls_ssl_get_ciphersuite_id_from_ssl(
		    &state_of(&a)->ssl), of[first][!tls13]);
		learn();
		assert_int_equal(resume(tls13, TLS_REUSE_ONLY, true, &a), 0);
		assert_int_equal(mbedtls_ssl_get_ciphersuite_id_from_ssl(
		    &state_of(&data_a)->ssl), of[first][!tls13]);
		close_all();
		/* What is not offered is passed over. */
		theirs[1] = 0;
		connect_both(tls13);
		assert_int_equal(mbedtls_ssl_get_ciphersuite_id_from_ssl(
		    &state_of(&a)->ssl), theirs[0]);
		close_all();
	}
	(void)tls_shared_ciphers(&server_side, "", &(unsigned){ 0 });
	(void)tls_shared_ciphers(&client_side, "", &(unsigned){ 0 });
}

/* ---- from one process to another */

static const struct {
	bool tls13;
	int cipher;
} gifts[] = {
	{ true, MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256 },
	{ true, MBEDTLS_TLS1_3_AES_128_GCM_SHA256 },
	{ true, MBEDTLS_TLS1_3_AES_256_GCM_SHA384 },
	{ false, MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 },
	{ false, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
	{ false, MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 },
};

static struct tls_given given;
static struct tls taken;
static struct tls_arena taken_arena;
static _Alignas(16) uint8_t taken_mem[TLS_ARENA_TWO];

static int take_it(const struct tls_given *g)
{
	struct tls_how how = how_server();

	memset(taken_mem, 0, sizeof(taken_mem));
	tls_arena_open(&taken_arena, taken_mem, sizeof(taken_mem));
	how.arena = &taken_arena;
	return tls_take(&taken, &how, g);
}

static void connect_with(size_t i)
{
	client_side.ciphers[0] = gifts[i].cipher;
	client_side.ciphers[1] = 0;
	connect_both(gifts[i].tls13);
	learn();
}

/* Some of what b says is there: of one record, or as plaintext. */
static void say_some(size_t n, size_t arrived)
{
	static uint8_t said[1000];
	uint8_t *p, *q;
	size_t done = 0, len;

	for (size_t i = 0; i < n; i++)
		said[i] = (uint8_t)i;
	put(&b, said, n);
	while (done < arrived && (len = b.tx.ops->out_data(&b.tx, &p)) > 0) {
		ptrdiff_t room = a.rx.ops->in_room(&a.rx, &q);

		if (room == 0)
			return;
		len = MIN(len, (size_t)room);
		len = MIN(len, arrived - done);
		memcpy(q, p, len);
		b.tx.ops->out_done(&b.tx, len);
		assert_int_equal(a.rx.ops->in_done(&a.rx, len), 0);
		done += len;
	}
}

static void hear(struct tls *t, size_t n)
{
	uint8_t heard[1000];
	struct collected to = { heard, 0, sizeof(heard) };
	bool moved;

	while (to.len < n) {
		codec_take(&t->rx, &to, n - to.len);
		if (to.len < n)
			assert_int_equal(carry(&b, t, &moved), 0);
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(heard[i], (uint8_t)i);
}

static void t_give(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4 * LEN(gifts); i++) {
		static const size_t arrived[] = { 0, 3, 200, 1000 };

		seed = i + 1;
		connect_with(i % LEN(gifts));
		talk(&b, &a, 3000);
		say_some(500, arrived[i / LEN(gifts)]);
		assert_int_equal(tls_give(&a, &given), 0);
		assert_int_equal(take_it(&given), 0);
		hear(&taken, 500);
		talk(&taken, &b, 20000);
		talk(&b, &taken, 20000);
		/* Data resumes what was given. */
		assert_int_equal(resume(gifts[i % LEN(gifts)].tls13,
		    TLS_REUSE_ONLY, true, &taken), 0);
		assert_false(data_a.full);
		tls_bye(&b);
		assert_int_equal(settle(&taken, &b), 0);
		assert_int_equal(taken.phase, TLS_ENDED);
		tls_close(&taken);
		assert_int_equal(taken_arena.used, 0);
		close_all();
	}
	(void)tls_shared_ciphers(&client_side, "", &(unsigned){ 0 });
}

/* A process that is not believed may leave anything there. */
static void t_give_nonsense(void **state)
{
	static struct tls_given bad;
	uint8_t *at = (uint8_t *)&bad;

	(void)state;
	seed = 9;
	connect_with(1);
	assert_int_equal(tls_give(&a, &given), 0);
	memset(&bad, 0, sizeof(bad));
	assert_int_equal(take_it(&bad), -E_PROTO);
	memset(&bad, 0xff, sizeof(bad));
	assert_int_equal(take_it(&bad), -E_PROTO);
	bad = given;
	bad.version = MBEDTLS_SSL_VERSION_TLS1_2;
	assert_int_equal(take_it(&bad), -E_PROTO);
	bad = given;
	bad.plain_n = 16385;
	assert_int_equal(take_it(&bad), -E_PROTO);
	bad = given;
	bad.raw_n = 5;
	memset(bad.unread, 0, 5);
	assert_int_equal(take_it(&bad), -E_PROTO);
	for (int i = 0; i < 2000; i++) {
		uint8_t *q;

		bad = given;
		for (int j = 0; j < 4; j++)
			at[test_random(&seed) %
			    offsetof(struct tls_given, unread)] =
			    (uint8_t)test_random(&seed);
		if (take_it(&bad) == 0) {
			assert_true(taken.rx.ops->in_room(&taken.rx, &q) >= 0);
			(void)taken.rx.ops->in_done(&taken.rx, 1);
			tls_close(&taken);
		}
		assert_int_equal(taken_arena.used, 0);
	}
	(void)tls_shared_ciphers(&client_side, "", &(unsigned){ 0 });
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_talk),
		cmocka_unit_test(t_arena),
		cmocka_unit_test(t_rsa),
		cmocka_unit_test(t_reuse),
		cmocka_unit_test(t_foreign_ticket),
		cmocka_unit_test(t_stale_ticket),
		cmocka_unit_test(t_ticket_of_other_version),
		cmocka_unit_test(t_forget_key),
		cmocka_unit_test(t_garbage),
		cmocka_unit_test(t_wrong_peer),
		cmocka_unit_test(t_ciphers),
		cmocka_unit_test(t_order),
		cmocka_unit_test(t_give),
		cmocka_unit_test(t_give_nonsense),
	};
	int rc;

	setup_shared();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	tls_shared_close(&server_side);
	tls_shared_close(&client_side);
	return rc;
}
