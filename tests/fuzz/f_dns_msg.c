/* f_dns_msg.c - any octets as the answer to a question of ours. */
#include "src/core/dns_msg.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	static const char name[] = "www.example.com";
	enum dns_type type = (fuzz_octet(&mem, &len) & 1) != 0 ? DNS_A :
	    DNS_AAAA;
	struct dns_answer answer;
	uint8_t ask[DNS_ASK_MAX];
	size_t n = dns_msg_ask(ask, 0x1234, name, strlen(name), type);

	HOLDS(n > 0 && n <= DNS_ASK_MAX);
	if (dns_msg_read(mem, len, ask, n, &answer) == 0)
		HOLDS(answer.n <= DNS_ADDRS && (answer.status != 0 ||
		    answer.n > 0));
	return 0;
}
