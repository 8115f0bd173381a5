/* ftp_data.h - the data connection of a session: from the passive listener, or
 * the address of PORT, to an open channel. Knows no verb and no file. */
#ifndef FTP_DATA_H
#define FTP_DATA_H

#include "core/chan.h"
#include "core/listen.h"

enum ftp_data_state {
	DATA_NONE,
	DATA_LISTENING,		/* PASV or EPSV was answered */
	DATA_AIMED,		/* PORT or EPRT was answered */
	DATA_CALLING,		/* we connect to the client */
	DATA_CONNECTED,		/* the client is there, no transfer yet */
	DATA_OPEN,		/* chan belongs to the transfer */
	DATA_FAILED		/* nobody came, or was there, in time */
};

struct ftp_data {
	struct loop *loop;
	struct listener listener;	/* its watch alone while calling */
	struct timer timer;
	struct chan chan;
	struct addr peer;	/* who may connect, family 0 = anyone; or
				 * whom we connect to */
	int fd;			/* in DATA_CONNECTED */
	uint8_t state;
	void (*wake)(struct ftp_data *d);	/* the state changed */
};

/*
 * ftp_data_listen - listens at a random port of [min, max] of the address
 * `at`, which gets the port. What was there before is closed. Connections from
 * others than `peer` are closed and waiting goes on.
 * 0, or port_tcp_listen's errors when no port of the range can be had.
 */
int ftp_data_listen(struct ftp_data *d, struct addr *at,
    const struct addr *peer, uint16_t min, uint16_t max);

/* The client waits at `to`: a transfer will connect there. What was there
 * before is closed. */
void ftp_data_aim(struct ftp_data *d, const struct addr *to);

/* A socket that connects to `to`, from address and port. fd or -E_*. */
int ftp_data_dial(const struct addr *to, const struct addr *from);

/*
 * From DATA_AIMED: with a socket that connects to d->peer, or, fd < 0, with one
 * of its own from any port of the address `from`. DATA_CONNECTED or
 * DATA_FAILED follows, at the latest after timeout_ms, 0 = never.
 */
void ftp_data_call(struct ftp_data *d, int fd, const struct addr *from,
    int64_t timeout_ms);

/* A transfer needs the connection: DATA_FAILED after timeout_ms, 0 = never. */
void ftp_data_wait(struct ftp_data *d, int64_t timeout_ms);

/* From DATA_CONNECTED to DATA_OPEN, with chan_open's codecs and errors. */
int ftp_data_open(struct ftp_data *d, const struct chan_ops *ops,
    struct codec *rx, struct codec *tx);

/* Listener, connection, timer: from any state, twice is harmless. */
void ftp_data_close(struct ftp_data *d);

#endif
