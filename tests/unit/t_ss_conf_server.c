/* t_ss_conf_server.c - servers[], locals[], users[] and what the options
 * outside of them make: one form for everything behind. */
#include "src/ss/ss_conf_server.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include <cmocka.h>

#define KEY16 "AAECAwQFBgcICQoLDA0ODw=="

static struct ss_conf conf;
static struct opt_at at;

static int read_as(enum ss_flavour flavour, enum ss_role role,
    const char *text)
{
	struct opt_table t;
	int rc;

	memset(&conf, 0, sizeof(conf));
	memset(&at, 0, sizeof(at));
	conf.flavour = flavour;
	t = ss_conf_table(&conf, role);
	ss_conf_defaults(&t);
	at.file = "f.json";
	rc = opt_read_json_text(&t, &at, text, strlen(text));
	return rc != 0 ? rc : ss_conf_finish(&conf, &at, "f.json");
}

static void show_servers(char *out, size_t room)
{
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < conf.servers_n; i++) {
		const struct ss_server_conf *e = &conf.servers[i];

		n += text_fmt(out + n, room - n, "%s%s:%u", i > 0 ? " " : "",
		    e->host, e->port);
	}
}

static const struct {
	enum ss_role role;
	const char *json, *servers;
} forms[] = {
	{ SS_SERVER, "\"password\":\"x\"", "0.0.0.0:8388" },
	{ SS_SERVER, "\"password\":\"x\",\"server_port\":[1,2]",
	    "0.0.0.0:1 0.0.0.0:2" },
	{ SS_SERVER, "\"password\":\"x\",\"server\":[\"::\",\"1.2.3.4\"],"
	    "\"server_port\":[1,2]", ":::1 :::2 1.2.3.4:1 1.2.3.4:2" },
	{ SS_SERVER, "\"port_password\":{\"7\":\"x\",\"8\":\"y\"},"
	    "\"server\":[\"::\",\"1.2.3.4\"],\"password\":\"z\"",
	    ":::7 :::8 1.2.3.4:7 1.2.3.4:8" },
	{ SS_SERVER, "\"password\":\"x\",\"server\":\"[::1]:9\"", "::1:9" },
	{ SS_SERVER, "\"servers\":[{\"server\":\"::\",\"server_port\":\"5\","
	    "\"password\":\"x\"},{\"address\":\"1.2.3.4\",\"port\":6,"
	    "\"password\":\"y\",\"disabled\":true},{\"address\":\"a.b\","
	    "\"port\":7,\"password\":\"z\"}]", ":::5 a.b:7" },
	{ SS_SERVER, "\"servers\":[{\"server\":\"::\",\"server_port\":5}],"
	    "\"password\":\"x\"", ":::5" },
	{ SS_SERVER, "\"servers\":[],\"password\":\"x\"", "0.0.0.0:8388" },
	{ SS_SERVER, "\"manager_address\":\"/x\"", "" },
	{ SS_SERVER, "\"servers\":[{\"server\":\"::\",\"server_port\":5}],"
	    "\"server\":\"1.2.3.4\",\"password\":\"x\"",
	    ":::5 1.2.3.4:8388" },
	{ SS_LOCAL, "\"servers\":[{\"server\":\"a.b\",\"server_port\":5}],"
	    "\"password\":\"x\"", "a.b:5" },
	{ SS_LOCAL, "\"server\":[\"a.b\",\"c.d\"],\"password\":\"x\"",
	    "a.b:8388 c.d:8388" },
	/* The last of equal keys wins, lists as well. */
	{ SS_SERVER, "\"servers\":[{\"server\":\"::\",\"server_port\":5}],"
	    "\"servers\":[{\"server\":\"::1\",\"server_port\":6}],"
	    "\"password\":\"x\"", "::1:6" },
};

static void t_forms(void **state)
{
	char json[400], shown[200];
	size_t i;

	(void)state;
	for (i = 0; i < LEN(forms); i++) {
		text_fmt(json, sizeof(json), "{%s}", forms[i].json);
		if (read_as(SS_OWN, forms[i].role, json) != 0)
			fail_msg("%s: %s", json, at.text);
		show_servers(shown, sizeof(shown));
		if (strcmp(shown, forms[i].servers) != 0)
			fail_msg("%s: %s", json, shown);
	}
}

