/* ss_regex.c - from the text of a regular expression to a small program, by
 * fragments that can be moved and copied as all their jumps are relative.
 * ss_regex_match.c runs it. Knows no list. */
#include "ss_regex.h"

#include "base/text.h"
#include "ss_regex_code.h"

#define DEPTH 32		/* groups within each other */
#define REPEAT_MAX 1000
#define FOREVER UINT32_MAX

struct build {
	const char *s, *end;
	uint8_t *code;
	size_t room, len;
	int depth;
	int err;		/* the first, 0 = none */
	const char *why;
};

static void fail(struct build *b, int err, const char *why)
{
	if (b->err != 0)
		return;
	b->err = err;
	b->why = why;
	b->s = b->end;
}

static bool more(const struct build *b)
{
	return b->s < b->end;
}

static bool took(struct build *b, char c)
{
	if (!more(b) || *b->s != c)
		return false;
	b->s++;
	return true;
}

/* ---- code ---- */

/* Room for n octets at `at`, what is behind it moves. */
static uint8_t *insert(struct build *b, size_t at, size_t n)
{
	if (b->err != 0 || n > b->room - b->len) {
		fail(b, -E_LONG, "the expression is too long");
		return NULL;
	}
	memmove(b->code + at + n, b->code + at, b->len - at);
	b->len += n;
	return b->code + at;
}

static void put(struct build *b, uint8_t op)
{
	uint8_t *p = insert(b, b->len, 1);

	if (p != NULL)
		*p = op;
}

/* A jump at `at` to `to`, both as they are once it is inserted. */
static void put_jump(struct build *b, uint8_t op, size_t at, size_t to)
{
	uint8_t *p = insert(b, at, RE_JUMP_LEN);

	if (p == NULL)
		return;
	p[0] = op;
	re_set_target(p, (ptrdiff_t)to - (ptrdiff_t)at);
}

static void put_copy(struct build *b, size_t from, size_t n)
{
	uint8_t *p = insert(b, b->len, n);

	if (p != NULL)
		memcpy(p, b->code + from, n);
}

/* ---- sets of characters ---- */

static void set_add(uint8_t set[RE_SET_LEN], unsigned from, unsigned to)
{
	for (; from <= to && from < 8 * RE_SET_LEN; from++) {
		unsigned c = (uint8_t)text_lower((char)from);

		set[c / 8] |= (uint8_t)(1u << c % 8);
	}
}

static void set_invert(uint8_t set[RE_SET_LEN])
{
	for (int i = 0; i < RE_SET_LEN; i++)
		set[i] ^= 0xff;
}

/* \d \w \s and their opposites. */
static bool set_class(uint8_t set[RE_SET_LEN], char c)
{
	uint8_t of[RE_SET_LEN] = { 0 };

	switch (text_lower(c)) {
	case 'd':
		set_add(of, '0', '9');
		break;
	case 'w':
		set_add(of, '0', '9');
		set_add(of, 'a', 'z');
		set_add(of, '_', '_');
		break;
	case 's':
		set_add(of, '\t', '\r');
		set_add(of, ' ', ' ');
		break;
	default:
		return false;
	}
	if (c != text_lower(c))
		set_invert(of);
	for (int i = 0; i < RE_SET_LEN; i++)
		set[i] |= of[i];
	return true;
}

static void put_set(struct build *b, const uint8_t set[RE_SET_LEN])
{
	uint8_t *p = insert(b, b->len, 1 + RE_SET_LEN);

	if (p == NULL)
		return;
	p[0] = RE_SET;
	memcpy(p + 1, set, RE_SET_LEN);
}

/* The character that an escape stands for; not of a class or an assertion. */
static int escaped(struct build *b)
{
	static const char from[] = "nrtfv", to[] = "\n\r\t\f\v";
	uint8_t c;
	const char *at;

	if (!more(b)) {
		fail(b, -E_INVAL, "it ends with a backslash");
		return 0;
	}
	c = (uint8_t)*b->s++;
	if (c == 'x' && b->end - b->s >= 2 &&
	    text_unhex(&c, 1, b->s, 2) == 1) {
		b->s += 2;
		return c;
	}
	at = strchr(from, c);
	if (at != NULL && c != 0)
		return to[at - from];
	if (text_is_digit((char)c) || c == 'k' || c == 'g')
		fail(b, -E_INVAL, "what was found cannot be asked for again");
	else if (text_lower((char)c) >= 'a' && text_lower((char)c) <= 'z')
		fail(b, -E_INVAL, "unknown escape");
	return c;
}

