/* f_ss_conf.c - any text as the configuration of each Shadowsocks program:
 * taken or refused with a reason, whatever is in it. */
#include "src/ss/ss_conf.c"

#include "core/log.h"
#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static struct ss_conf conf;
	uint8_t choice = fuzz_octet(&mem, &len);
	struct opt_at at = { 0 };
	struct opt_table t;

	sim_reset(1, NULL);
	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	t = ss_conf_table(&conf, choice % 2 == 0 ? SS_SERVER : SS_LOCAL);
	ss_conf_defaults(&t);
	conf.flavour = (enum ss_flavour)(choice / 2 % 3);
	if (opt_read_json_text(&t, &at, (const char *)mem, len) != 0 ||
	    ss_conf_finish(&conf, &at, "x.json") != 0)
		HOLDS(at.text[0] != '\0');
	HOLDS(conf.servers_n <= LIMIT_SERVERS);
	HOLDS(conf.locals_n <= LIMIT_LOCALS);
	return 0;
}