static void t_an_entry(void **state)
{
	static const char json[] = "{\"method\":\"aes-128-gcm\","
	    "\"timeout\":77,\"servers\":[{\"server\":\"a.b\","
	    "\"server_port\":5,\"password\":\"x\",\"plugin\":\"p\","
	    "\"plugin_opts\":\"o=1\",\"plugin_args\":[\"-a\",\"-b\"],"
	    "\"plugin_mode\":\"tcp_and_udp\",\"mode\":\"udp_only\","
	    "\"timeout\":9,\"tcp_weight\":0.25,\"udp_weight\":1.0,"
	    "\"remarks\":\"r\",\"id\":\"i\",\"acl\":\"f\",\"odd\":[{}],"
	    "\"method\":\"aes-256-gcm\"},{\"server\":\"c\",\"server_port\":6,"
	    "\"password\":\"y\"}]}";
	const struct ss_server_conf *e = conf.servers;

	(void)state;
	assert_int_equal(read_as(SS_RUST, SS_LOCAL, json), 0);
	assert_string_equal(e->plugin, "p");
	assert_string_equal(e->plugin_opts, "o=1");
	assert_string_equal(e->plugin_args, "-a -b");
	assert_int_equal(e->plugin_mode, SS_TCP_AND_UDP);
	assert_int_equal(e->mode, SS_UDP_ONLY);
	assert_int_equal(e->timeout_s, 9);
	assert_int_equal(e->tcp_weight, 250);
	assert_int_equal(e->udp_weight, 1000);
	assert_string_equal(e->remarks, "r");
	assert_string_equal(e->id, "i");
	assert_string_equal(e->acl, "f");
	assert_string_equal(e->method->name, "aes-256-gcm");
	assert_int_equal(at.unknown, 1);
	/* What it left out is that of the options outside. */
	assert_string_equal(e[1].method->name, "aes-128-gcm");
	assert_int_equal(e[1].timeout_s, 77);
	assert_int_equal(e[1].mode, SS_TCP_ONLY);
	assert_null(e[1].plugin);
	assert_int_equal(e[1].tcp_weight, 1000);
}

static void t_rates(void **state)
{
	static const char json[] = "{\"quota\":1,\"state_file\":\"/s\","
	    "\"method\":\"2022-blake3-aes-128-gcm\",\"password\":\"" KEY16
	    "\",\"servers\":[{\"server\":\"::\",\"server_port\":5,"
	    "\"rate_up\":2,\"rate_down\":\"3\",\"expires\":4,\"users\":[{"
	    "\"name\":\"a\",\"password\":\"" KEY16 "\",\"rate_up\":5,"
	    "\"rate_down\":6,\"quota\":7,\"expires\":\"8\"}]},"
	    "{\"server\":\"::\",\"server_port\":6}]}";
	static const char *const bad[] = { "\"quota\":-1", "\"rate_up\":1.5",
		"\"rate_down\":100000000001", "\"expires\":\"x\"",
		"\"servers\":[{\"quota\":-1}]",
		"\"servers\":[{\"users\":[{\"rate_up\":-1}]}]",
		"\"servers\":[{\"users\":[{\"rate_up\":100000000001}]}]",
		"\"servers\":[{\"users\":[{\"quota\":[1,{}]}]}]" };
	const struct ss_limits *l;
	char text[100];

	(void)state;
	assert_int_equal(read_as(SS_OWN, SS_SERVER, json), 0);
	assert_string_equal(conf.state_file, "/s");
	l = &conf.servers[0].limits;
	assert_true(l->rate_up == 2 && l->rate_down == 3 && l->quota == 0 &&
	    l->expires_s == 4);
	l = &conf.users[0].limits;
	assert_true(l->rate_up == 5 && l->rate_down == 6 && l->quota == 7 &&
	    l->expires_s == 8);
	/* One that says nothing has what stands outside. */
	l = &conf.servers[1].limits;
	assert_true(l->rate_up == 0 && l->quota == 1);
	for (size_t i = 0; i < LEN(bad); i++) {
		text_fmt(text, sizeof(text), "{%s}", bad[i]);
		if (read_as(SS_OWN, SS_SERVER, text) == 0)
			fail_msg("%s", text);
	}
}

static void t_users(void **state)
{
	static const char json[] = "{\"servers\":[{\"server\":\"::\","
	    "\"server_port\":5,\"method\":\"2022-blake3-aes-128-gcm\","
	    "\"password\":\"" KEY16 "\",\"users\":[{\"name\":\"a\","
	    "\"password\":\"" KEY16 "\"},{\"name\":\"b\",\"password\":\""
	    KEY16 "\"}]}]}";

	(void)state;
	assert_int_equal(read_as(SS_RUST, SS_SERVER, json), 0);
	assert_int_equal(conf.servers[0].users_n, 2);
	assert_string_equal(conf.users[conf.servers[0].users + 1].name, "b");
	assert_int_equal(conf.users[1].psk.len, 16);
}

