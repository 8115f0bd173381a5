/* ss_regex_match.c - runs the program of an expression over a name, all of its
 * threads at once: each place of the program is visited at most once for each
 * character. Source: Thompson, "Regular expression search algorithm", 1968. */
#include "ss_regex.h"
#include "ss_regex_code.h"

#include "base/text.h"

#define WORDS (SS_REGEX_MAX / 32)

struct run {
	const uint8_t *code;
	const char *name;
	size_t name_len;
	bool found;
	/* Places of jumps that wait for their second way. */
	uint16_t stack[SS_REGEX_MAX / RE_JUMP_LEN + 1];
};

static bool is_word(const struct run *r, size_t at)
{
	char c;

	if (at >= r->name_len)
		return false;
	c = r->name[at];
	return text_is_digit(c) || c == '_' || (c >= 'a' && c <= 'z');
}

/* Does a place that takes no character let pass at this one? */
static bool holds(const struct run *r, uint8_t op, size_t at)
{
	bool edge;

	if (op == RE_BEGIN)
		return at == 0;
	if (op == RE_END)
		return at == r->name_len;
	edge = (at > 0 && is_word(r, at - 1)) != is_word(r, at);
	return edge == (op == RE_WORD);
}

/* All that can be reached from pc without a character. */
static void add(struct run *r, uint32_t *set, size_t pc, size_t at)
{
	size_t n = 0;

	r->stack[n++] = (uint16_t)pc;
	while (n > 0) {
		pc = r->stack[--n];
		while ((set[pc / 32] & 1u << pc % 32) == 0) {
			const uint8_t *p = r->code + pc;

			set[pc / 32] |= 1u << pc % 32;
			if (*p == RE_SPLIT) {
				r->stack[n++] = (uint16_t)((ptrdiff_t)pc +
				    re_target(p));
				pc += RE_JUMP_LEN;
			} else if (*p == RE_JUMP) {
				pc = (size_t)((ptrdiff_t)pc + re_target(p));
			} else if (*p == RE_FOUND) {
				r->found = true;
			} else if (*p >= RE_BEGIN && holds(r, *p, at)) {
				pc++;
			}
		}
	}
}

/* Octets of a place that takes this character, 0 = it does not. */
static size_t takes(const uint8_t *p, uint8_t c)
{
	if (*p < RE_LITERALS)
		return *p == c;
	if (*p == RE_ANY)
		return 1;
	if (*p == RE_SET && c < 8 * RE_SET_LEN &&
	    (p[1 + c / 8] & 1u << c % 8) != 0)
		return 1 + RE_SET_LEN;
	return 0;
}

/* From the places in `from` over the character at `at`. Any left? */
static bool step(struct run *r, const uint32_t *from, uint32_t *to,
    size_t words, size_t at)
{
	uint8_t c = (uint8_t)r->name[at];
	bool any = false;
	size_t i, pc, n;
	uint32_t left;

	memset(to, 0, words * sizeof(*to));
	for (i = 0; i < words; i++)
		for (left = from[i]; left != 0; left &= left - 1) {
			pc = 32 * i + (size_t)__builtin_ctz(left);
			n = takes(r->code + pc, c);
			if (n == 0)
				continue;
			add(r, to, pc + n, at + 1);
			any = true;
		}
	return any;
}

bool ss_regex_match(const uint8_t *code, size_t len, const char *name,
    size_t name_len)
{
	uint32_t set[2][WORDS];
	size_t words = (len + 31) / 32, at = 0;
	bool any = false;
	struct run r;

	r.code = code;
	r.name = name;
	r.name_len = name_len;
	r.found = false;
	memset(set[0], 0, words * sizeof(set[0][0]));
	for (;;) {
		/* It may begin at any place, if it begins with no ^. */
		if (at == 0 || code[0] != RE_BEGIN)
			add(&r, set[at % 2], 0, at);
		else if (!any)
			return false;
		if (r.found || at == name_len)
			return r.found;
		any = step(&r, set[at % 2], set[(at + 1) % 2], words, at);
		at++;
	}
}
