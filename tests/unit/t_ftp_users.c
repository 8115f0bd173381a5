/* t_ftp_users.c - lines of the users file, and their hashes. */
#include "src/ftp/ftp_users.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* PBKDF2-HMAC-SHA-512 of "passwordPASSWORDpassword" with the salt
 * "0123456789abcdef" and 1000 rounds, by Python's hashlib. */
#define HASH \
    "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg==$" \
    "4UPreYI6YSc4icOTTcx18LOTRoXhG6k0JpjYJa/KDMWT" \
    "+dNVzO2DniqwLWTKPwK/deilZD4oQk++eno0XFCu5g=="

static int parse(struct ftp_user *u, const char *line)
{
	const char *why = NULL;
	int rc = ftp_user_parse(u, line, strlen(line), &why);

	assert_true((rc < 0) == (why != NULL));
	return rc;
}

static void t_parse(void **state)
{
	struct ftp_user u;

	(void)state;
	assert_int_equal(parse(&u, "joe:" HASH ":/srv/joe:w"), 0);
	assert_string_equal(u.name, "joe");
	assert_string_equal(u.root, "/srv/joe");
	assert_true(u.write);
	assert_false(u.locked);
	assert_int_equal(u.hash.rounds, 1000);
	assert_int_equal(u.hash.salt_len, 16);
	assert_int_equal(parse(&u, "joe:" HASH ":/srv/joe"), 0);
	assert_false(u.write);
	assert_int_equal(parse(&u, "joe:" HASH ":"), 0);
	assert_string_equal(u.root, "");
	assert_int_equal(parse(&u, "joe:!:/x:"), 0);
	assert_true(u.locked);
	assert_int_equal(parse(&u, "joe:*:/x:w"), 0);
	assert_true(u.locked);
}

static void t_more(void **state)
{
	struct ftp_user u;

	(void)state;
	assert_int_equal(parse(&u, "joe:!:/x:w:"), 0);
	assert_int_equal(u.more.nets_n, 0);
	assert_int_equal(parse(&u, "joe:!:/x::down=2K,up=1M,quota=5G,"
	    "net=10.0.0.0/8,net=2001:db8::/32,uid=joe,gid=100"), 0);
	assert_false(u.write);
	assert_int_equal(u.more.down, 2048);
	assert_int_equal(u.more.up, 1 << 20);
	assert_true(u.more.quota == INT64_C(5) << 30);
	assert_int_equal(u.more.nets_n, 2);
	assert_int_equal(u.more.nets[0].bits, 8);
	assert_int_equal(u.more.nets[1].base.family, 6);
	assert_string_equal(u.more.run_as, "joe");
	assert_string_equal(u.more.group, "100");
	assert_int_equal(parse(&u, "joe:!:/x:w:up=7"), 0);
	assert_int_equal(u.more.up, 7);
}

static void t_bad(void **state)
{
	static const char *const bad[] = {
		"", ":", "joe", "joe:", "joe::/x", "joe:plain:/x",
		"joe:$pbkdf2-sha512$:/x", "joe:" HASH "x:/x",
		":" HASH ":/x", "j e:" HASH ":/x", "joe:" HASH ":/x:rw",
		"joe:!!:/x",
		"joe:!:/x:w:down", "joe:!:/x:w:down=", "joe:!:/x:w:=1",
		"joe:!:/x:w:down=1X", "joe:!:/x:w:down=-1",
		"joe:!:/x:w:quota=9999999999T", "joe:!:/x:w:net=1.2.3.4/33",
		"joe:!:/x:w:net=::1,net=::2,net=::3,net=::4,net=::5",
		"joe:!:/x:w:uid=", "joe:!:/x:w:uid=a b", "joe:!:/x:w:odd=1",
		"joe:$pbkdf2-sha512$999$MDEyMzQ1Njc4OWFiY2RlZg==$AA==:/x",
		"joe:$pbkdf2-sha512$99999999999999999999$AA==$AA==:/x",
		"joe:$pbkdf2-sha512$1000$$AA==:/x",
	};
	struct ftp_user u;

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		if (parse(&u, bad[i]) != -E_INVAL)
			fail_msg("taken: %s", bad[i]);
}

static void t_known_answer(void **state)
{
	static const char password[] = "passwordPASSWORDpassword";
	struct ftp_user u;
	uint8_t out[64];

	(void)state;
	assert_int_equal(parse(&u, "joe:" HASH ":/x"), 0);
	kdf_pbkdf2_sha512(out, password, sizeof(password) - 1, u.hash.salt,
	    u.hash.salt_len, u.hash.rounds);
	assert_memory_equal(out, u.hash.hash, sizeof(out));
}

