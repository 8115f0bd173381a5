/* t_ss_conf.c - the options of ssserver and sslocal through their readers. */
#include "src/ss/ss_conf.c"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/ss/ss_python.h"

static struct ss_conf conf;
static struct opt_at at;

static struct opt_table fresh(enum ss_role role)
{
	const struct ss_program *p;
	struct opt_table t;

	memset(&conf, 0, sizeof(conf));
	memset(&at, 0, sizeof(at));
	t = ss_conf_table(&conf, role);
	p = role == SS_SERVER ? &ss_python_server : &ss_python_local;
	t.flags = p->flags;
	t.flags_n = p->flags_n;
	ss_conf_defaults(&t);
	return t;
}

static int args(enum ss_role role, const char *line)
{
	static char text[512];
	char *argv[32] = { text };
	struct opt_table t = fresh(role);
	int argc = 1;
	char *p;

	text_fmt(text, sizeof(text), "program %s", line);
	for (p = text; (p = strchr(p, ' ')) != NULL; argc++) {
		*p++ = '\0';
		argv[argc] = p;
	}
	return opt_read_args(&t, &at, argc, argv, NULL, 0);
}

static const uint8_t *key_of(const struct ss_server_conf *e)
{
	return ss_conf_key(e->method, &e->secret);
}

static int json(const char *text)
{
	struct opt_table t = fresh(SS_SERVER);

	at.file = "f.json";
	return opt_read_json_text(&t, &at, text, strlen(text));
}

static void t_defaults(void **state)
{
	(void)state;
	fresh(SS_SERVER);
	assert_int_equal(conf.host_n, 0);
	assert_int_equal(conf.host_port[0], 8388);
	assert_int_equal(conf.host_port_n, 1);
	assert_string_equal(conf.local.host, "127.0.0.1");
	assert_int_equal(conf.local.port, 1080);
	assert_string_equal(conf.base.method->name, "aes-256-cfb");
	assert_int_equal(conf.base.timeout_s, 300);
	assert_int_equal(conf.forbidden_n, 2);
	assert_int_equal(conf.workers, 1);
	assert_int_equal(conf.on_bad_request, SS_BAD_DRAIN);
	assert_false(conf.base.secret.set || conf.sock.fast_open ||
	    conf.prefer_ipv6);
	assert_false(conf.log_file_set);
}

static void t_command_line(void **state)
{
	(void)state;
	assert_int_equal(args(SS_SERVER, "-p 10001 -kpass -m AES-256-GCM -vv "
	    "-t60 --fast-open --prefer-ipv6 --workers=2 --user nobody "
	    "--forbidden-ip 10.0.0.0/8,::1/128,1.2.3.4 -d start -s ::"), 0);
	assert_int_equal(conf.host_port[0], 10001);
	assert_string_equal(conf.base.method->name, "aes-256-gcm");
	assert_true(conf.base.secret.set && !conf.base.secret.is_mypassword);
	assert_int_equal(conf.base.timeout_s, 60);
	assert_int_equal(conf.verbose, 2);
	assert_int_equal(conf.workers, 2);
	assert_true(conf.sock.fast_open && conf.prefer_ipv6);
	assert_int_equal(conf.forbidden_n, 3);
	assert_int_equal(conf.forbidden[2].bits, 32);
	assert_string_equal(conf.user, "nobody");
	assert_string_equal(conf.daemon, "start");
	assert_string_equal(conf.host[0].host, "::");
	assert_int_equal(args(SS_SERVER, "--forbidden-ip= -kmypassword"), 0);
	assert_int_equal(conf.forbidden_n, 0);
	assert_true(conf.base.secret.is_mypassword);
	assert_int_equal(args(SS_LOCAL, "-s example.com -b ::1 -l 1082 -k x "
	    "-m mbedtls:aes-128-cfb128"), 0);
	assert_string_equal(conf.host[0].host, "example.com");
	assert_string_equal(conf.local.host, "::1");
	assert_int_equal(conf.local.port, 1082);
	assert_string_equal(conf.base.method->name, "aes-128-cfb");
	assert_int_equal(args(SS_SERVER, "-k x --on-bad-request rst"), 0);
	assert_int_equal(conf.on_bad_request, SS_BAD_RST);
	assert_int_equal(args(SS_SERVER, "-k x --on-bad-request "
	    "shutdown-drain"), 0);
	assert_int_equal(conf.on_bad_request, SS_BAD_SHUTDOWN_DRAIN);
}

