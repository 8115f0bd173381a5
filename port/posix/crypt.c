/* crypt.c - crypt(3). */
#include <unistd.h>

#include "port/shadow.h"

/* As POSIX has it; not every unistd.h says so. */
char *crypt(const char *password, const char *salt);

bool port_crypt_is(const char *hash, const char *password)
{
	const char *got = crypt(password, hash);
	size_t len = strlen(hash);

	/* "*0" and the like are failures, whatever the hash is. */
	return got != NULL && got[0] != '*' && len >= 13 &&
	    strlen(got) == len && equal_ct(got, hash, len);
}
