/* ss_udp_local.h - for the files of a client's datagrams. */
#ifndef SS_UDP_LOCAL_H
#define SS_UDP_LOCAL_H

#include "ss_gate.h"
#include "ss_packet.h"

struct ss_assoc;
struct ss_port;
struct udp_msg;

/* The header of a fixed target is put in front of what came. 0 or -E_PROTO. */
int ss_local_take_to(struct ss_packet *out, const char *host, uint16_t port,
    struct udp_msg *m);
/* That of the client; a new one, or NULL: it cannot be. */
struct ss_assoc *ss_local_assoc(struct ss_port *p, const struct udp_msg *m);
/* Through the server, or right there. */
void ss_local_go(struct ss_assoc *a, const struct ss_packet *p,
    enum ss_way way);

/* Protocol dns: what came from a client, and what may go to it. */
void ss_local_question(struct ss_port *p, struct udp_msg *m);
bool ss_local_is_answer(struct ss_assoc *a, const struct ss_packet *p,
    bool direct);

#endif
