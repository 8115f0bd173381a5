/* ss_regex_code.h - the program of an expression, for what writes and what runs
 * it: an octet each, and what follows it. */
#ifndef SS_REGEX_CODE_H
#define SS_REGEX_CODE_H

#include "base/endian.h"

#define RE_LITERALS 0x80	/* below it: that character */
#define RE_SET_LEN 16		/* a bit for each character below it */
#define RE_JUMP_LEN 3		/* and where to, in two octets, from itself */

enum {
	RE_ANY = RE_LITERALS,
	RE_SET,			/* followed by RE_SET_LEN octets */
	RE_SPLIT,		/* a jump, and what follows it as well */
	RE_JUMP,
	RE_BEGIN, RE_END, RE_WORD, RE_NOT_WORD,
	RE_FOUND
};

static inline ptrdiff_t re_target(const uint8_t *jump)
{
	return (int16_t)get_u16be(jump + 1);
}

static inline void re_set_target(uint8_t *jump, ptrdiff_t by)
{
	put_u16be(jump + 1, (uint16_t)by);
}

#endif
