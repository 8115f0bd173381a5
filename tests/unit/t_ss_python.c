/* t_ss_python.c - each option, key and default of the python original. */
#include "src/ss/ss_python.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/ss_fields.h"

#define SERVER_ &ss_python_server
#define LOCAL_ &ss_python_local
#define OWN &ss_own_server
#define X "-m aes-256-gcm -k x"
#define L "-s a.b -k x "

static const struct fields_row rows[] = {
	/* Defaults. */
	{ SERVER_, "-k x", NULL, "servers=0.0.0.0:8388 method=aes-256-cfb "
	    "timeout=300 forbidden=2 workers=1 fast_open=0 daemon= log_set=0 "
	    "pid=/var/run/shadowsocks.pid log=/var/log/shadowsocks.log" },
	{ LOCAL_, L, NULL, "servers=a.b:8388 locals=socks/127.0.0.1:1080" },
	/* Options. */
	{ SERVER_, "-s :: -p 7 -k x -m aes-256-gcm -t 9", NULL,
	    "servers=:::7 method=aes-256-gcm timeout=9" },
	{ LOCAL_, L "-b ::1 -l 1082", NULL, "locals=socks/::1:1082" },
	{ LOCAL_, L "-l1082", NULL, "locals=socks/127.0.0.1:1082" },
	{ SERVER_, "-k x --fast-open --prefer-ipv6", NULL,
	    "fast_open=1 ipv6_first=1" },
	{ SERVER_, "-k x --workers 2", NULL, "workers=2" },
	{ SERVER_, "-k x --workers=3", NULL, "workers=3" },
	{ SERVER_, "-k x --forbidden-ip 10.0.0.0/8,::1", NULL, "forbidden=2" },
	{ SERVER_, "-k x --forbidden-ip ''", NULL, "forbidden=0" },
	{ SERVER_, "-k x --forbidden-ip 127.0.0.1/4a", NULL,
	    "!2 Not a valid CIDR notation: 127.0.0.1/4a" },
	{ SERVER_, "-k x", NULL, "refuse_private=0" },
	{ SERVER_, "-k x --allow-private", NULL, "!2 --allow-private" },
	{ SERVER_, "-k x --acl /a", NULL, "!2 --acl" },
	{ OWN, X, NULL, "forbidden=2 refuse_private=1" },
	{ OWN, X " --allow-private", NULL, "forbidden=2 refuse_private=0" },
	{ OWN, X " --forbidden-ip ''", NULL, "forbidden=0 refuse_private=0" },
	{ OWN, X " -c %s", "{\"forbidden_ip\":[\"10.0.0.0/8\"]}",
	    "forbidden=1 refuse_private=0" },
	{ OWN, X " --acl /a", NULL, "acl=/a" },
	{ &ss_own_local, "--online-config-url https://x "
	    "--online-config-update-interval 90 --online-config-ca-file /ca "
	    "--online-config-cache-file /c", NULL,
	    "servers= online=https://x online_interval=90 online_ca=/ca "
	    "online_cache=/c allow_http=0" },
	{ LOCAL_, L "-m aes-256-gcm --online-config-url x", NULL,
	    "!2 --online" },
	{ &ss_own_local, L "-m aes-256-gcm --acl /a", NULL,
	    "acl=/a refuse_private=0" },
	{ SERVER_, "--manager-address 127.0.0.1:6001", NULL,
	    "manager=127.0.0.1:6001" },
	{ SERVER_, "-k x -d start --pid-file /p --log-file /l", NULL,
	    "daemon=start pid=/p log=/l log_set=1 background=0" },
	{ SERVER_, "-d stop", NULL, "daemon=stop" },
	{ SERVER_, "-k x --user u", NULL, "user=u" },
	{ SERVER_, "-k x -t 400", NULL, "idle=400" },
	{ SERVER_, "-k x -vv", NULL, "verbose=2" },
	{ SERVER_, "-k x -qq", NULL, "quiet=2" },
	{ SERVER_, "-k x --libopenssl /dev/null --libmbedtls /dev/null "
	    "--libsodium /dev/null", NULL, "servers=0.0.0.0:8388" },
	{ SERVER_, "-k x --libsodium /nonexistent", NULL, "!2 /nonexistent" },
	{ SERVER_, "-k x --metrics-address 127.0.0.1:9 --state-file /s", NULL,
	    "metrics=127.0.0.1:9 state_file=/s" },
	{ SERVER_, "-k x -c %s", "{\"metrics_address\":\"/m\","
	    "\"state_file\":\"/s\"}", "metrics=/m state_file=/s" },
	{ SERVER_, "-h", NULL, "help=1" },
	{ SERVER_, "--help", NULL, "help=1" },
	{ SERVER_, "--version", NULL, "version=1" },
	/* Keys. */
	{ SERVER_, "-c %s", "{\"server\":[\"::\",\"1.2.3.4\"],\"server_port\":"
	    "[\"7\",8],\"password\":\"x\",\"method\":\"aes-128-gcm\"}",
	    "servers=:::7,:::8,1.2.3.4:7,1.2.3.4:8 method=aes-128-gcm" },
	{ LOCAL_, "-c %s", "{\"server\":[\"a.b\",\"c.d\"],\"password\":\"x\","
	    "\"local_address\":\"::1\",\"local_port\":\"7\"}",
	    "servers=a.b:8388,c.d:8388 locals=socks/::1:7" },
	{ SERVER_, "-c %s", "{\"port_password\":{\"7\":\"x\",\"8\":\"y\"},"
	    "\"server_port\":9,\"password\":\"z\"}",
	    "servers=0.0.0.0:7,0.0.0.0:8" },
	{ SERVER_, "-k x -c %s", "{\"timeout\":\"60\",\"fast_open\":true,"
	    "\"prefer_ipv6\":true,\"workers\":2,\"user\":\"u\","
	    "\"verbose\":1,\"forbidden_ip\":\"\"}", "timeout=60 fast_open=1 "
	    "ipv6_first=1 workers=2 user=u verbose=1 forbidden=0" },
	{ SERVER_, "-k x -a", NULL, "ota=1" },
	{ SERVER_, "-k x -c %s", "{\"one_time_auth\":true}", "ota=1" },
	{ SERVER_, "-k x -c %s", "{\"dns_server\":[\"1.1.1.1\",\"::1\"],"
	    "\"manager_address\":\"/m\",\"tunnel_remote\":\"8.8.8.8\","
	    "\"tunnel_remote_port\":53,\"tunnel_port\":53,\"local\":\"x\"}",
	    "dns=1.1.1.1,::1 manager=/m" },
	/* The command line wins, -v of both as well. */
	{ SERVER_, "-p 7 -q -c %s", "{\"server_port\":8,\"password\":\"x\","
	    "\"verbose\":1}", "servers=0.0.0.0:7 quiet=1 verbose=0" },
	{ SERVER_, "-p 7 -p 8 -k x", NULL, "servers=0.0.0.0:8" },
	/* What is missing, and what is wrong. */
	{ SERVER_, "-p 7", NULL, "!2 password or port_password not specified" },
	{ LOCAL_, "-k x", NULL, "!2 server addr not specified" },
	{ LOCAL_, "-s a.b", NULL, "!2 password not specified" },
	{ SERVER_, "-k mypassword", NULL, "!1 DON'T USE DEFAULT PASSWORD! "
	    "Please change it in your config.json!" },
	{ SERVER_, "-b ::1 -k x", NULL, "!2 -b: no such option" },
	{ SERVER_, "-l 7 -k x", NULL, "!2 -l: no such option" },
	{ SERVER_, "-U -k x", NULL, "!2 -U: no such option" },
	{ LOCAL_, L "--workers 2", NULL, "!2 no such option" },
	{ SERVER_, "-s 127.0.0.1:7 -k x", NULL, "!2 neither an address" },
	{ SERVER_, "-c %s", "{\n\"password\"}", "!1 :2: " },
	{ SERVER_, "-c /nonexistent", NULL, "!1 /nonexistent" },
	/* Our own name: the same, and hosts with ports. */
	{ &ss_own_server, "-s 127.0.0.1:7 -k x -m aes-256-gcm", NULL,
	    "servers=127.0.0.1:7" },
	/* Passwords that can be guessed: too short, too much of the same. */
	{ OWN, "-m aes-256-gcm -k x", NULL, "weak=1" },
	{ OWN, "-m aes-256-gcm -k 7261940385716", NULL, "weak=1" },
	{ OWN, "-m aes-256-gcm -k 72619403857160482957", NULL, "weak=0" },
	{ OWN, "-m aes-256-gcm -k abcdefghijklmnopqrstuvwxyz", NULL, "weak=1" },
	{ OWN, "-m aes-256-gcm -k aaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, "weak=1" },
	{ OWN, "-m aes-256-gcm -k qzjwmkxvtpbr", NULL, "weak=1" },
	{ OWN, "-m aes-256-gcm -k qzjwmkxvtpbrgn", NULL, "weak=0" },
	{ OWN, "-m aes-256-gcm -k Zk9#vQ2!xL", NULL, "weak=0" },
	{ OWN, "-m aes-256-gcm -k Zk9#vQ2!x", NULL, "weak=1" },
	{ &ss_own_server, "-k AAECAwQFBgcICQoLDA0ODw==", NULL,
	    "method=2022-blake3-aes-128-gcm" },
	{ &ss_own_server, "-k x", NULL, "!2 wherry keygen" },
	{ SERVER_, "-k x -d dance", NULL, "!1 unsupported daemon command" },
	{ &ss_own_local, "-s a.b -k x -l 7 -m aes-256-cfb", NULL,
	    "locals=socks/127.0.0.1:7 method=aes-256-cfb" },
};

static void t_rows(void **state)
{
	size_t i;

	(void)state;
	log_set_level(LOG_NONE);
	for (i = 0; i < LEN(rows); i++) {
		const char *wrong = fields_wrong(&rows[i]);

		if (wrong != NULL)
			fail_msg("row %zu: %s", i, wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
