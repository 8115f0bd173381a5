/* t_ss_libev.c - each option, key, default and clash of libev's programs. */
#include "src/ss/ss_libev.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/ss_fields.h"

#define S "-s ::1 -p 5 -k x "
#define L S "-l 6 "
#define KEY32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define URLSAFE32 "-_-_AwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static const struct fields_row rows[] = {
	/* Defaults. */
	{ &server, "-p 5 -k x", NULL, "servers=0.0.0.0:5 timeout=60 mode=tcp "
	    "method=chacha20-ietf-poly1305 forbidden=0 nofile=0 fast_open=0" },
	{ &local, L, NULL, "servers=::1:5 locals=socks/127.0.0.1:6 idle=60" },
	{ &server, S, NULL, "timeout=60 idle=86400" },
	{ &server, S "-t 90000", NULL, "idle=90000" },
	/* Short options. */
	{ &server, S "-f /p", NULL, "background=1 pid=/p" },
	{ &server, S "-t 9", NULL, "timeout=9" },
	{ &server, S "-m aes-256-gcm", NULL, "method=aes-256-gcm" },
	{ &server, S "-b 1.2.3.4", NULL, "source=1.2.3.4/ servers=::1:5" },
	{ &server, S "-b 1.2.3.4 -b ::2", NULL, "source=1.2.3.4/::2" },
	{ &local, L "-b 1.2.3.4", NULL, "locals=socks/1.2.3.4:6 source=/" },
	{ &ss_redir_program, L "-b 1.2.3.4", NULL, "locals=redir/1.2.3.4:6" },
	{ &tunnel, L "-L a.b:53 -b ::", NULL,
	    "locals=tunnel/:::6 forward=a.b:53" },
	{ &server, S "-i eth0", NULL, "interface=eth0" },
	{ &server, S "-d 1.1.1.1,8.8.8.8", NULL, "dns=1.1.1.1,8.8.8.8" },
	{ &server, S "-a nobody", NULL, "user=nobody" },
	{ &server, S "-n 2048", NULL, "nofile=2048" },
	{ &server, S "-u", NULL, "mode=both" },
	{ &server, S "-U", NULL, "mode=udp" },
	{ &local, L "-u", NULL, "mode=both" },
	{ &server, S "-v", NULL, "verbose=1" },
	{ &server, S "-6", NULL, "ipv6_first=1" },
	{ &server, S "-A", NULL, "!255 One time auth has been deprecated. Try "
	    "AEAD ciphers instead." },
	{ &server, "-h", NULL, "help=1" },
	{ &server, "--help", NULL, "help=1" },
	{ &manager, "-D /w", NULL, "workdir=/w" },
	{ &ss_redir_program, L "-T", NULL, "tproxy=1" },
	{ &ss_redir_program, L "-U", NULL, "mode=udp" },
	{ &ss_redir_program, L "-u", NULL, "mode=both" },
	{ &ss_redir_program, L "-U -a nobody", NULL, "!255 it must stay root" },
	{ &ss_redir_program, L "-u -a nobody", NULL, "mode=both" },
	/* Several servers, with ports or without. */
	{ &server, "-s ::1 -s 1.2.3.4 -p 5 -k x", NULL,
	    "servers=::1:5,1.2.3.4:5" },
	{ &local, "-s a.b:7 -s c.d -p 5 -k x -l 6", NULL,
	    "servers=a.b:7,c.d:5" },
	{ &local, "-s [::1]:7 -k x -l 6", NULL, "servers=::1:7" },
	/* Glued values, any order, last wins. */
	{ &local, "-l6 -kx -p5 -s::1", NULL, "locals=socks/127.0.0.1:6" },
	{ &local, L "-l7", NULL, "locals=socks/127.0.0.1:7" },
	{ &server, S "-vuU", NULL, "mode=udp verbose=1" },
	/* Long options. */
	{ &server, S "--fast-open --reuse-port --no-delay --mptcp", NULL,
	    "fast_open=1 reuse_port=1 no_delay=1 mptcp=1" },
	{ &server, S "--tcp-incoming-sndbuf 1 --tcp-incoming-rcvbuf=2 "
	    "--tcp-outgoing-sndbuf 3 --tcp-outgoing-rcvbuf 4", NULL,
	    "buffers=1,2,3,4" },
	{ &server, S "--acl /a", NULL, "acl=/a" },
	{ &tunnel, L "-L a:1 --acl /a", NULL, "!1 --acl: no such option" },
	{ &server, S "--manager-address /m", NULL, "manager=/m" },
	{ &server, S "--mtu 1400", NULL, "mtu=1400" },
	{ &server, S "--plugin p --plugin-opts a=b;c", NULL,
	    "plugin=p plugin_opts=a=b;c" },
	{ &server, "-p 5 --password x", NULL, "key=9dd4e461" },
	{ &server, "-p 5 --key " KEY32, NULL, "key=00010203" },
	{ &server, "-p 5 --key " URLSAFE32, NULL, "key=fbffbf03" },
	{ &server, "-p 5 --key " KEY32 " -m aes-128-gcm", NULL,
	    "key=00010203" },
	{ &server, "-p 5 --key AAEC", NULL, "!255 takes a key of 32" },
	{ &server, S "--nftables-sets x", NULL, "servers=::1:5" },
	{ &manager, "--executable x --workdir /w", NULL, "workdir=/w" },
	/* Keys. */
	{ &server, "-c %s", "{\"server\":[\"::1\",\"1.2.3.4\"],"
	    "\"server_port\":5,\"password\":\"x\"}",
	    "servers=::1:5,1.2.3.4:5" },
	{ &local, "-c %s", "{\"server\":\"a.b\",\"server_port\":\"5\","
	    "\"password\":\"x\",\"local_address\":\"::1\",\"local_port\":6}",
	    "servers=a.b:5 locals=socks/::1:6" },
	{ &server, S "-c %s", "{\"local_address\":\"1.2.3.4\"}",
	    "source=1.2.3.4/" },
	{ &server, S "-c %s", "{\"local_ipv4_address\":\"1.2.3.4\","
	    "\"local_ipv6_address\":\"::2\"}", "source=1.2.3.4/::2" },
	{ &server, "-p 5 -c %s", "{\"key\":\"" KEY32 "\"}", "key=00010203" },
	{ &server, S "-c %s", "{\"method\":\"aes-128-gcm\",\"timeout\":7,"
	    "\"user\":\"u\",\"plugin\":\"p\",\"plugin_opts\":\"o\"}",
	    "method=aes-128-gcm timeout=7 user=u plugin=p plugin_opts=o" },
	{ &server, S "-c %s", "{\"fast_open\":true,\"reuse_port\":true,"
	    "\"no_delay\":true,\"mptcp\":true,\"ipv6_first\":true,"
	    "\"use_syslog\":true}", "fast_open=1 reuse_port=1 no_delay=1 "
	    "mptcp=1 ipv6_first=1 syslog=1" },
	{ &server, S "-c %s", "{\"tcp_incoming_sndbuf\":1,"
	    "\"tcp_incoming_rcvbuf\":2,\"tcp_outgoing_sndbuf\":3,"
	    "\"tcp_outgoing_rcvbuf\":4}", "buffers=1,2,3,4" },
	{ &server, S "-c %s", "{\"auth\":false}", "!255 One time auth" },
	{ &server, S "-c %s", "{\"nofile\":4096,\"mtu\":1300}",
	    "nofile=4096 mtu=1300" },
	{ &server, S "-c %s", "{\"nameserver\":\"1.1.1.1\"}", "dns=1.1.1.1" },
	{ &server, S "-c %s", "{\"dscp\":{\"1\":\"EF\",\"2\":\"CS3\","
	    "\"3\":\"AF23\",\"4\":\"0x0a\"}}", "dscp=1:46,2:24,3:22,4:10" },
	{ &server, S "-c %s", "{\"dscp\":{\"1\":\"AF44\"}}", "!255 dscp" },
	{ &tunnel, L "-c %s", "{\"tunnel_address\":\"[::1]:7\"}",
	    "forward=::1:7" },
	{ &server, S "-c %s", "{\"mode\":\"tcp_and_udp\"}", "mode=both" },
	{ &server, S "-c %s", "{\"mode\":\"udp_only\"}", "mode=udp" },
	{ &server, S "-c %s", "{\"mode\":\"both\"}", "mode=tcp" },
	{ &server, S "-c %s", "{\"acl\":\"/a\",\"manager_address\":\"/m\","
	    "\"workdir\":\"/w\",\"tcp_tproxy\":true}",
	    "acl=/a manager=/m workdir=/w" },
	{ &manager, "-c %s", "{\"port_password\":{\"5\":\"x\",\"6\":\"y\"}}",
	    "servers=0.0.0.0:5,0.0.0.0:6" },
	/* Unknown keys are passed over, numbers may be texts. */
	{ &server, "-c %s", "{\"local\":\"x\",\"nosuch\":[{}],\"timeout\":"
	    "\"8\",\"server_port\":\"5\",\"password\":\"x\"}",
	    "timeout=8 servers=0.0.0.0:5" },
	/* The command line wins, wherever -c stands. */
	{ &server, "-p 5 -t 9 -c %s", "{\"server_port\":6,\"password\":\"x\","
	    "\"timeout\":8}", "servers=0.0.0.0:5 timeout=9" },
	{ &local, "-s a -p 5 -k x -l 6 -c %s", "{\"server\":[\"b\",\"c\"]}",
	    "servers=a:5" },
	/* What is missing, and what is wrong. */
	{ &server, "-k x", NULL, "!1" },
	{ &server, "-p 5", NULL, "!1" },
	{ &local, S, NULL, "!1" },
	{ &local, "-p 5 -k x -l 6", NULL, "!1" },
	{ &tunnel, L, NULL, "!1" },
	{ &tunnel, L "-L a.b", NULL, "!255 tunnel port is not defined" },
	{ &server, "--bogus", NULL, "!1 --bogus: no such option" },
	{ &server, "-l", NULL, "!1" },
	{ &server, S "-m foo", NULL, "!1 foo" },
	{ &server, "-c /nonexistent/file", NULL, "!255 /nonexistent/file" },
	{ &server, "-c %s", "{\"server_port\":5,\n\"password\":}", "!255 :2:" },
	{ &server, "-c %s", "{\n\n\"server_port\":\"x\"}",
	    "!255 :3: server_port" },
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

/* Without a word, its file is where the original looks for it. */
static void t_file(void **state)
{
	char folder[] = "/tmp/wherry-libev-XXXXXX", path[128];
	struct ss_conf conf = { 0 };
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	setenv("XDG_CONFIG_HOME", folder, 1);
	find_file(&conf, false);
	assert_string_equal(conf.file, "");
	snprintf(path, sizeof(path), "mkdir %s/shadowsocks-libev", folder);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/" FILE_NAME, folder);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	find_file(&conf, true);
	assert_string_equal(conf.file, path);
	snprintf(path, sizeof(path), "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rows),
		cmocka_unit_test(t_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
