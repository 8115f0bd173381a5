/* f_ftp_conf.c - any file as vsftpd.conf: taken, or refused with a message. */
#include "src/ftp/ftp_conf.c"

#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static struct ftp_conf conf;
	struct opt_at at = { .strict = true };
	struct opt_table t = ftp_conf_table(&conf);
	int rc;

	sim_reset(1, NULL);
	log_set_level(LOG_NONE);
	ftp_conf_init(&conf);
	sim_put("/vsftpd.conf", mem, len);
	at.file = "/vsftpd.conf";
	rc = opt_read_ini(&t, &at, at.file);
	if (rc == 0)
		rc = ftp_conf_check(&conf, &at);
	HOLDS(rc == 0 || at.text[0] != '\0');
	HOLDS(rc != 0 || (conf.listen_at.family != 0 &&
	    conf.pasv_min_port >= 1024 && conf.max_clients > 0));
	HOLDS(conf.local_umask >= 0 && conf.local_umask <= 0777);
	return 0;
}
