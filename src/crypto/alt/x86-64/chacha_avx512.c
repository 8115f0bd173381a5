/* chacha_avx512.c - ChaCha20, sixteen blocks at a time, with AVX-512. */

#define WIDE 16
#define NAME chacha_avx512
#define COUNT ((vec){ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 })

#define TURN16(x) rotate(x, 16)
#define TURN8(x) rotate(x, 8)

#define LOW(a, b) __builtin_shufflevector(a, b, \
	0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH(a, b) __builtin_shufflevector(a, b, \
	2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW_PAIR(a, b) __builtin_shufflevector(a, b, \
	0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH_PAIR(a, b) __builtin_shufflevector(a, b, \
	2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)

#include "src/crypto/alt/chacha_wide.h"