static void t_locals(void **state)
{
	static const char json[] = "{\"server\":\"a.b\",\"password\":\"x\","
	    "\"mode\":\"tcp_and_udp\",\"locals\":["
	    "{\"local_port\":1080},{\"local_address\":\"::1\","
	    "\"local_port\":1081,\"protocol\":\"http\"},"
	    "{\"protocol\":\"tunnel\",\"forward_address\":\"8.8.8.8\","
	    "\"forward_port\":53,\"local_port\":5353,\"mode\":\"udp_only\"},"
	    "{\"disabled\":true}]}";
	const struct ss_local_conf *l = conf.locals;

	(void)state;
	assert_int_equal(read_as(SS_RUST, SS_LOCAL, json), 0);
	assert_int_equal(conf.locals_n, 3);
	assert_string_equal(l[0].host, "127.0.0.1");
	assert_int_equal(l[0].protocol, SS_SOCKS);
	assert_int_equal(l[0].mode, SS_TCP_AND_UDP);
	assert_string_equal(l[1].host, "::1");
	assert_int_equal(l[1].protocol, SS_HTTP);
	assert_int_equal(l[2].mode, SS_UDP_ONLY);
	assert_string_equal(l[2].forward_host, "8.8.8.8");
	assert_int_equal(l[2].forward_port, 53);
}

/* As rust has it: by UDP and TCP unless it is said otherwise. */
static void t_local_dns(void **state)
{
	static const char json[] = "{\"server\":\"a.b\",\"password\":\"x\","
	    "\"locals\":[{\"protocol\":\"dns\",\"local_port\":53},"
	    "{\"protocol\":\"dns\",\"local_port\":54,\"local_dns_address\":"
	    "\"10.0.0.1\",\"local_dns_port\":5353,\"remote_dns_address\":"
	    "\"dns.test\",\"remote_dns_port\":55,\"mode\":\"udp_only\","
	    "\"nft_direct\":\"inet w d4 d6\",\"nft_proxied\":"
	    "\"ip w p4 -\"}]}";
	const struct ss_local_conf *l = conf.locals;

	(void)state;
	assert_int_equal(read_as(SS_RUST, SS_LOCAL, json), 0);
	assert_int_equal(l[0].mode, SS_TCP_AND_UDP);
	assert_string_equal(l[0].forward_host, "8.8.8.8");
	assert_int_equal(l[0].forward_port, 53);
	assert_null(l[0].direct_host);
	assert_int_equal(l[1].mode, SS_UDP_ONLY);
	assert_string_equal(l[1].forward_host, "dns.test");
	assert_int_equal(l[1].forward_port, 55);
	assert_string_equal(l[1].direct_host, "10.0.0.1");
	assert_int_equal(l[1].direct_port, 5353);
	assert_string_equal(l[1].nft_direct, "inet w d4 d6");
	assert_string_equal(l[1].nft_proxied, "ip w p4 -");
	assert_null(l[0].nft_direct);
	assert_int_equal(read_as(SS_RUST, SS_LOCAL, "{\"server\":\"a.b\","
	    "\"password\":\"x\",\"locals\":[{\"protocol\":\"dns\","
	    "\"local_port\":53,\"local_dns_address\":\"dns.test\"}]}"),
	    -E_INVAL);
	assert_non_null(strstr(at.text, "is no address"));
	assert_int_equal(read_as(SS_RUST, SS_LOCAL, "{\"server\":\"a.b\","
	    "\"password\":\"x\",\"locals\":[{\"protocol\":\"dns\","
	    "\"local_port\":53,\"nft_direct\":\"inet w\"}]}"), -E_INVAL);
	assert_non_null(strstr(at.text, "FAMILY TABLE SET4 SET6"));
	/* Who changes a firewall is root. */
	assert_int_equal(read_as(SS_RUST, SS_LOCAL, "{\"server\":\"a.b\","
	    "\"password\":\"x\",\"user\":\"nobody\",\"locals\":["
	    "{\"protocol\":\"dns\",\"local_port\":53,\"nft_direct\":"
	    "\"inet w a b\"}]}"), -E_INVAL);
	assert_non_null(strstr(at.text, "must stay root"));
}