/* One end of a range, or a class which is in the set already: -1. */
static int set_item(struct build *b, uint8_t set[RE_SET_LEN])
{
	if (!took(b, '\\'))
		return (uint8_t)*b->s++;
	if (more(b) && set_class(set, *b->s)) {
		b->s++;
		return -1;
	}
	return escaped(b);
}

static void set_range(struct build *b, uint8_t set[RE_SET_LEN])
{
	int from, to;

	if (b->end - b->s >= 2 && b->s[0] == '[' && b->s[1] == ':') {
		fail(b, -E_INVAL, "classes of [:this:] kind are not known");
		return;
	}
	from = to = set_item(b, set);
	if (from < 0)
		return;
	if (b->end - b->s >= 2 && b->s[0] == '-' && b->s[1] != ']') {
		b->s++;
		to = set_item(b, set);
	}
	if (to < from)
		fail(b, -E_INVAL, "a range that ends before it begins");
	else
		set_add(set, (unsigned)from, (unsigned)to);
}

/* Behind the '['. */
static void read_set(struct build *b)
{
	uint8_t set[RE_SET_LEN] = { 0 };
	bool inverted = took(b, '^');
	const char *first = b->s;

	while (more(b) && (*b->s != ']' || b->s == first))
		set_range(b, set);
	if (!took(b, ']'))
		fail(b, -E_INVAL, "no ] for a [");
	if (inverted)
		set_invert(set);
	put_set(b, set);
}

/* ---- the grammar ---- */

static void read_choice(struct build *b);

/* Behind "(?": what is without a meaning for us is passed over. */
static void read_group_kind(struct build *b)
{
	if (took(b, 'i') && !took(b, ':')) {
		if (more(b) && *b->s == ')')
			return;		/* (?i): all of it is so anyway */
		fail(b, -E_INVAL, "unknown kind of group");
	}
	if (b->s[-1] == ':' || took(b, ':'))
		return;
	if (took(b, 'P') && (!more(b) || *b->s != '<'))
		fail(b, -E_INVAL, "unknown kind of group");
	if (took(b, '<') && more(b) && *b->s != '=' && *b->s != '!') {
		while (more(b) && *b->s != '>')
			b->s++;
		if (took(b, '>'))
			return;
	}
	fail(b, -E_INVAL, "it cannot look around");
}

static void read_group(struct build *b)
{
	if (took(b, '?'))
		read_group_kind(b);
	if (++b->depth > DEPTH)
		fail(b, -E_INVAL, "too many groups within each other");
	read_choice(b);
	b->depth--;
	if (!took(b, ')'))
		fail(b, -E_INVAL, "no ) for a (");
}

static void read_escape(struct build *b)
{
	static const struct {
		char c;
		uint8_t op;
	} asserts[] = { { 'b', RE_WORD }, { 'B', RE_NOT_WORD },
		{ 'A', RE_BEGIN }, { 'z', RE_END }, { 'Z', RE_END } };
	uint8_t set[RE_SET_LEN] = { 0 };
	int c;

	for (size_t i = 0; more(b) && i < LEN(asserts); i++)
		if (*b->s == asserts[i].c) {
			b->s++;
			put(b, asserts[i].op);
			return;
		}
	if (more(b) && set_class(set, *b->s)) {
		b->s++;
		put_set(b, set);
		return;
	}
	c = escaped(b);
	if (c >= RE_LITERALS)
		fail(b, -E_INVAL, "names are of ASCII");
	put(b, (uint8_t)text_lower((char)c));
}

static void read_atom(struct build *b)
{
	uint8_t c = (uint8_t)*b->s++;

	switch (c) {
	case '^':
		put(b, RE_BEGIN);
		break;
	case '$':
		put(b, RE_END);
		break;
	case '.':
		put(b, RE_ANY);
		break;
	case '[':
		read_set(b);
		break;
	case '(':
		read_group(b);
		break;
	case '\\':
		read_escape(b);
		break;
	case '*':
	case '+':
	case '?':
		fail(b, -E_INVAL, "nothing before it to repeat");
		break;
	default:
		if (c >= RE_LITERALS)
			fail(b, -E_INVAL, "names are of ASCII");
		put(b, (uint8_t)text_lower((char)c));
	}
}

