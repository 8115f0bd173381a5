/* f_json.c - any text as JSON: it is one or not, and its strings are no longer
 * than what they were written as. */
#include "src/core/json.c"

#include "tests/fuzz/fuzz.h"

/* From a quote to the next one that is not escaped, within a checked text. */
static size_t string_len(const char *s)
{
	size_t n = 0;

	while (s[n] != '"')
		n += s[n] == '\\' ? 2 : 1;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	char *text = fuzz_text(mem, len);
	struct json_fault fault = { 0 };
	size_t i, n;

	if (json_check((char *)mem, len, &fault) != 0) {
		HOLDS(fault.line >= 1 && fault.what[0] != '\0');
		free(text);
		return 0;
	}
	for (i = 0; i < len; i++) {
		if (text[i] != '"')
			continue;
		n = string_len(text + i + 1);
		HOLDS(json_unescape(text + i + 1, n) <= (ptrdiff_t)n);
		i += n + 1;
	}
	free(text);
	return 0;
}