static const char *const bad_args[] = {
	"-p 0", "-p 65536", "-p x", "-p -1", "-p", "-t 0", "-t x", "-m rot47",
	"-m ", "-k ", "-s ", "-s a/b", "-s 7", "-b 1.2.3.4", "-l 1080",
	"--workers 0", "--forbidden-ip 127.0.0.1/4a",
	"--forbidden-ip 1.2.3.4/33",
	"--on-bad-request close", "--libopenssl /no/such/file",
	"--no-such-option", "word",
};

static void t_bad_command_line(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(bad_args); i++) {
		if (args(SS_SERVER, bad_args[i]) != -E_INVAL)
			fail_msg("taken: %s", bad_args[i]);
		assert_true(at.text[0] != '\0');
	}
	args(SS_SERVER, "--forbidden-ip 127.0.0.1/4a");
	assert_non_null(strstr(at.text, "Not a valid CIDR notation: "
	    "127.0.0.1/4a"));
	args(SS_SERVER, "-m rot13");
	assert_non_null(strstr(at.text, "rot13"));
	assert_non_null(strstr(at.text, "aes-256-cfb1"));
}

static void t_file(void **state)
{
	(void)state;
	assert_int_equal(json("{\"server\": [\"::\", \"0.0.0.0\"],"
	    "\"server_port\": [\"8001\", 8002], \"password\": 17,"
	    "\"forbidden_ip\": [\"10.0.0.0/8\"], \"verbose\": true,"
	    "\"dns_server\": [\"8.8.8.8\", \"::1\"], \"local\": \"x\"}"), 0);
	assert_int_equal(conf.host_n, 2);
	assert_string_equal(conf.host[1].host, "0.0.0.0");
	assert_int_equal(conf.host_port_n, 2);
	assert_int_equal(conf.host_port[1], 8002);
	assert_true(conf.base.secret.set);
	assert_int_equal(conf.forbidden_n, 1);
	assert_int_equal(conf.verbose, 1);
	assert_int_equal(conf.dns_server_n, 2);
	assert_int_equal(at.unknown, 1);
}

/* Passwords are keys at once; the same password gives the same key. */
static void t_port_password(void **state)
{
	uint8_t key[KEY_MAX];

	(void)state;
	assert_int_equal(json("{\"port_password\": {\"8001\": \"foobar!\","
	    "\"8002\": \"barfoo!\"}}"), 0);
	assert_int_equal(conf.servers_n, 2);
	assert_int_equal(conf.servers[1].port, 8002);
	kdf_bytes_to_key(key, sizeof(key), "barfoo!");
	assert_memory_equal(conf.servers[1].secret.key, key, sizeof(key));
}

#define KEY16 "AAECAwQFBgcICQoLDA0ODw=="
#define KEY32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

/* Keys of the 2022 methods: of one length, and not made of a password. */
static void t_keys_of_2022(void **state)
{
	static const struct {
		enum ss_role role;
		const char *method, *password, *complaint;
	} cases[] = {
		{ SS_SERVER, "aes-128-gcm", KEY16, NULL },
		{ SS_SERVER, "aes-256-gcm", KEY32, NULL },
		{ SS_SERVER, "chacha20-poly1305", KEY32, NULL },
		{ SS_LOCAL, "aes-128-gcm", KEY16 ":" KEY16, NULL },
		{ SS_SERVER, "aes-128-gcm", "c2VjcmV0", "another length" },
		{ SS_SERVER, "aes-128-gcm", "no.base64", "is none" },
		{ SS_SERVER, "aes-128-gcm", KEY32, "of 16 octets" },
		{ SS_SERVER, "aes-256-gcm", KEY16, "of 32 octets" },
		{ SS_SERVER, "aes-128-gcm", KEY16 ":" KEY16, "for clients" },
		{ SS_LOCAL, "aes-128-gcm", KEY16 ":" KEY32, "of 16" },
		{ SS_LOCAL, "aes-128-gcm", "x:" KEY16, "of 16" },
		{ SS_LOCAL, "aes-128-gcm", KEY16 ":", "none" },
		{ SS_LOCAL, "aes-128-gcm", KEY16 ":" KEY16 ":" KEY16 ":" KEY16
		    ":" KEY16 ":" KEY16, "none" },
		{ SS_LOCAL, "chacha20-poly1305", KEY32 ":" KEY32, "no chain" },
	};
	char line[400];
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < LEN(cases); i++) {
		text_fmt(line, sizeof(line), "-s ::1 -k %s -m 2022-blake3-%s",
		    cases[i].password, cases[i].method);
		assert_int_equal(args(cases[i].role, line), 0);
		rc = ss_conf_finish(&conf, &at, "f.json");
		if ((rc == 0) != (cases[i].complaint == NULL) || (rc != 0 &&
		    strstr(at.text, cases[i].complaint) == NULL))
			fail_msg("%s: %s", line, at.text);
	}
}

