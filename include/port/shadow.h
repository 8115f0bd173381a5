/* shadow.h - passwords of the system's own accounts. */
#ifndef PORT_SHADOW_H
#define PORT_SHADOW_H

#include "base/base.h"

/* A hash as crypt(3) writes it, with its terminator. */
#define PORT_HASH_MAX 256

/*
 * port_shadow_find - the hash of a system account, from /etc/shadow, or from
 * /etc/passwd where there is no shadow file.
 *
 *   today  days since 1970, for accounts that end
 *
 * 0, -E_NOENT (no such account; hash is then one of another account, or as
 * expensive, so that a wrong name can be made to cost as much as a wrong
 * password), -E_DENY (locked, without password, or expired: hash is there
 * likewise), -E_IO, -E_PERM, -E_NOSUP.
 */
int port_shadow_find(const char *name, int64_t today,
    char hash[PORT_HASH_MAX]);
/*
 * Is it the password of that hash (every kind that the C library has)? Takes
 * the processor for its time.
 */
bool port_crypt_is(const char *hash, const char *password);

/* Is it a line of /etc/shells? True where there is no such file. */
bool port_shell_is_listed(const char *shell);

#endif
