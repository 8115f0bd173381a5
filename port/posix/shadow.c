/* shadow.c - /etc/shadow and /etc/shells, without PAM and NSS. */
#include <unistd.h>

#include "base/text.h"
#include "port/posix/lines.h"
#include "port/shadow.h"

#define FIELDS 9

static const char *shadow_path = "/etc/shadow", *passwd_path = "/etc/passwd",
    *shells_path = "/etc/shells";

/* Fields of a line of shadow(5). */
enum { NAME, HASH, CHANGED, MIN_AGE, MAX_AGE, WARN, INACTIVE, EXPIRES };

/* SHA-512 with the C library's own number of rounds. */
static const char usual[] = "$6$wherry.dummy.sal$";

/* A number of days, or -1: none is given. */
static int64_t days(const char *s)
{
	uint64_t n;

	return text_u64(s, strlen(s), INT32_MAX, &n) < 0 ? -1 : (int64_t)n;
}

/* "" lets everybody in, "!" and "*" nobody. */
static bool is_hash(const char *s)
{
	return s[0] != '\0' && s[0] != '!' && s[0] != '*' && s[1] != '\0';
}

/* An account that ended; a password that is too old, or was to be changed at
 * the next login, which cannot be done here. */
static bool is_over(char *f[FIELDS], int64_t today)
{
	int64_t changed = days(f[CHANGED]), most = days(f[MAX_AGE]);
	int64_t inactive = days(f[INACTIVE]), expires = days(f[EXPIRES]);

	if (changed == 0 || (expires >= 0 && today >= expires))
		return true;
	return changed > 0 && most >= 0 && most < 99999 &&
	    today > changed + most + MAX(inactive, 0);
}

static int judge(char *f[FIELDS], int64_t today, char hash[PORT_HASH_MAX])
{
	if (!is_hash(f[HASH]))
		return -E_DENY;
	if (!text_copy(hash, PORT_HASH_MAX, f[HASH]))
		return -E_IO;
	return is_over(f, today) ? -E_DENY : 0;
}

static int find_in(const char *path, const char *name, int64_t today,
    char hash[PORT_HASH_MAX])
{
	struct lines l;
	char *line, *f[FIELDS];
	int rc = lines_open(&l, path);

	if (rc < 0)
		return rc;
	rc = -E_NOENT;
	while (rc == -E_NOENT && (line = lines_next(&l)) != NULL) {
		if (lines_cut(line, f, FIELDS) < 2)
			continue;
		if (strcmp(f[NAME], name) == 0)
			rc = judge(f, today, hash);
		else if (is_hash(f[HASH]) && strcmp(hash, usual) == 0)
			(void)text_copy(hash, PORT_HASH_MAX, f[HASH]);
	}
	close(l.fd);
	wipe(l.mem, sizeof l.mem);
	return rc;
}

/* Fields of passwd(5) behind the hash mean other things. */
static int find_in_passwd(const char *name, char hash[PORT_HASH_MAX])
{
	struct lines l;
	char *line, *f[2];
	int rc = lines_open(&l, passwd_path);

	if (rc < 0)
		return rc;
	rc = -E_NOENT;
	while (rc == -E_NOENT && (line = lines_next(&l)) != NULL) {
		if (lines_cut(line, f, 2) < 2 || strcmp(f[0], name) != 0)
			continue;
		f[1][strcspn(f[1], ":")] = '\0';
		rc = is_hash(f[1]) && text_copy(hash, PORT_HASH_MAX, f[1]) ?
		    0 : -E_DENY;
	}
	close(l.fd);
	return rc;
}

int port_shadow_find(const char *name, int64_t today, char hash[PORT_HASH_MAX])
{
	int rc;

	text_copy(hash, PORT_HASH_MAX, usual);
	rc = find_in(shadow_path, name, today, hash);
	/* A line of passwd with a hash of its own counts, not one with x. */
	if (rc == -E_NOENT)
		rc = find_in_passwd(name, hash);
	return rc;
}

bool port_shell_is_listed(const char *shell)
{
	struct lines l;
	char *line;
	bool found = false;
	int rc = lines_open(&l, shells_path);

	if (rc < 0)
		return rc == -E_NOENT;
	while (!found && (line = lines_next(&l)) != NULL) {
		line[strcspn(line, " \t\r#")] = '\0';
		found = line[0] == '/' && strcmp(line, shell) == 0;
	}
	close(l.fd);
	return found;
}
