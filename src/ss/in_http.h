/* in_http.h - a client of sslocal that speaks HTTP: CONNECT, and requests that
 * are passed on. */
#ifndef IN_HTTP_H
#define IN_HTTP_H

#include "base/addr.h"
#include "http_tx.h"

/* A request and its answer, while they go by. */
struct http_exchange {
	struct http_tx tx;	/* the answer */
	struct http_body up;	/* of the request */
};

struct ss_sess;
/* Octets came, or there is room again. */
void http_data(struct ss_sess *s);
/* The request as the target is to see it; octets, 0 = whatever came. */
size_t http_first(struct ss_sess *s, uint8_t *mem, size_t room);
/* The way is open. False: a relay from here on. */
bool http_opened(struct ss_sess *s);
/* There is none, or it broke: true = the client was told, or is gone. */
bool http_failed(struct ss_sess *s, int why);

#endif
