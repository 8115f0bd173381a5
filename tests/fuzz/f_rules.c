/* f_rules.c - any octets as a file of networks, into the rules of a firewall:
 * what comes out is text of whole lines, and nothing but networks is in its
 * sets. */
#include "src/ss/rules_text.c"

#include "port/sim/sim.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const uint8_t *s, size_t len)
{
	size_t i;

	HOLDS(len > 0 && s[len - 1] == '\n');
	for (i = 0; i < len; i++)
		HOLDS(s[i] == '\n' || s[i] == '\t' ||
		    (s[i] >= ' ' && s[i] < 0x7f));
}

static void check_net(void *to, const struct net *n)
{
	char text[ADDR_TEXT + 5];
	struct net again;

	(void)to;
	rules_net_text(text, n);
	HOLDS(net_parse(&again, text, strlen(text)) == 0);
	HOLDS(again.bits == n->bits && addr_eq_ip(&again.base, &n->base));
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	struct rules r = { .port = 1, .udp_port = 2, .mark = 1, .table = 100 };
	struct rules_out o = { .fd = -1 };
	const uint8_t *out;
	size_t out_len;
	int rc;

	sim_reset(1, NULL);
	sim_put("/nets", mem, len);
	text_copy(r.bypass_file, sizeof(r.bypass_file), "/nets");
	o.fd = port_file_open(PORT_FS, "/out", FILE_WRITE | FILE_CREATE,
	    0600);
	HOLDS(o.fd >= 0);
	rc = len % 2 != 0 ? rules_nft(&o, &r) : rules_iptables(&o, &r);
	rules_flush(&o);
	port_file_close(o.fd);
	HOLDS((rc == 0 || rc == -E_INVAL) && o.rc == 0);
	out = sim_get("/out", &out_len);
	HOLDS(out != NULL);
	check_text(out, out_len);
	if (rc == 0)
		HOLDS(rules_file("/nets", 4, check_net, NULL) == 0 &&
		    rules_file("/nets", 6, check_net, NULL) == 0);
	return 0;
}
