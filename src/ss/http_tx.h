/* http_tx.h - answers of web servers on their way to a client, as a codec: the
 * head is written anew, and where the answer ends is known. */
#ifndef HTTP_TX_H
#define HTTP_TX_H

#include "core/buf.h"
#include "core/codec.h"
#include "http_body.h"

struct http_tx {
	struct codec codec;
	struct buf *buf;	/* what may leave, then what is not whole yet */
	struct http_body body;
	uint32_t ready;		/* octets of it that may leave */
	bool headless;		/* the head was passed on: body now */
	bool to_head;		/* the request was HEAD: no body follows */
	bool old_client;	/* HTTP/1.0: no interim answers */
	bool keep_alive;	/* asked for; after the head: it will be so */
	bool begun;		/* the client has got something */
	bool over;		/* and now all of it */
};

/* For one answer. in_done fails with -E_PROTO, -E_NOSUP or -E_LONG. */
struct codec *http_tx_start(struct http_tx *t, bool to_head, bool old_client,
    bool keep_alive);

#endif
