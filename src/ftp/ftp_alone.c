/* ftp_alone.c - one process for all sessions: passwords are checked in slices,
 * so that nobody waits for a hash; there is one user, whoever logs in. */
#include "core/metrics.h"
#include "ftp_account.h"
#include "ftp_sess.h"

/* Rounds per turn: about 8 ms of an 880 MHz MIPS, then others go on. Whoever
 * checks a password in that turn shares them, so that a crowd of guessers slows
 * down itself and not the transfers. */
#define TURN_ROUNDS 256
#define SLICE_MIN 8

static void alone_drop(struct ftp_sess *s)
{
	if (s->login.hashing)
		s->ftp->hashing_n--;
	s->login.hashing = false;
}

static void alone_verdict(struct ftp_sess *s, bool good)
{
	const struct ftp_conf *c = ftp_conf(s);

	alone_drop(s);
	s->login.good = good;
	ftp_sess_delay(s, 1000 * (good ? c->delay_successful_login :
	    c->delay_failed_login));
}

static void alone_check(struct ftp_sess *s, const char *password)
{
	struct ftp_claim claim = { .user = s->user, .password = password,
		.peer = &s->peer, .anonymous = s->anonymous };
	struct ftp_login *l = &s->login;
	struct ftp_account a;

	memset(l, 0, sizeof(*l));
	ftp_account_find(&a, s->ftp, &claim);
	l->known = a.known;
	if (a.secret == SECRET_NONE) {
		alone_verdict(s, a.known);
		return;
	}
	memcpy(l->want, a.hash.hash, sizeof(l->want));
	pbkdf2_start(&l->kdf, password, strlen(password), a.hash.salt,
	    a.hash.salt_len, a.hash.rounds);
	wipe(&a.hash, sizeof(a.hash));
	l->hashing = true;
	s->ftp->hashing_n++;
	ftp_sess_wake(s);
}

static void alone_turn(struct ftp_sess *s)
{
	struct ftp_login *l = &s->login;
	uint8_t got[FTP_HASH];
	uint32_t slice;

	if (!l->hashing)
		return;
	slice = MAX(TURN_ROUNDS / s->ftp->hashing_n, SLICE_MIN);
	if (!pbkdf2_step(&l->kdf, slice, got)) {
		ftp_sess_wake(s);
		return;
	}
	alone_verdict(s, equal_ct(got, l->want, sizeof(got)) && l->known);
	wipe(got, sizeof(got));
}

/* As an ordinary user there is no port below 1024; the caller's other try is
 * as good. */
static int alone_dial(struct ftp_sess *s)
{
	struct addr from = s->local;

	from.port = (uint16_t)ftp_conf(s)->ftp_data_port;
	return ftp_data_dial(&s->data.peer, &from);
}

static int alone_give(struct ftp_sess *s, int fd)
{
	(void)s;
	(void)fd;
	return -E_NOSUP;
}

/* Others have a use for it soon. */
static void alone_rest(struct ftp_sess *s)
{
	(void)s;
}

static void alone_gone(struct ftp_sess *s)
{
	pool_put(ftp_sess_pool(), s);
}

const struct ftp_host ftp_alone = {
	.check = alone_check,
	.turn = alone_turn,
	.drop = alone_drop,
	.dial = alone_dial,
	.give = alone_give,
	.rest = alone_rest,
	.gone = alone_gone,
	.again = true,
};
