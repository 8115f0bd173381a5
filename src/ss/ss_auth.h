/* ss_auth.h - names and passwords that clients of sslocal come with, for SOCKS5
 * (RFC 1929) and HTTP (RFC 7617) alike. */
#ifndef SS_AUTH_H
#define SS_AUTH_H

#include "base/base.h"
#include "base/limits.h"

#define SS_LOGIN_MAX 255	/* octets of a name, and of a password */

/* What was given is not kept, only what it can be compared with. */
struct ss_auth {
	size_t n;
	uint8_t mac[LIMIT_LOGINS][20];
};

/* 0, -E_FULL (LIMIT_LOGINS), -E_LONG, -E_INVAL (no name). */
int ss_auth_add(struct ss_auth *a, const char *name, const char *password);

/* In a time that depends on nothing but the number of logins. */
bool ss_auth_check(const struct ss_auth *a, const void *name, size_t name_len,
    const void *password, size_t password_len);

/* "name:password" in base64, as HTTP's Basic has it. */
bool ss_auth_check_basic(const struct ss_auth *a, const char *text,
    size_t len);

/*
 * ss_auth_load - adds those of shadowsocks-rust's files: {"password":{"users":
 * [{"user_name","password"}]}} (SOCKS5) or "basic" in its place (HTTP).
 * 0 or -E_*, with the reason in words.
 */
int ss_auth_load(struct ss_auth *a, const char *path, char *why,
    size_t why_room);

#endif
