/* f_ss_names.c - any octets as a question of a house, and as the answer to it:
 * what is remembered is given again as long as it came, and no longer than it
 * may be. */
#include "src/ss/ss_names.c"

#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static const struct addr client = { 4, 5000, 0, { 10, 0, 0, 1 } };
	size_t n = fuzz_octet(&mem, &len), got;
	uint8_t out[ANSWER_MAX], *answer;
	struct addr all[4];
	uint32_t ttl_s;
	struct ss_question q;

	n = MIN(n, len);
	sim_reset(1, NULL);
	if (ss_question_read(&q, mem, n) != 0)
		return 0;
	HOLDS(strlen(q.name) < sizeof(q.name) && q.len <= SS_QUESTION);
	ss_names_asked(&q, &client, false, 1000);
	answer = fuzz_copy(mem + n, len - n);
	HOLDS(ss_names_addresses(answer, len - n, all, LEN(all), &ttl_s) <=
	    LEN(all) && ttl_s <= TTL_MAX_S);
	if (ss_names_answer(answer, len - n, &client, false, 1000)) {
		HOLDS(!ss_names_answer(answer, len - n, &client, false, 1000));
		got = ss_names_known(&q, out, sizeof(out), 1000);
		HOLDS(got == 0 || got == len - n);
		HOLDS(got == 0 || get_u16be(out) == q.id);
		HOLDS(ss_names_known(&q, out, sizeof(out), 1000 +
		    (int64_t)TTL_MAX_S * 1000) == 0);
	}
	ss_names_forget();
	free(answer);
	return 0;
}
