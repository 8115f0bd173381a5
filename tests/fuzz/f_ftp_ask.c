/* f_ftp_ask.c - any octets as a request to the monitor: what is allowed has
 * texts that end, and numbers that mean something. */
#include "src/ftp/ftp_ask.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	uint8_t how = fuzz_octet(&mem, &len);
	enum mon_state state = how >> 2 & 7u;
	enum mon_who who = how & 1u;
	bool with_fd = how & 2u;
	struct ftp_ask a = { 0 };

	if (len > 0)
		memcpy(&a, mem, MIN(len, sizeof(a)));
	if (!ftp_ask_may(&a, who, state, with_fd))
		return 0;
	HOLDS(a.kind < ASK_KINDS);
	HOLDS(strlen(a.user) < sizeof(a.user));
	HOLDS(strlen(a.password) < sizeof(a.password));
	HOLDS(with_fd == (a.kind == ASK_GIVE));
	HOLDS(state == MON_USER || a.kind < ASK_DIAL);
	HOLDS(a.kind != ASK_DIAL || (a.number >= 1024 && a.number < 65536));
	HOLDS(who == WHO_USER || a.kind == ASK_LOGIN);
	return 0;
}
