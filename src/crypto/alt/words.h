/* words.h - words at any address, in one or two instructions where the
 * processor has them; base/endian.h goes octet by octet. */
#ifndef CRYPTO_ALT_WORDS_H
#define CRYPTO_ALT_WORDS_H

#include "base/base.h"

struct any_word {
	uint32_t w;
} __attribute__((packed, may_alias));

static inline bool words_are_big(void)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

static inline uint32_t word_le(const uint8_t *p)
{
	uint32_t w = ((const struct any_word *)p)->w;

	return words_are_big() ? __builtin_bswap32(w) : w;
}

static inline uint32_t word_be(const uint8_t *p)
{
	uint32_t w = ((const struct any_word *)p)->w;

	return words_are_big() ? w : __builtin_bswap32(w);
}

/* Whatever the order. by is at an address of a word. */
static inline void cross_word(uint8_t *out, const uint8_t *in,
    const uint8_t *by)
{
	uint32_t w;

	memcpy(&w, __builtin_assume_aligned(by, sizeof(w)), sizeof(w));
	((struct any_word *)out)->w = ((const struct any_word *)in)->w ^ w;
}

static inline void set_word_le(uint8_t *p, uint32_t w)
{
	((struct any_word *)p)->w = words_are_big() ? __builtin_bswap32(w) : w;
}

static inline void set_word_be(uint8_t *p, uint32_t w)
{
	((struct any_word *)p)->w = words_are_big() ? w : __builtin_bswap32(w);
}

#endif
