/* f_ss_regex.c - any text as an expression, any name to look it up in: code
 * stays in its room, and is run within the time that was promised. */
#include "src/ss/ss_regex.c"

#include "src/ss/ss_regex_match.c"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	const uint8_t *name = len > 0 ? memchr(mem, '\n', len) : NULL;
	size_t s_len = name != NULL ? (size_t)(name - mem) : len;
	size_t name_len = name != NULL ? MIN(len - s_len - 1, 255) : 0;
	char *s = fuzz_text(mem, s_len);
	char *low = fuzz_text(name != NULL ? name + 1 : mem, name_len);
	uint8_t code[SS_REGEX_MAX];
	const char *why = NULL;
	size_t i;
	int n;

	for (i = 0; i < name_len; i++)
		low[i] = text_lower(low[i]);
	n = ss_regex_compile(code, sizeof(code), s, s_len, &why);
	HOLDS(n > 0 ? n <= SS_REGEX_MAX : why != NULL);
	if (n > 0)
		(void)ss_regex_match(code, (size_t)n, low, name_len);
	free(low);
	free(s);
	return 0;
}