static bool read_count(struct build *b, const char **s, uint32_t *out)
{
	const char *at = *s;
	uint64_t n = 0;

	while (*s < b->end && text_is_digit(**s))
		++*s;
	if (*s == at)
		return false;
	if (text_u64(at, (size_t)(*s - at), REPEAT_MAX, &n) != 0)
		fail(b, -E_INVAL, "repeated more than 1000 times");
	*out = (uint32_t)n;
	return true;
}

/* "{2}", "{2,}", "{2,5}"; anything else is a brace as such. */
static bool read_counts(struct build *b, uint32_t *min, uint32_t *max)
{
	const char *s = b->s + 1;

	if (!read_count(b, &s, min))
		return false;
	*max = *min;
	if (s < b->end && *s == ',') {
		s++;
		if (s < b->end && *s == '}')
			*max = FOREVER;
		else if (!read_count(b, &s, max))
			return false;
	}
	if (b->err != 0 || s == b->end || *s != '}')
		return false;
	b->s = s + 1;
	if (*max < *min)
		fail(b, -E_INVAL, "a count that ends before it begins");
	return true;
}

static bool read_repeat(struct build *b, uint32_t *min, uint32_t *max)
{
	if (!more(b))
		return false;
	*min = *b->s == '+' ? 1 : 0;
	*max = *b->s == '?' ? 1 : FOREVER;
	if (*b->s == '{') {
		if (!read_counts(b, min, max))
			return false;
	} else if (memchr("*+?", *b->s, 3) == NULL) {
		return false;
	} else {
		b->s++;
	}
	(void)took(b, '?');	/* lazy: found or not is the same */
	if (more(b) && *b->s == '+')
		fail(b, -E_INVAL, "it cannot be possessive");
	return true;
}

/* The code from `at` on, as often as that. */
static void repeat(struct build *b, size_t at, uint32_t min, uint32_t max)
{
	size_t n = b->len - at, last;
	uint32_t i;

	if (max == 0) {
		b->len = at;
		return;
	}
	for (i = 1; i < min && b->err == 0; i++)
		put_copy(b, at, n);
	last = b->len - n;
	if (max == FOREVER && min == 0) {
		put_jump(b, RE_SPLIT, at, b->len + 2 * RE_JUMP_LEN);
		put_jump(b, RE_JUMP, b->len, at);
	} else if (max == FOREVER) {
		put_jump(b, RE_SPLIT, b->len, last);
	} else if (min == 0) {
		put_jump(b, RE_SPLIT, at, b->len + RE_JUMP_LEN);
		for (i = 1; i < max && b->err == 0; i++)
			put_copy(b, at, n + RE_JUMP_LEN);
	} else {
		for (i = min; i < max && b->err == 0; i++) {
			put_jump(b, RE_SPLIT, b->len, b->len + RE_JUMP_LEN + n);
			put_copy(b, at, n);
		}
	}
}

static void read_sequence(struct build *b)
{
	uint32_t min, max;
	size_t at;

	while (more(b) && *b->s != '|' && *b->s != ')') {
		at = b->len;
		read_atom(b);
		while (read_repeat(b, &min, &max))
			repeat(b, at, min, max);
	}
}

/* Every choice but the last is followed by a jump to the end; until that is
 * known, each such jump holds the way back to the one before it. */
static void read_choice(struct build *b)
{
	size_t at = b->len, jump = SIZE_MAX, before;
	ptrdiff_t back;

	read_sequence(b);
	while (took(b, '|')) {
		put_jump(b, RE_SPLIT, at, b->len + 2 * RE_JUMP_LEN);
		before = jump;
		jump = b->len;
		put_jump(b, RE_JUMP, jump, before == SIZE_MAX ? jump : before);
		at = b->len;
		read_sequence(b);
	}
	while (jump != SIZE_MAX && b->err == 0) {
		back = re_target(b->code + jump);
		re_set_target(b->code + jump, (ptrdiff_t)(b->len - jump));
		jump = back == 0 ? SIZE_MAX : (size_t)((ptrdiff_t)jump + back);
	}
}

int ss_regex_compile(uint8_t *code, size_t room, const char *s, size_t len,
    const char **why)
{
	struct build b = { .s = s, .end = s + len, .code = code,
		.room = MIN(room, SS_REGEX_MAX) };

	read_choice(&b);
	if (more(&b))
		fail(&b, -E_INVAL, "a ) without a (");
	put(&b, RE_FOUND);
	*why = b.why;
	return b.err != 0 ? b.err : (int)b.len;
}
