/* ss_wish.h - the object behind a command of a manager, whichever dialogue it
 * came in. Knows no port that is there. */
#ifndef SS_WISH_H
#define SS_WISH_H

#include "ss_conf.h"
#include "ss_users.h"

#define SS_PASSWORD 256

/* A user of users[], or the one of add_user and remove_user. */
struct ss_wish_user {
	char name[SS_USER_NAME];
	struct ss_psk psk;
	struct ss_limits limits;
};

struct ss_wish {
	uint16_t port;
	uint8_t mode;		/* enum ss_mode; 0 = not said */
	const struct ss_method *method;	/* NULL = not said */
	char password[SS_PASSWORD];
	struct ss_limits limits;
	char name[SS_USER_NAME];
	/* "" = not said, or none. */
	char plugin[256], plugin_args[256], plugin_opts[1024];
	uint8_t plugin_mode;	/* enum ss_mode; 0 = not said */
	uint32_t users_n;

	/* For the reader. */
	int64_t number;
	struct ss_wish_user user;
	int (*each)(void *ctx, const struct ss_wish_user *u);
	void *ctx;
};

/*
 * ss_wish_read - what text says, its users one after the other to each (NULL =
 * they are only counted). Keys that are not ours are skipped, those that would
 * have to be obeyed and cannot are refused.
 *
 * 0, or -E_* with why in at->text: no object, no server_port, a method that is
 * none; what `each` returned.
 */
int ss_wish_read(struct ss_wish *w, struct opt_at *at, const char *text,
    size_t len, int (*each)(void *ctx, const struct ss_wish_user *u),
    void *ctx);

/* The key that a method makes of a password: KEY_MAX octets. 0 or -E_INVAL. */
int ss_wish_key(uint8_t key[KEY_MAX], const struct ss_method *m,
    const char *password);

#endif
