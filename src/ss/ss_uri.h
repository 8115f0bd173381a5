/* ss_uri.h - the ss:// address of a server, as SIP002 and the older form
 * write it: text to struct and back. */
#ifndef SS_URI_H
#define SS_URI_H

#include "base/base.h"

struct ss_uri {
	char method[48];
	char password[256];
	char host[256];		/* a name or an address, no brackets */
	uint16_t port;		/* 1..65535 */
	char plugin[512];	/* "name" or "name;options"; empty = none */
	char prefix[40];	/* Outline's, as text; NUL is C0 80 */
	char tag[256];		/* what its owner calls it; may be empty */
};

/*
 * ss_uri_parse - "ss://" with method:password in base64 or percent-encoded
 * before '@', or the whole of method:password@host:port in base64. Parameters
 * other than plugin and prefix are skipped.
 *
 * Returns 0, or -E_INVAL, and *why names the part that is wrong.
 * Source: SIP002; the form before it: shadowsocks.org, "Config Format".
 */
int ss_uri_parse(struct ss_uri *out, const char *s, const char **why);

/*
 * ss_uri_text - writes it as SIP002 wants: method and password in base64url
 * without padding, or percent-encoded when plain (2022 methods).
 * Octets without terminator, or -E_LONG.
 */
int ss_uri_text(char *out, size_t room, const struct ss_uri *u, bool plain);

#endif
