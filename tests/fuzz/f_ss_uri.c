/* f_ss_uri.c - any text as a server's address: what is one is written, and read
 * again as the same. */
#include "src/ss/ss_uri.c"

#include "tests/fuzz/fuzz.h"

static void again(const struct ss_uri *u, bool plain)
{
	char text[4096];
	const char *why = NULL;
	struct ss_uri v;
	int n = ss_uri_text(text, sizeof(text), u, plain);

	HOLDS(n > 0 && (size_t)n == strlen(text));
	HOLDS(ss_uri_parse(&v, text, &why) == 0);
	HOLDS(strcmp(u->method, v.method) == 0 && u->port == v.port);
	HOLDS(strcmp(u->password, v.password) == 0);
	HOLDS(strcmp(u->host, v.host) == 0 && strcmp(u->tag, v.tag) == 0);
	HOLDS(strcmp(u->plugin, v.plugin) == 0);
	HOLDS(strcmp(u->prefix, v.prefix) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char *s = fuzz_text(mem, len);
	const char *why = NULL;
	struct ss_uri u;

	if (ss_uri_parse(&u, s, &why) == 0) {
		again(&u, false);
		again(&u, true);
	} else {
		HOLDS(why != NULL);
	}
	free(s);
	return 0;
}