/* What passwd makes is what login checks, in slices as well. */
static void t_make(void **state)
{
	struct ftp_hash h, back;
	struct pbkdf2 p;
	char text[FTP_HASH_TEXT];
	uint8_t out[64];

	(void)state;
	ftp_hash_make(&h, "secret", 1000);
	ftp_hash_text(text, &h);
	assert_int_equal(ftp_hash_parse(&back, text, strlen(text)), 0);
	assert_memory_equal(&back.hash, &h.hash, sizeof(h.hash));
	pbkdf2_start(&p, "secret", 6, back.salt, back.salt_len, back.rounds);
	while (!pbkdf2_step(&p, 7, out))
		;
	assert_memory_equal(out, h.hash, sizeof(out));
	ftp_hash_make(&back, "secret", 1000);
	assert_memory_not_equal(back.salt, h.salt, sizeof(h.salt));
}

static int find(const char *text, const char *name, struct ftp_user *u,
    struct ftp_users_at *at)
{
	FILE *f = tmpfile();
	int rc;

	assert_non_null(f);
	fputs(text, f);
	fflush(f);
	rc = ftp_users_find(fileno(f), name, u, at);
	fclose(f);
	return rc;
}

static void t_find(void **state)
{
	static const char text[] = "# comment\n\nann:" HASH ":/ann\r\n"
	    "joe:" HASH ":/joe:w\nann:!:/second\nlast:" HASH ":/last";
	struct ftp_users_at at;
	struct ftp_user u = { .locked = false };

	(void)state;
	assert_int_equal(find(text, "ann", &u, &at), 0);
	assert_string_equal(u.root, "/ann");
	assert_int_equal(at.line, 3);
	assert_int_equal(at.off, 11);
	assert_int_equal(find(text, "joe", &u, &at), 0);
	assert_true(u.write);
	assert_memory_equal(text + at.off, "joe:", 4);
	assert_int_equal(text[at.off + (int)at.len - 1], '\n');
	assert_int_equal(find(text, "last", &u, &at), 0);
	assert_int_equal((size_t)at.off + at.len, sizeof(text) - 1);
	assert_int_equal(find(text, "jo", &u, &at), -E_NOENT);
	assert_int_equal(find(text, "Joe", &u, &at), -E_NOENT);
	assert_int_equal(find(text, "", &u, &at), -E_NOENT);
	assert_int_equal(at.off, sizeof(text) - 1);
	assert_int_equal(u.hash.rounds, 1000);
	assert_int_equal(find(text, NULL, &u, &at), -E_NOENT);
	assert_int_equal(find("", "joe", &u, &at), -E_NOENT);
	assert_int_equal(at.off, 0);
}

static void t_find_bad(void **state)
{
	struct ftp_users_at at;
	struct ftp_user u;
	static char text[10000];

	(void)state;
	assert_int_equal(find("ann:!:/a\nbad:line\njoe:!:/b\n", "joe", &u, &at),
	    -E_INVAL);
	assert_int_equal(at.line, 2);
	assert_non_null(strstr(at.why, "hash"));
	strcpy(text, "ann:!:/a\n");
	memset(text + 9, 'x', 9000);
	assert_int_equal(find(text, "joe", &u, &at), -E_INVAL);
	assert_int_equal(at.line, 2);
}

/* More lines than the buffer holds, each found at its place. */
static void t_find_many(void **state)
{
	static char text[200 * 300];
	char name[16];
	struct ftp_users_at at;
	struct ftp_user u;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		n += (size_t)sprintf(text + n, "user%d:%s:/home/%d\n", i, HASH,
		    i);
	for (int i = 0; i < 200; i += 7) {
		sprintf(name, "user%d", i);
		assert_int_equal(find(text, name, &u, &at), 0);
		assert_int_equal(at.line, i + 1);
		assert_memory_equal(text + at.off, name, strlen(name));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_parse),
		cmocka_unit_test(t_more),
		cmocka_unit_test(t_bad),
		cmocka_unit_test(t_known_answer),
		cmocka_unit_test(t_make),
		cmocka_unit_test(t_find),
		cmocka_unit_test(t_find_bad),
		cmocka_unit_test(t_find_many),
	};

	port_rand_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