/* ${NAME} is the environment's, where rust's files are read. */
static void t_environment(void **state)
{
	static const char json[] = "{\"password\":\"${T_SS_PASSWORD}\"}";
	uint8_t key[KEY_MAX];

	(void)state;
	setenv("T_SS_PASSWORD", "from there", 1);
	kdf_bytes_to_key(key, sizeof(key), "from there");
	assert_int_equal(read_as(SS_RUST, SS_SERVER, json), 0);
	assert_memory_equal(conf.servers[0].secret.key, key, sizeof(key));
	assert_int_equal(read_as(SS_PYTHON, SS_SERVER, json), 0);
	assert_memory_not_equal(conf.servers[0].secret.key, key, sizeof(key));
	unsetenv("T_SS_PASSWORD");
	assert_int_equal(read_as(SS_RUST, SS_SERVER, json), -E_INVAL);
	assert_string_equal(at.text, "f.json:1: password: no T_SS_PASSWORD in "
	    "the environment");
}

#define ONE "{\"password\":\"x\",\"servers\":\n[{\"server\":\"a\",\n"

static const struct {
	const char *json, *text;
} bad[] = {
	{ ONE "\"port\":0}]}", "f.json:3: port: '0' is not within 1..65535" },
	{ ONE "\"port\":7},\n7]}", "f.json:4: servers: must be an object" },
	{ "{\"servers\":\n\"x\"}", "f.json:2: servers: must be an object" },
	{ "{\"servers\": {\"method\":\n\"rot13\"}}",
	    "f.json:2: method: method rot13 not supported; " },
	{ ONE "\"port\":7,\"mode\":\"x\"}]}", "f.json:3: mode: 'x' is none" },
	{ ONE "\"port\":7,\"tcp_weight\":1.5}]}", "f.json:3: tcp_weight: " },
	{ ONE "\"port\":7,\"tcp_weight\":2}]}", "f.json:3: tcp_weight: " },
	{ ONE "\"port\":7,\"timeout\":1.5}]}", "f.json:3: timeout: " },
	{ ONE "\"method\":\"aes-256-gcm\"}]}",
	    "f.json:2: servers: one without a server_port" },
	{ "{\"servers\":[\n{\"port\":7}]}",
	    "f.json:2: servers: one without a server" },
	{ "{\"servers\":[\n{\"server\":\"a\",\"port\":7}]}",
	    "f.json:2: servers: one without a password" },
	{ "{\"servers\":[{\"server\":\"a\",\"port\":7,\n\"password\":"
	    "\"short\",\"method\":\"2022-blake3-aes-128-gcm\"}]}",
	    "f.json:2: password: 2022-blake3-aes-128-gcm takes a key of 16" },
	{ "{\"servers\":[{\"server\":\"a\",\"port\":7,\"password\":\"x\","
	    "\"users\":[\n{\"name\":\"n\",\"password\":\"" KEY16 "\"}]}]}",
	    "f.json:2: users: aes-256-cfb knows no users" },
	{ ONE "\"port\":7,\"users\":[\n7]}]}",
	    "f.json:4: users: must be an object" },
	{ "{\"key\":\"AAEC\",\"method\":\"aes-256-gcm\"}",
	    "f.json:1: password: aes-256-gcm takes a key of 32" },
};

static void t_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(bad); i++) {
		if (read_as(SS_OWN, SS_SERVER, bad[i].json) != -E_INVAL)
			fail_msg("taken: %s", bad[i].json);
		if (strncmp(at.text, bad[i].text, strlen(bad[i].text)) != 0)
			fail_msg("%s: %s", bad[i].json, at.text);
	}
}

static void t_bad_locals(void **state)
{
	(void)state;
	assert_int_equal(read_as(SS_OWN, SS_LOCAL, "{\"locals\":[\n{"
	    "\"protocol\":\"tunnel\",\"local_port\":1}]}"), -E_INVAL);
	assert_string_equal(at.text, "f.json:2: locals: a tunnel without a "
	    "forward_address");
	assert_int_equal(read_as(SS_OWN, SS_LOCAL, "{\"locals\":[{}]}"),
	    -E_INVAL);
	assert_int_equal(read_as(SS_OWN, SS_LOCAL, "{\"locals\":[{"
	    "\"protocol\":\"x\"}]}"), -E_INVAL);
}

