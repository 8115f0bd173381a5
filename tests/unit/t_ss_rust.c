/* t_ss_rust.c - each option, key and default of rust's programs. */
#include "src/ss/ss_rust.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/ss_fields.h"

#define SERVER_ &ss_rust_server
#define LOCAL_ &ss_rust_local
#define S "-s [::1]:5 -k x -m aes-128-gcm "
#define L S "-b 127.0.0.1:6 "

static const struct fields_row rows[] = {
	/* As it is typically called, and its defaults. */
	{ LOCAL_, "-s a.b:5 -b 0.0.0.0:6 -m aes-256-gcm -k x -U", NULL,
	    "servers=a.b:5 locals=socks/0.0.0.0:6 mode=both" },
	{ SERVER_, "-s 0.0.0.0:5 -m aes-256-gcm -k x", NULL,
	    "servers=0.0.0.0:5 mode=tcp forbidden=0 pid= background=0" },
	/* Both spellings of each. */
	{ LOCAL_, "--server-addr a.b:5 --local-addr [::1]:6 --password=x "
	    "--encrypt-method aes-128-gcm", NULL,
	    "servers=a.b:5 locals=socks/::1:6 method=aes-128-gcm" },
	{ LOCAL_, L "-u", NULL, "mode=udp" },
	{ SERVER_, S "-u", NULL, "mode=udp" },
	{ SERVER_, S "-U", NULL, "mode=both" },
	{ LOCAL_, L "--protocol http", NULL, "locals=http/127.0.0.1:6" },
	{ LOCAL_, L "--protocol socks", NULL, "locals=socks/127.0.0.1:6" },
	{ LOCAL_, L "--protocol tunnel -f 8.8.8.8:53", NULL,
	    "locals=tunnel/127.0.0.1:6 forward=8.8.8.8:53" },
	{ LOCAL_, L "--protocol tunnel --forward-addr a.b:53", NULL,
	    "forward=a.b:53" },
	{ LOCAL_, L "--protocol tunnel", NULL, "!78 forward_address" },
	{ LOCAL_, L "--protocol redir --tcp-redir tproxy", NULL,
	    "locals=redir/127.0.0.1:6 tproxy=1" },
	{ LOCAL_, L "--protocol redir --tcp-redir x", NULL, "!2 'x' is not" },
	{ LOCAL_, L "--protocol tun", NULL, "!2 'tun'" },
	{ LOCAL_, L "--timeout 9", NULL, "timeout=9" },
	{ LOCAL_, L "--plugin p --plugin-opts o --plugin-mode tcp_and_udp",
	    NULL, "plugin=p plugin_opts=o" },
	{ LOCAL_, "--server-url ss://YWVzLTEyOC1nY206eA@a.b:5 -b [::1]:6",
	    NULL, "servers=a.b:5 method=aes-128-gcm key=9dd4e461" },
	{ LOCAL_, "--server-url http://x -b [::1]:6", NULL, "!2 ss://" },
	{ LOCAL_, L "--acl /a --dns 1.1.1.1 --dns-cache-size 7", NULL,
	    "acl=/a dns=1.1.1.1" },
	{ LOCAL_, L "--tcp-no-delay --tcp-fast-open --tcp-multipath", NULL,
	    "no_delay=1 fast_open=1 mptcp=1" },
	{ LOCAL_, L "--no-delay --fast-open --mptcp --tcp-keep-alive 15", NULL,
	    "no_delay=1 fast_open=1 mptcp=1 keep_alive=15" },
	{ LOCAL_, L "--udp-timeout 9 --udp-max-associations 7", NULL,
	    "udp_timeout=9 udp_max=7" },
	{ LOCAL_, L "--inbound-send-buffer-size 1 --inbound-recv-buffer-size "
	    "2 --outbound-send-buffer-size 3 --outbound-recv-buffer-size 4",
	    NULL, "buffers=1,2,3,4" },
	{ LOCAL_, L "--outbound-bind-addr 1.2.3.4 --outbound-bind-interface "
	    "eth0 --outbound-fwmark 7 --outbound-user-cookie 1", NULL,
	    "source=1.2.3.4/ interface=eth0 fwmark=7" },
	{ LOCAL_, L "--bind-addr ::2", NULL, "source=/::2" },
	{ LOCAL_, L "-6 -v -v --log-without-time -n 2048", NULL,
	    "ipv6_first=1 verbose=2 bare=1 nofile=2048" },
	{ LOCAL_, L "-d --daemonize-pid /p -a nobody", NULL,
	    "background=1 pid=/p user=nobody daemon=" },
	{ LOCAL_, L "--daemonize --user nobody --nofile 9 --log-config x",
	    NULL, "background=1 user=nobody nofile=9" },
	{ LOCAL_, L "--single-threaded --worker-threads 2 --tcp-redir redirect "
	    "--udp-redir y --vpn --stat-path x --stat-addr y", NULL,
	    "locals=socks/127.0.0.1:6" },
	{ LOCAL_, "-b [::1]:6 --online-config-url https://x "
	    "--online-config-update-interval 90 "
	    "--online-config-allowed-plugin p", NULL,
	    "servers= online=https://x online_interval=90 online_ca=" },
	{ LOCAL_, "-b [::1]:6 -c %s", "{\"online_config\":{\"config_url\":"
	    "\"https://x\",\"update_interval\":90,\"ca_file\":\"/ca\","
	    "\"cache_file\":\"/c\",\"allow_http\":true,"
	    "\"allowed_plugins\":[\"p\"]}}",
	    "online=https://x online_interval=90 online_ca=/ca "
	    "online_cache=/c allow_http=1" },
	{ LOCAL_, L "--online-config-update-interval 59", NULL, "!2 within" },
	{ LOCAL_, L "--tun-interface-name x", NULL, "!2 not supported" },
	{ LOCAL_, L "--fake-dns-database-path x", NULL, "!2 not supported" },
	{ SERVER_, S "-b 1.2.3.4", NULL, "source=1.2.3.4/" },
	{ SERVER_, S "--manager-addr /m", NULL, "manager=/m" },
	{ SERVER_, S "--manager-address 127.0.0.1:1", NULL,
	    "manager=127.0.0.1:1" },
	{ SERVER_, S "--outbound-proxy x", NULL, "!2 not supported" },
	{ &manager, "-m aes-128-gcm --manager-address /m -s ::1 "
	    "--manager-server-mode builtin "
	    "--manager-server-working-directory /w", NULL,
	    "manager=/m workdir=/w servers=" },
	{ SERVER_, "-h", NULL, "help=1" },
	{ SERVER_, "-V", NULL, "version=1" },
	/* Keys. */
	{ SERVER_, "-c %s", "{\"server\":\"::\",\"server_port\":5,"
	    "\"password\":\"x\",\"method\":\"aes-128-gcm\",\"mode\":"
	    "\"tcp_and_udp\",\"timeout\":9,\"udp_timeout\":8,"
	    "\"udp_max_associations\":7,\"udp_mtu\":1400}", "servers=:::5 "
	    "mode=both timeout=9 udp_timeout=8 udp_max=7 mtu=1400" },
	{ LOCAL_, "-c %s", "{\"servers\":[{\"address\":\"a.b\",\"port\":5,"
	    "\"method\":\"aes-128-gcm\",\"password\":\"x\"},{\"server\":"
	    "\"c.d\",\"server_port\":6,\"method\":\"aes-256-gcm\","
	    "\"password\":\"y\"}],\"locals\":[{\"local_address\":\"::1\","
	    "\"local_port\":7},{\"protocol\":\"http\",\"local_port\":8}]}",
	    "servers=a.b:5,c.d:6 locals=socks/::1:7,http/127.0.0.1:8" },
	{ LOCAL_, "-c %s", "{\"server\":\"a.b\",\"server_port\":5,"
	    "\"password\":\"x\",\"method\":\"aes-128-gcm\",\"local_address\":"
	    "\"::1\",\"local_port\":6,\"protocol\":\"http\"}",
	    "locals=http/::1:6" },
	{ SERVER_, S "-c %s", "{\"no_delay\":true,\"keep_alive\":15,"
	    "\"nofile\":9,\"ipv6_first\":true,\"ipv6_only\":true,"
	    "\"fast_open\":true,\"mptcp\":true,\"acl\":\"/a\"}",
	    "no_delay=1 keep_alive=15 nofile=9 ipv6_first=1 ipv6_only=1 "
	    "fast_open=1 mptcp=1 acl=/a" },
	{ SERVER_, S "-c %s", "{\"half_open\":9,\"half_open_per_source\":0,"
	    "\"chroot\":true}", "half=9 half_from=0 chroot=1" },
	{ SERVER_, S "-c %s", "{\"outbound_fwmark\":7,\"outbound_bind_addr\":"
	    "\"1.2.3.4\",\"outbound_bind_interface\":\"eth0\","
	    "\"outbound_user_cookie\":1,"
	    "\"outbound_udp_allow_fragmentation\":true}",
	    "fwmark=7 source=1.2.3.4/ interface=eth0" },
	{ SERVER_, S "-c %s", "{\"log\":{\"level\":2,\"format\":"
	    "{\"without_time\":true}},\"runtime\":{\"mode\":\"x\"},"
	    "\"dns\":\"1.1.1.1\",\"version\":1,\"security\":{\"a\":{}}}",
	    "verbose=2 bare=1 dns=1.1.1.1" },
	{ SERVER_, S "-c %s", "{\"dns\":\"google\"}", "dns=8.8.8.8,8.8.4.4" },
	{ SERVER_, S "--dns 1.1.1.1,::1", NULL, "dns=1.1.1.1,::1" },
	{ SERVER_, S "--dns system", NULL, "dns=" },
	{ SERVER_, S "-c %s", "{\"dns\":\"tls://1.1.1.1\"}", "dns=" },
	{ SERVER_, S "-c %s", "{\"dns\":{\"a\":\"b\"}}", "dns=" },
	{ SERVER_, S "-c %s", "{\"manager_address\":\"127.0.0.1\","
	    "\"manager_port\":6001}", "manager=127.0.0.1:6001" },
	{ SERVER_, "-c %s", "{\"servers\":[{\"server\":\"::\",\"server_port\":"
	    "5,\"method\":\"2022-blake3-aes-128-gcm\",\"password\":"
	    "\"AAECAwQFBgcICQoLDA0ODw==\",\"users\":[{\"name\":\"u\","
	    "\"password\":\"AAECAwQFBgcICQoLDA0ODw==\"}]}]}",
	    "servers=:::5 users=1" },
	/* The command line wins. */
	{ SERVER_, S "-c %s", "{\"servers\":[{\"server\":\"::\",\"port\":9,"
	    "\"password\":\"y\"}],\"method\":\"aes-256-gcm\"}",
	    "servers=::1:5 method=aes-128-gcm" },
	/* What is missing, and what is wrong. */
	{ LOCAL_, "-k x", NULL, "!64 missing servers" },
	{ LOCAL_, "-s a.b:5 -k x -b [::1]:6", NULL, "!64 encrypt-method" },
	{ LOCAL_, "-s a.b:5 -m aes-128-gcm -b [::1]:6", NULL, "!64 password" },
	{ LOCAL_, S, NULL, "!64 missing locals" },
	{ &manager, "-m aes-128-gcm", NULL, "!64 manager" },
	{ SERVER_, "-c %s", "{\n\"server\":7}", "!78 :2: server" },
	{ SERVER_, "-c /nonexistent", NULL, "!78 /nonexistent" },
	{ SERVER_, S "--bogus", NULL, "!2 --bogus" },
	{ SERVER_, S "-p 7", NULL, "!2 -p" },
	{ LOCAL_, S "-b 127.0.0.1", NULL, "!2 has no port" },
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
