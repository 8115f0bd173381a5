/* f_opt_item.c - any text as a file of sections, in either form: pieces that
 * end where they should, in order of lines. */
#include "src/core/opt_item.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	struct opt_at at = { .file = "f" };
	struct opt_items l = { .at = &at,
		.has_sections = fuzz_octet(&mem, &len) % 2 };
	struct opt_item it;
	size_t all = 0;
	int line = 0, rc;
	char *text = fuzz_text(mem, len);

	l.text = text;
	l.len = len;
	while ((rc = opt_item_next(&l, &it)) > 0) {
		HOLDS(at.line > line && it.name != NULL);
		line = at.line;
		all += strlen(it.name);
		all += it.value != NULL ? strlen(it.value) : 0;
		HOLDS(!it.is_section || l.has_sections);
		HOLDS(it.index == 0 || l.is_uci);
	}
	HOLDS((rc < 0) == (at.text[0] != '\0'));
	/* A section of UCI may get a number, its kind never more. */
	HOLDS(all <= len + 16 * (size_t)l.sections);
	free(text);
	return 0;
}
