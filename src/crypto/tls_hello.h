/* tls_hello.h - what a ClientHello offers, before mbedTLS looks at it. */
#ifndef CRYPTO_TLS_HELLO_H
#define CRYPTO_TLS_HELLO_H

#include "base/base.h"

/* The cipher suites of a ClientHello that is whole in one record, header
 * included, two octets each: octets, with *list in the record; 0 = none. */
size_t tls_hello_suites(const uint8_t *record, size_t len,
    const uint8_t **list);

/*
 * Of TLS 1.3 mbedTLS takes the client's first. out gets what `ours` (up to 0)
 * says, without those of TLS 1.3 that are not the first of ours that is
 * offered; those of TLS 1.2 it takes in our order. room: as ours.
 */
void tls_hello_choose(int *out, const int *ours, const uint8_t *list,
    size_t len);

#endif
