/* t_ss_choose.c - which original's sslocal or ssserver is meant. */
#include "src/ss/ss_choose.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PY SS_PYTHON
#define RS SS_RUST

static const struct {
	const char *args;
	const char *json;	/* "%s" in args is a file with it */
	enum ss_flavour flavour;
} rows[] = {
	/* python's own. */
	{ "-s ::1", NULL, PY }, { "-s a.b -k x", NULL, PY },
	{ "-sa.b", NULL, PY }, { "-p 7", NULL, PY },
	{ "-p7", NULL, PY }, { "-l 7", NULL, PY },
	{ "-t 60", NULL, PY }, { "-q", NULL, PY },
	{ "-vq", NULL, PY }, { "-d start", NULL, PY },
	{ "-d stop", NULL, PY }, { "-drestart", NULL, PY },
	{ "--forbidden-ip x", NULL, PY }, { "--workers 2", NULL, PY },
	{ "--pid-file x", NULL, PY }, { "--log-file=x", NULL, PY },
	{ "--libsodium x", NULL, PY },
	{ "-k x -m y -p 7", NULL, PY },
	{ "--user u -p 7", NULL, PY },
	/* rust's own. */
	{ "-s a.b:7", NULL, RS }, { "-s [::1]:7", NULL, RS },
	{ "-s[::1]:7", NULL, RS }, { "-b 0.0.0.0:7", NULL, RS },
	{ "-u", NULL, RS }, { "-U", NULL, RS },
	{ "-vU", NULL, RS }, { "-6", NULL, RS },
	{ "-n 7", NULL, RS }, { "-d", NULL, RS },
	{ "-d -c x", NULL, RS }, { "-a nobody", NULL, RS },
	{ "--server-addr a.b:7", NULL, RS },
	{ "--encrypt-method x", NULL, RS }, { "--timeout 7", NULL, RS },
	{ "--daemonize", NULL, RS }, { "--tcp-no-delay", NULL, RS },
	{ "--password=x", NULL, RS }, { "--plugin x", NULL, RS },
	{ "--config x", NULL, RS },
	{ "-k -p -m x -s a.b:7", NULL, RS },
	/* A value is none of ours to judge. */
	{ "-k -U -p 7", NULL, PY }, { "-k-U -p 7", NULL, PY },
	{ "--user -U -p 7", NULL, PY },
	/* Nothing tells: what python takes. */
	{ "", NULL, PY }, { "-v", NULL, PY }, { "-h", NULL, PY },
	{ "--fast-open", NULL, PY }, { "-a", NULL, PY },
	{ "-k x", NULL, PY }, { "-b ::1", NULL, PY },
	{ "-c /nonexistent", NULL, PY },
	/* The file tells. */
	{ "-v -c %s", "{\"server\":\"a.b\",\"password\":\"x\"}", PY },
	{ "-c %s", "{\"method\":\"aes-256-gcm\",\"timeout\":7}", PY },
	{ "-v -c %s", "{\"method\":\"2022-blake3-aes-128-gcm\"}", RS },
	{ "-c %s", "{\"servers\":[{\"a\":[1]}]}", RS },
	{ "-c %s", "{\"locals\":[]}", RS },
	{ "-c %s", "{\"mode\":\"tcp_only\"}", RS },
	{ "-c%s", "{\"plugin\":\"x\"}", RS },
	{ "-c %s", "{\"plugin_opts\":\"x\"}", RS },
	{ "-c %s", "{\"udp_timeout\":7}", RS },
	{ "-c %s", "{\"outbound_fwmark\":7}", RS },
	{ "-c %s", "{\"broken", PY },
	/* But flags come before it. */
	{ "-p 7 -c %s", "{\"servers\":[]}", PY },
	{ "-U -c %s", "{\"password\":\"x\"}", RS },
};

static enum ss_flavour chosen(char *line)
{
	char *argv[32] = { (char *)"program" };
	struct words w = { .argc = 1, .argv = argv };
	char *p;

	for (p = strtok(line, " "); p != NULL; p = strtok(NULL, " "))
		argv[w.argc++] = p;
	return choose(&w);
}

static void t_rows(void **state)
{
	char path[] = "/tmp/wherry-choose-XXXXXX", line[256];
	int fd = mkstemp(path);
	size_t i;

	(void)state;
	for (i = 0; i < LEN(rows); i++) {
		const char *json = rows[i].json != NULL ? rows[i].json : "";

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, json, strlen(json), 0),
		    strlen(json));
		snprintf(line, sizeof(line), rows[i].args, path);
		if (chosen(line) != rows[i].flavour)
			fail_msg("%s %s", rows[i].args, json);
	}
	unlink(path);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
