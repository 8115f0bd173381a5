/* chacha_avx2.c - ChaCha20, eight blocks at a time, with AVX2. */

#define WIDE 8
#define NAME chacha_avx2
#define COUNT ((vec){ 0, 1, 2, 3, 4, 5, 6, 7 })

#define BY_OCTETS(x, ...) ((vec)__builtin_shufflevector( \
	(octets)(x), (octets)(x), __VA_ARGS__))
#define TURN16(x) BY_OCTETS(x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, \
	12, 13, 18, 19, 16, 17, 22, 23, 20, 21, 26, 27, 24, 25, 30, 31, 28, 29)
#define TURN8(x) BY_OCTETS(x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, \
	13, 14, 19, 16, 17, 18, 23, 20, 21, 22, 27, 24, 25, 26, 31, 28, 29, 30)

#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIR(a, b) \
	__builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIR(a, b) \
	__builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)

#include "src/crypto/alt/chacha_wide.h"
