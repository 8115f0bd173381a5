/* t_ftp_ask.c - the monitor's table: who may ask what, when, and of which form.
 * Everything else is forged. */
#include "src/ftp/ftp_ask.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ftp_ask good(uint32_t kind)
{
	struct ftp_ask a = { .kind = kind };

	if (kind == ASK_LOGIN) {
		strcpy(a.user, "joe");
		strcpy(a.password, "secret");
	}
	if (kind == ASK_DIAL)
		a.number = 50000;
	return a;
}

static const struct right {
	unsigned who, state;
	bool fd;
} right[ASK_KINDS] = {
	[ASK_LOGIN] = { WHO_GUEST, MON_QUEUE, false },
	[ASK_VERDICT] = { WHO_USER, MON_CHECK, false },
	[ASK_DIAL] = { WHO_USER, MON_USER, false },
	[ASK_GIVE] = { WHO_USER, MON_USER, true },
};

static void one_state(uint32_t kind, unsigned who, unsigned at, bool fd)
{
	struct ftp_ask a = good(kind);
	bool want = kind < ASK_KINDS && right[kind].who == who &&
	    right[kind].state == at && right[kind].fd == fd;

	if (ftp_ask_may(&a, who, at, fd) != want)
		fail_msg("kind %u, who %u, state %u, fd %d", kind, who, at,
		    fd);
}

/* Each kind, by each process, in each state, with a descriptor and without:
 * one combination of each kind is right. */
static void t_states(void **state)
{
	(void)state;
	for (uint32_t kind = 0; kind < ASK_KINDS + 3; kind++)
		for (unsigned who = WHO_GUEST; who <= WHO_USER; who++)
			for (unsigned at = MON_FREE; at <= MON_GONE; at++) {
				one_state(kind, who, at, false);
				one_state(kind, who, at, true);
			}
}

static void t_numbers(void **state)
{
	static const struct {
		uint32_t kind, number;
		bool may;
	} rows[] = {
		{ ASK_LOGIN, 0, true }, { ASK_LOGIN, 1, true },
		{ ASK_LOGIN, 2, false }, { ASK_VERDICT, 1, true },
		{ ASK_VERDICT, 2, false }, { ASK_VERDICT, UINT32_MAX, false },
		{ ASK_DIAL, 0, false }, { ASK_DIAL, 21, false },
		{ ASK_DIAL, 1023, false }, { ASK_DIAL, 1024, true },
		{ ASK_DIAL, 65535, true }, { ASK_DIAL, 65536, false },
		{ ASK_DIAL, 65536 + 2000, false }, { ASK_GIVE, 1, false },
		{ ASK_KINDS, 0, false }, { UINT32_MAX, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct ftp_ask a = good(rows[i].kind);
		uint32_t k = rows[i].kind < ASK_KINDS ? rows[i].kind : 0;

		a.number = rows[i].number;
		if (ftp_ask_may(&a, rules[k].who, rules[k].state,
		    rules[k].fd) != rows[i].may)
			fail_msg("row %zu", i);
	}
}

/* Each octet of the texts: no end, something behind the end, something where
 * nothing belongs. */
static void t_texts(void **state)
{
	struct ftp_ask a;

	(void)state;
	for (uint32_t kind = 0; kind < ASK_KINDS; kind++)
		for (size_t i = 8; i < sizeof(a.user); i++) {
			a = good(kind);
			a.user[i] = 'x';
			assert_false(ftp_ask_may(&a, rules[kind].who,
			    rules[kind].state, rules[kind].fd));
		}
	for (uint32_t kind = 0; kind < ASK_KINDS; kind++)
		for (size_t i = 8; i < sizeof(a.password); i++) {
			a = good(kind);
			a.password[i] = 'x';
			assert_false(ftp_ask_may(&a, rules[kind].who,
			    rules[kind].state, rules[kind].fd));
		}
	a = good(ASK_LOGIN);
	memset(a.user, 'x', sizeof(a.user));
	assert_false(ftp_ask_may(&a, WHO_GUEST, MON_QUEUE, false));
	a = good(ASK_LOGIN);
	memset(a.password, 'x', sizeof(a.password));
	assert_false(ftp_ask_may(&a, WHO_GUEST, MON_QUEUE, false));
	a = good(ASK_DIAL);
	strcpy(a.user, "joe");
	assert_false(ftp_ask_may(&a, WHO_USER, MON_USER, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_states),
		cmocka_unit_test(t_numbers),
		cmocka_unit_test(t_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
