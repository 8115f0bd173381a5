/* f_ss_sip008.c - what a web server may answer: its head, the end of its body,
 * and what is in it as a list of servers. What is taken of a list is whole. */
#include "src/ss/ss_sip008.c"

#include "src/ss/http_get.h"
#include "tests/fuzz/fuzz.h"

static void as_list(const char *mem, size_t len)
{
	static struct ss_conf conf;
	char why[300] = "";
	size_t i;
	int n;

	memset(&conf, 0, sizeof(conf));
	(void)ss_conf_table(&conf, SS_LOCAL);
	n = ss_sip008_take(&conf, mem, len, why, sizeof(why));
	HOLDS(n > 0 ? (size_t)n == conf.servers_n : conf.servers_n == 0);
	HOLDS(n > 0 || (n == -E_INVAL && why[0] != '\0'));
	for (i = 0; i < conf.servers_n; i++) {
		HOLDS(conf.servers[i].host != NULL);
		HOLDS(conf.servers[i].port != 0);
		HOLDS(conf.servers[i].method != NULL);
		HOLDS(conf.servers[i].secret.set);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	uint8_t choice = fuzz_octet(&mem, &len);
	struct http_url u;

	log_set_level(LOG_NONE);
	if (choice % 2 == 0)
		as_list((const char *)mem, len);
	else if (http_url_parse(&u, (const char *)mem, len) == 0)
		HOLDS(u.host[0] != '\0' && u.port != 0 && u.path[0] == '/' &&
		    strchr(u.path, '\r') == NULL &&
		    strchr(u.path, '\n') == NULL);
	return 0;
}
