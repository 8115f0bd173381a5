/* chacha_four.h - ChaCha20, four blocks at a time, for processors with vectors
 * of 128 bits. */

#define WIDE 4
#define COUNT ((vec){ 0, 1, 2, 3 })

#define TURN16(x) rotate(x, 16)
#define TURN8(x) rotate(x, 8)

#define LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW_PAIR(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH_PAIR(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)

#include "chacha_wide.h"
