/* ss_regex.h - regular expressions on host names: no backtracking, so that the
 * longest time is known before. */
#ifndef SS_REGEX_H
#define SS_REGEX_H

#include "base/base.h"

/* What an expression may be compiled to, in octets. */
#define SS_REGEX_MAX 8192

/*
 * ss_regex_compile - what PCRE and Rust's regex share: literals . [] () (?:)
 * | * + ? {m,n} and their lazy forms, ^ $ \b \B \A \z \d \w \s \D \W \S.
 * Neither looks around nor back. Letters match in both cases.
 *
 *   code   room octets, at most SS_REGEX_MAX are used
 *
 * Octets of code, or -E_INVAL (*why says what is wrong), -E_LONG (it does not
 * fit). A literal takes one octet, a set 17, an operator 3 to 6.
 */
int ss_regex_compile(uint8_t *code, size_t room, const char *s, size_t len,
    const char **why);

/*
 * Is it found anywhere in name? name: lower case ASCII. Cost: at most
 * (name_len + 1) * len steps, mostly name_len. About 8 KiB of stack.
 */
bool ss_regex_match(const uint8_t *code, size_t len, const char *name,
    size_t name_len);

#endif
