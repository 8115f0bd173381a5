/* mbedtls_ref.h - mbedTLS's own C code of what src/crypto/alt replaces, under
 * other names, for ref_cipher.c. A system header: its warnings are not ours. */
#pragma GCC system_header
#undef MBEDTLS_GCM_ALT
#undef MBEDTLS_CHACHA20_ALT
#undef MBEDTLS_POLY1305_ALT

#define mbedtls_gcm_init ref_gcm_init
#define mbedtls_gcm_setkey ref_gcm_setkey
#define mbedtls_gcm_starts ref_gcm_starts
#define mbedtls_gcm_update_ad ref_gcm_update_ad
#define mbedtls_gcm_update ref_gcm_update
#define mbedtls_gcm_finish ref_gcm_finish
#define mbedtls_gcm_crypt_and_tag ref_gcm_crypt_and_tag
#define mbedtls_gcm_auth_decrypt ref_gcm_auth_decrypt
#define mbedtls_gcm_free ref_gcm_free
#define mbedtls_chacha20_init ref_chacha20_init
#define mbedtls_chacha20_free ref_chacha20_free
#define mbedtls_chacha20_setkey ref_chacha20_setkey
#define mbedtls_chacha20_starts ref_chacha20_starts
#define mbedtls_chacha20_update ref_chacha20_update
#define mbedtls_chacha20_crypt ref_chacha20_crypt
#define mbedtls_chacha20_check_counter_wrap ref_chacha20_check_counter_wrap
#define mbedtls_poly1305_init ref_poly1305_init
#define mbedtls_poly1305_free ref_poly1305_free
#define mbedtls_poly1305_starts ref_poly1305_starts
#define mbedtls_poly1305_update ref_poly1305_update
#define mbedtls_poly1305_finish ref_poly1305_finish
#define mbedtls_poly1305_mac ref_poly1305_mac

#include "build/src/mbedtls/library/chacha20.c"
#include "build/src/mbedtls/library/poly1305.c"
#include "build/src/mbedtls/library/gcm.c"
