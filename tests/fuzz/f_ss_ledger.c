/* f_ss_ledger.c - any octets as a state file: nothing of it is taken unless all
 * of it is right, and then it is written as it was read. */
#include "src/ss/ss_ledger_file.c"

#include "core/log.h"
#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

static int again(void *file, const struct ss_past *p)
{
	HOLDS(strlen(p->name) < SS_USER_NAME);
	ss_ledger_file_put(file, p);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	struct ss_ledger_file f;
	char sum[40], *s = fuzz_text(mem, len);
	int rc;

	sim_reset(1, NULL);
	sim_put("/dir/state", mem, len);
	rc = ss_ledger_file_read("/dir/state", NULL, NULL);
	HOLDS(rc == 0 || rc == -E_PROTO);
	/* With the right sum behind it most of it is looked at. */
	f.fd = port_file_open(PORT_FS, "/dir/state", FILE_WRITE, 0);
	HOLDS(f.fd >= 0);
	(void)port_file_write(f.fd, (int64_t)len, sum, text_fmt(sum,
	    sizeof(sum), "end %016llx\n", (unsigned long long)
	    sum_more(SUM_START, s, len)));
	port_file_close(f.fd);
	HOLDS(ss_ledger_file_make(&f, "/dir/other") == 0);
	rc = ss_ledger_file_read("/dir/state", again, &f);
	HOLDS(rc == 0 || rc == -E_PROTO);
	HOLDS(ss_ledger_file_done(&f, true) == 0);
	HOLDS(ss_ledger_file_read("/dir/other", NULL, NULL) == 0);
	free(s);
	return 0;
}
