/* t_bypass.c - sslocal leads some clients right to their target, as the lists
 * say: nobody's server is needed for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/log.h"
#include "port/sim/sim.h"
#include "src/ss/ss_acl.h"
#include "tests/lib/sim_case.h"
#include "tests/lib/sim_relay.h"

#define PATH "/etc/acl"

static struct ss_acl acl;

/* By a name's list, by an address, by the address of a name; and its opposite:
 * calls 0 and 1 go right there, 2 and 3 through the server. */
static const struct {
	bool by_name;
	const char *text;
} files[] = {
	{ true, "||t0.test\n|t1.test\n" },
	{ false, "10.0.1.0/31\n2001::/127\n" },
	{ false, "[bypass_all]\n[proxy_list]\n10.0.1.2/31\n2001::2/127\n" },
	{ true, "[bypass_all]\n[proxy_list]\n^t[23]\\.\n" },
};

static void run(uint64_t seed)
{
	const char *text = files[seed % LEN(files)].text;
	bool served = sim_pick(2);
	int i;

	relay_open(seed, seed % 3 == 0 ? "2022-blake3-aes-256-gcm" :
	    "aes-256-gcm", true);
	sim_put(PATH, text, strlen(text));
	check(ss_acl_load(&acl, PATH, true, ACL_STRICT) == 0);
	R.local.gate.acl = &acl;
	if (!served)
		ss_stop(&R.server);
	for (i = 0; i < RELAYS; i++) {
		relay_plan(i, CALL_TARGET);
		if (files[seed % LEN(files)].by_name)
			R.call[i].form = CALL_BY_NAME;
		relay_call(i);
	}
	relay_settle();
	for (i = 0; i < RELAYS; i++)
		check(relay_call_is_whole(i) == (served || i < 2));
	R.local.gate.acl = NULL;
	ss_acl_free(&acl);
	relay_close();
}

static void t_bypass(void **state)
{
	(void)state;
	log_set_level(LOG_NONE);
	case_seeds("t_bypass", 200, run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_bypass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
