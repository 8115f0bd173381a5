/* f_ss_acl.c - any line of a file of lists; what it says an expression is, is
 * compiled and matched. Input: flag octet, line, NUL, name. */
#include "src/ss/ss_acl_line.c"

#include "base/text.h"
#include "src/ss/ss_regex.h"
#include "tests/fuzz/fuzz.h"

static void regex(const char *s, size_t len, const char *name)
{
	static uint8_t code[SS_REGEX_MAX];
	char low[256];
	const char *why = NULL;
	size_t i, n = MIN(strlen(name), sizeof(low));
	int rc = ss_regex_compile(code, sizeof(code), s, len, &why);

	if (rc < 0) {
		HOLDS(rc == -E_LONG || (rc == -E_INVAL && why != NULL));
		return;
	}
	HOLDS((size_t)rc <= sizeof(code));
	for (i = 0; i < n; i++)
		low[i] = (char)(text_lower(name[i]) & 0x7f);
	(void)ss_regex_match(code, (size_t)rc, low, n);
	(void)ss_regex_match(code, (size_t)rc, low, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *mem, size_t len)
{
	bool late = (fuzz_octet(&mem, &len) & 1) != 0;
	char *s = fuzz_text(mem, len);
	size_t n = strlen(s);
	const char *why = NULL, *name = n < len ? s + n + 1 : "www.a.example";
	struct acl_rule rule;

	if (acl_line(&rule, s, n, late, &why) != 0) {
		HOLDS(why != NULL);
	} else if (rule.kind == ACL_NAME) {
		HOLDS(rule.name_len > 0 && rule.name_len <= ACL_NAME_MAX);
		HOLDS((rule.where & (ACL_ITSELF | ACL_BELOW)) != 0);
	} else if (rule.kind == ACL_REGEX) {
		HOLDS(rule.regex >= s && rule.regex + rule.regex_len <= s + n);
		regex(rule.regex, rule.regex_len, name);
	}
	regex(s, n, name);
	free(s);
	return 0;
}
