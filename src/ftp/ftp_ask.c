/* ftp_ask.c - what may be asked of the monitor. Whoever asks may be in
 * anybody's hands. */
#include "ftp_ask.h"

static const struct {
	uint8_t who, state;
	bool fd, names;		/* a descriptor comes with it; user, password */
	uint32_t low, high;	/* number */
} rules[] = {
	[ASK_LOGIN] = { WHO_GUEST, MON_QUEUE, false, true, 0, 1 },
	[ASK_VERDICT] = { WHO_USER, MON_CHECK, false, false, 0, 1 },
	[ASK_DIAL] = { WHO_USER, MON_USER, false, false, 1024, 65535 },
	[ASK_GIVE] = { WHO_USER, MON_USER, true, false, 0, 0 },
};
_Static_assert(LEN(rules) == ASK_KINDS, "a rule for each");

/* Ended, and nothing behind the end. */
static bool text_is_clean(const char *s, size_t room)
{
	size_t i = 0;

	while (i < room && s[i] != '\0')
		i++;
	if (i == room)
		return false;
	for (; i < room; i++)
		if (s[i] != '\0')
			return false;
	return true;
}

bool ftp_ask_may(const struct ftp_ask *a, enum mon_who who,
    enum mon_state state, bool with_fd)
{
	if (a->kind >= ASK_KINDS)
		return false;
	if (rules[a->kind].who != who || rules[a->kind].state != state ||
	    rules[a->kind].fd != with_fd)
		return false;
	if (a->number < rules[a->kind].low || a->number > rules[a->kind].high)
		return false;
	if (!text_is_clean(a->user, sizeof(a->user)) ||
	    !text_is_clean(a->password, sizeof(a->password)))
		return false;
	return rules[a->kind].names ||
	    (a->user[0] == '\0' && a->password[0] == '\0');
}