/* Limits are named, and what is there before them is whole. */
static void t_limits(void **state)
{
	static char json[LIMIT_SERVERS * 40 + 200];
	size_t i, n;

	(void)state;
	n = text_fmt(json, sizeof(json), "{\"password\":\"x\",\"servers\":[");
	for (i = 0; i < LIMIT_SERVERS + 1; i++)
		n += text_fmt(json + n, sizeof(json) - n,
		    "%s{\"server\":\"a\",\"port\":%u}", i > 0 ? "," : "",
		    (unsigned)i + 1);
	text_fmt(json + n, sizeof(json) - n, "]}");
	assert_int_equal(read_as(SS_OWN, SS_LOCAL, json), -E_INVAL);
	assert_non_null(strstr(at.text, "LIMIT_SERVERS"));
	assert_int_equal(conf.servers_n, LIMIT_SERVERS);
}

static const struct {
	const char *method, *json, *octets;	/* "!": what is said */
} prefixes[] = {
	{ "aes-256-gcm", "POST ", "POST " },
	{ "aes-256-gcm", "\\u0016\\u0003\\u0001\\u00a8\\u00ff",
	    "\x16\x03\x01\xa8\xff" },
	{ "aes-128-gcm", "12345678", "12345678" },
	{ "aes-128-gcm", "123456789", "!at most 8 octets with aes-128-gcm" },
	{ "aes-256-gcm", "1234567890123456", "1234567890123456" },
	{ "aes-256-gcm", "12345678901234567", "!more than 16 octets" },
	{ "aes-256-gcm", "\\u0100", "!a character that is no octet" },
	{ "aes-256-cfb", "x", "!at most 0 octets with aes-256-cfb" },
};

static void t_prefixes(void **state)
{
	char text[300];
	size_t i, n;
	int rc;

	(void)state;
	for (i = 0; i < 2 * LEN(prefixes); i++) {
		const char *want = prefixes[i / 2].octets;
		const struct ss_prefix *p = &conf.servers[0].prefix;

		/* Of one server, and of those that have none of their own. */
		text_fmt(text, sizeof(text), i % 2 != 0 ? "{\"prefix\":\"%s\","
		    "\"method\":\"%s\",\"password\":\"x\",\"server\":"
		    "\"1.2.3.4\"}" : "{\"servers\":[{\"prefix\":\"%s\","
		    "\"method\":\"%s\",\"password\":\"x\",\"server\":"
		    "\"1.2.3.4\",\"server_port\":5}]}",
		    prefixes[i / 2].json, prefixes[i / 2].method);
		rc = read_as(SS_OWN, SS_LOCAL, text);
		n = strlen(want);
		if (want[0] == '!' ? rc == 0 || strstr(at.text, want + 1) ==
		    NULL : rc != 0 || p->len != n ||
		    memcmp(p->octets, want, n) != 0)
			fail_msg("%s: %d %s", text, rc, at.text);
	}
}

/* As Outline's own examples have it, of JSON and of an address. */
static void t_prefix_with_nul(void **state)
{
	static const uint8_t want[] = { 0x16, 3, 1, 0, 0xa8 };
	const struct ss_prefix *p = &conf.servers[0].prefix;

	(void)state;
	assert_int_equal(read_as(SS_OWN, SS_LOCAL, "{\"password\":\"x\","
	    "\"server\":\"1.2.3.4\",\"method\":\"aes-256-gcm\","
	    "\"prefix\":\"\\u0016\\u0003\\u0001\\u0000\\u00a8\"}"), 0);
	assert_int_equal(p->len, sizeof(want));
	assert_memory_equal(p->octets, want, sizeof(want));
	memset(&conf.base.prefix, 0, sizeof(conf.base.prefix));
	assert_int_equal(ss_set_server_url(&conf, &at, NULL,
	    "ss://YWVzLTI1Ni1nY206cHc@1.2.3.4:1/?prefix=%16%03%01%00%C2%A8"),
	    0);
	assert_memory_equal(conf.base.prefix.octets, want, sizeof(want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_forms),
		cmocka_unit_test(t_an_entry),
		cmocka_unit_test(t_rates),
		cmocka_unit_test(t_users),
		cmocka_unit_test(t_locals),
		cmocka_unit_test(t_local_dns),
		cmocka_unit_test(t_environment),
		cmocka_unit_test(t_bad),
		cmocka_unit_test(t_bad_locals),
		cmocka_unit_test(t_limits),
		cmocka_unit_test(t_prefixes),
		cmocka_unit_test(t_prefix_with_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
