/* tls_make.c - a certificate for who has none: a new P-256 key, and its own
 * signature. Opens no file, asks no clock. */
#include "base/text.h"
#include "port/rand.h"
#include "tls_priv.h"

#include <mbedtls/ecp.h>

static int make_key(mbedtls_pk_context *key)
{
	int rc = mbedtls_pk_setup(key,
	    mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

	return rc != 0 ? rc : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1,
	    mbedtls_pk_ec(*key), tls_rng, NULL);
}

static int fill(mbedtls_x509write_cert *w, const char *cn, const char *from,
    const char *to)
{
	unsigned char serial[16];
	char name[80];
	int rc;

	port_rand(serial, sizeof(serial));
	serial[0] = (serial[0] & 0x3fu) | 0x40u;	/* positive, no zeros */
	text_fmt(name, sizeof(name), "CN=%s", cn);
	mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(w, MBEDTLS_MD_SHA256);
	rc = mbedtls_x509write_crt_set_serial_raw(w, serial, sizeof(serial));
	if (rc == 0)
		rc = mbedtls_x509write_crt_set_validity(w, from, to);
	if (rc == 0)
		rc = mbedtls_x509write_crt_set_subject_name(w, name);
	if (rc == 0)
		rc = mbedtls_x509write_crt_set_issuer_name(w, name);
	if (rc == 0)
		rc = mbedtls_x509write_crt_set_basic_constraints(w, 0, -1);
	return rc;
}

/* The key first, then the certificate. */
static int write_both(mbedtls_x509write_cert *w, mbedtls_pk_context *key,
    unsigned char *out, size_t room)
{
	int rc = mbedtls_pk_write_key_pem(key, out, room);
	size_t n;

	if (rc != 0)
		return rc;
	n = strlen((char *)out);
	return mbedtls_x509write_crt_pem(w, out + n, room - n, tls_rng, NULL);
}

int tls_make_cert(struct tls_shared *sh, const char *cn, const char *from,
    const char *to, char *out, size_t room)
{
	mbedtls_x509write_cert w;
	mbedtls_pk_context key;
	int rc;

	memset(sh, 0, sizeof(*sh));
	tls_arena_open(&sh->arena, sh->mem, sizeof(sh->mem));
	tls_arena_use(&sh->arena, NULL);
	mbedtls_pk_init(&key);
	mbedtls_x509write_crt_init(&w);
	mbedtls_x509write_crt_set_subject_key(&w, &key);
	mbedtls_x509write_crt_set_issuer_key(&w, &key);
	rc = make_key(&key);
	if (rc == 0)
		rc = fill(&w, cn, from, to);
	if (rc == 0)
		rc = write_both(&w, &key, (unsigned char *)out, room);
	mbedtls_x509write_crt_free(&w);
	mbedtls_pk_free(&key);
	ASSERT(sh->arena.used == 0);
	wipe(sh, sizeof(*sh));
	return rc == 0 ? (int)strlen(out) : -E_FULL;
}