/* By line, whichever of method and keys comes first; the key is used as it
 * is, and by the other methods as a password. */
static void t_keys_of_2022_in_a_file(void **state)
{
	uint8_t key[KEY_MAX];

	(void)state;
	assert_int_equal(json("{\n\"port_password\": {\n\"8001\": \"" KEY16
	    "\",\n\"8002\": \"x\"},\n"
	    "\"method\": \"2022-blake3-aes-128-gcm\"}"), 0);
	assert_int_equal(ss_conf_finish(&conf, &at, "f.json"), -E_INVAL);
	assert_non_null(strstr(at.text, "f.json:4: port_password: 2022"));
	assert_int_equal(json("{\"password\": \"" KEY16 "\", \"method\": "
	    "\"2022-blake3-aes-128-gcm\"}"), 0);
	assert_int_equal(ss_conf_finish(&conf, &at, "f.json"), 0);
	text_unbase64(key, sizeof(key), KEY16, strlen(KEY16));
	assert_memory_equal(key_of(&conf.servers[0]), key, 16);
	assert_int_equal(json("{\"password\": \"" KEY16 "\", \"method\": "
	    "\"aes-128-gcm\"}"), 0);
	assert_int_equal(ss_conf_finish(&conf, &at, "f.json"), 0);
	kdf_bytes_to_key(key, sizeof(key), KEY16);
	assert_memory_equal(key_of(&conf.servers[0]), key, KEY_MAX);
}

static const char *const bad_files[] = {
	"{\"port_password\": []}", "{\"port_password\": \"x\"}",
	"{\"port_password\": {}}", "{\"port_password\": {\"0\": \"x\"}}",
	"{\"port_password\": {\"1\": \"\"}}",
	"{\"port_password\": {\"1\": \"x\", \"01\": \"y\"}}",
	"{\"server\": {\"a\": \"b\"}}", "{\"server\": 7}",
	"{\"server\": \"a b\"}", "{\"server_port\": []}",
	"{\"password\": []}", "{\"method\": 17}", "{\"dns_server\": \"x\"}",
	"{\"forbidden_ip\": [\"here\"]}", "{\"timeout\": \"soon\"}",
};

static void t_bad_files(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LEN(bad_files); i++) {
		if (json(bad_files[i]) >= 0)
			fail_msg("taken: %s", bad_files[i]);
		assert_non_null(strstr(at.text, "f.json:1: "));
	}
}

/* A list of the command line takes the place of the file's. */
static void t_lists_begin_anew(void **state)
{
	struct opt_table t = fresh(SS_SERVER);
	static const char text[] = "{\"server\": [\"::\", \"::1\"],"
	    "\"server_port\": [1, 2, 3]}";
	char *argv[] = { "x", "-s", "127.0.0.1", "-p", "4" };

	(void)state;
	assert_int_equal(opt_read_json_text(&t, &at, text, strlen(text)), 0);
	assert_int_equal(opt_read_args(&t, &at, LEN(argv), argv, NULL, 0), 0);
	assert_int_equal(conf.host_n, 1);
	assert_int_equal(conf.host_port_n, 1);
	assert_int_equal(conf.host_port[0], 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_defaults),
		cmocka_unit_test(t_command_line),
		cmocka_unit_test(t_bad_command_line),
		cmocka_unit_test(t_file),
		cmocka_unit_test(t_port_password),
		cmocka_unit_test(t_keys_of_2022),
		cmocka_unit_test(t_keys_of_2022_in_a_file),
		cmocka_unit_test(t_bad_files),
		cmocka_unit_test(t_lists_begin_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
