/* f_ss_dialogue.c - any datagrams to the manager, in each of the dialogues, on
 * a simulated system: answers are whole and never longer than said. */
#include "src/ss/ss_dialogue.c"

#include "core/log.h"
#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

static char room[1506];

static void on_say(struct ss_answer *a, const char *text, size_t len)
{
	(void)a, (void)text;
	HOLDS(len <= sizeof(room));
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static struct loop loop;
	static struct ss ss;
	static struct ss_conf conf;
	uint8_t flavour = fuzz_octet(&mem, &len);
	const struct ss_dialogue *d;
	struct opt_table t;
	char why[100], *s = fuzz_text(mem, len), *line = s, *end;

	sim_reset(1, NULL);
	log_set_level(LOG_NONE);
	memset(&conf, 0, sizeof(conf));
	memset(&ss, 0, sizeof(ss));
	t = ss_conf_table(&conf, SS_SERVER);
	ss_conf_defaults(&t);
	conf.base.method = ss_method_find("2022-blake3-aes-128-gcm");
	conf.flavour = (enum ss_flavour)(flavour % 3);
	conf.is_manager = true;
	conf.host[0].host = "127.0.0.1";
	conf.host_n = 1;
	HOLDS(loop_open(&loop, "") == 0);
	HOLDS(ss_start(&ss, &loop, &conf, why, sizeof(why)) == 0);
	d = ss_dialogue_of(&conf);
	ss.tells_secrets = d->entry != NULL;
	for (; line != NULL; line = end) {
		struct ss_answer a = { .say = on_say, .mem = room,
			.room = sizeof(room) };

		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		(void)ss_dialogue_hear(d, &ss, line, strlen(line), &a);
	}
	ss_stop(&ss);
	loop_turn(&loop, 0);
	loop_close(&loop);
	HOLDS(ss_port_pool->used == 0);
	free(s);
	return 0;
}
