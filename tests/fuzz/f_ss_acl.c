/* f_ss_acl.c - any text as a file of lists, its first line as a name to ask
 * about: it is loaded or not, and says the same when it is loaded again. */
#include "src/ss/ss_acl.c"

#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

#define PATH "/etc/acl"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static struct ss_acl acl;
	size_t name_len = 0;
	struct addr a = { .family = 4 };
	unsigned of_name, of_addr;
	enum acl_care care;
	bool late;

	log_set_level(LOG_NONE);
	sim_reset(1, NULL);
	care = (enum acl_care)(fuzz_octet(&mem, &len) % 3);
	late = care != ACL_SKIP_VAIN;
	memcpy(a.ip, mem, MIN(len, 4));
	while (name_len < MIN(len, 255) && mem[name_len] != '\n')
		name_len++;
	sim_put(PATH, mem, len);
	if (ss_acl_load(&acl, PATH, late, care) == 0) {
		HOLDS(!acl.broken);
		of_name = ss_acl_name(&acl, (const char *)mem, name_len);
		of_addr = ss_acl_addr(&acl, &a);
		HOLDS(ss_acl_load(&acl, PATH, late, care) == 0);
		HOLDS(ss_acl_name(&acl, (const char *)mem, name_len) ==
		    of_name);
		HOLDS(ss_acl_addr(&acl, &a) == of_addr);
	}
	ss_acl_free(&acl);
	return 0;
}
