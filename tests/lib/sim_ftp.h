/* sim_ftp.h - ftpd as it is, with simulated clients that know what every file
 * holds and what they may be told. Tests of tests/sim only. */
#ifndef TEST_SIM_FTP_H
#define TEST_SIM_FTP_H

#include "sim_peer.h"
#include "src/ftp/ftp.h"
#include "src/ftp/ftp_conf.h"

#define FTP_CLIENTS 3
#define FTP_JOBS 8
#define FTP_FILES 4		/* /pub/f0... */

enum job_kind {
	JOB_SIZE, JOB_CWD, JOB_ASK,	/* one line, one reply */
	JOB_BURST,			/* lines in one, a reply for each */
	JOB_LIST, JOB_NLST, JOB_MLSD,
	JOB_RETR, JOB_STOR, JOB_APPE, JOB_STOU,
	JOB_EDIT,			/* a file is renamed, then removed */
	JOB_ABOR,			/* a RETR, then ABOR */
	JOB_LEAVE,			/* a RETR, and gone in the middle */
	JOB_REFUSED,			/* RETR of what is not there */
	JOB_IDLE,			/* says nothing until told 421 */
	JOB_QUIT,
	JOB_LAST,			/* RETR and QUIT in one */
	JOB_KINDS
};

struct job {
	enum job_kind kind;
	int file;		/* f0.. to get; a name of its own to store */
	uint32_t rest;		/* offset asked for by REST, 0 = none */
	bool late;		/* connects for data after the command */
	bool pasv;		/* else EPSV; active: PORT, else EPRT */
	bool active;		/* the server connects */
	enum peer_whim whim;	/* of the data connection */
	uint32_t octets;	/* to store */
	uint32_t old;		/* octets the file to store to has already */
	/* What came of it. */
	int code;		/* the last reply, 0 = none */
	bool done, told_150;
};

struct ftp_client {
	struct peer ctl, data;
	struct host ear;	/* of an active job */
	struct job job[FTP_JOBS];
	int jobs, at;
	int stage;
	uint16_t data_port;
	bool as_user;		/* bob, else anonymous */
	bool over;
	int owed;		/* replies to a burst, or to an edit */
	uint32_t lines;		/* of a listing */
	char last;		/* octet of it */
};

struct ftp_world {
	struct loop loop;
	struct ftp_conf conf;
	struct ftp ftp;
	uint32_t file_len[FTP_FILES];
	struct ftp_client client[FTP_CLIENTS];
	bool lucky;		/* no fault, no whim: transfers must succeed */
	bool brisk;		/* clients read as fast as they can */
};
extern struct ftp_world F;

/* The server listens, the disk holds its files, everything is kind. */
void ftp_world_open(uint64_t seed);
/* Fills F.client[i] at random; what is wanted otherwise is set after it. */
void ftp_client_plan(int i, int jobs, bool polite);
void ftp_client_start(int i);
/* Turns until all that started are over; checks what must hold. */
void ftp_world_settle(void);
/* All its jobs were done and ended as such jobs should. */
bool ftp_client_succeeded(int i);
/* Stops the server, whatever it is at, drops the clients, and checks that
 * nothing is left. */
void ftp_world_close(void);

#endif
