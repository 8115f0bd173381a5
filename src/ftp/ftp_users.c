/* ftp_users.c - lines of the users file. Knows no session. */
#include "base/text.h"
#include "crypto/crypto.h"
#include "ftp_users.h"
#include "port/rand.h"

static const char prefix[] = "$pbkdf2-sha512$";

#define LINE_MAX (FTP_NAME_MAX + FTP_HASH_TEXT + PORT_PATH_MAX + \
	FTP_MORE_MAX + 8)

/* The part of [*s, end) before sep; *s moves behind it. */
static size_t users_part(const char **s, const char *end, char sep,
    const char **part)
{
	const char *at = memchr(*s, sep, (size_t)(end - *s));

	*part = *s;
	if (at == NULL)
		at = end;
	*s = at < end ? at + 1 : end;
	return (size_t)(at - *part);
}

int ftp_hash_parse(struct ftp_hash *out, const char *s, size_t len)
{
	const char *end = s + len, *part;
	uint64_t rounds;
	size_t n;
	int rc;

	if (len < sizeof(prefix) || memcmp(s, prefix, sizeof(prefix) - 1) != 0)
		return -E_INVAL;
	s += sizeof(prefix) - 1;
	n = users_part(&s, end, '$', &part);
	if (text_u64(part, n, FTP_ROUNDS_MAX, &rounds) < 0 ||
	    rounds < FTP_ROUNDS_MIN)
		return -E_INVAL;
	out->rounds = (uint32_t)rounds;
	n = users_part(&s, end, '$', &part);
	rc = text_unbase64(out->salt, sizeof(out->salt), part, n);
	if (rc < 8)
		return -E_INVAL;
	out->salt_len = (uint8_t)rc;
	rc = text_unbase64(out->hash, sizeof(out->hash), s, (size_t)(end - s));
	return rc == FTP_HASH ? 0 : -E_INVAL;
}

void ftp_hash_text(char out[FTP_HASH_TEXT], const struct ftp_hash *h)
{
	char salt[32], hash[96];

	text_base64(salt, sizeof(salt), h->salt, h->salt_len);
	text_base64(hash, sizeof(hash), h->hash, sizeof(h->hash));
	text_fmt(out, FTP_HASH_TEXT, "%s%lu$%s$%s", prefix,
	    (unsigned long)h->rounds, salt, hash);
}

void ftp_hash_make(struct ftp_hash *out, const char *password, uint32_t rounds)
{
	out->rounds = rounds;
	out->salt_len = FTP_SALT;
	port_rand(out->salt, sizeof(out->salt));
	kdf_pbkdf2_sha512(out->hash, password, strlen(password), out->salt,
	    out->salt_len, rounds);
}

static int user_bad(const char **why, const char *text)
{
	*why = text;
	return -E_INVAL;
}

static bool user_name_ok(const char *s, size_t len)
{
	if (len == 0 || len >= FTP_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)s[i] <= ' ' || s[i] == 0x7f)
			return false;
	return true;
}

/* ---- the last field */

static int more_octets(int64_t *out, const char *s, size_t len)
{
	static const char units[] = "KMGT";
	const char *unit = len > 0 ? strchr(units, s[len - 1]) : NULL;
	int64_t times = 1;
	uint64_t n;

	if (unit != NULL && *unit != '\0') {
		times = INT64_C(1) << 10 * (unit - units + 1);
		len--;
	}
	if (text_u64(s, len, (uint64_t)(INT64_MAX / times), &n) < 0)
		return -E_INVAL;
	*out = (int64_t)n * times;
	return 0;
}

static int more_net(struct ftp_more *m, const char *s, size_t len)
{
	if (m->nets_n == FTP_NETS)
		return -E_FULL;
	return net_parse(&m->nets[m->nets_n++], s, len);
}

static int more_name(char out[FTP_NAME_MAX], const char *s, size_t len)
{
	return user_name_ok(s, len) && text_copy_n(out, FTP_NAME_MAX, s,
	    len) ? 0 : -E_INVAL;
}

static bool more_is(const char *key, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(key, word, len) == 0;
}

/* "key=value" */
static int more_item(struct ftp_more *m, const char *s, size_t len)
{
	const char *value = memchr(s, '=', len);
	size_t key = value != NULL ? (size_t)(value - s) : 0;
	size_t n = key > 0 ? len - key - 1 : 0;

	if (key == 0)
		return -E_INVAL;
	value++;
	if (more_is(s, key, "down"))
		return more_octets(&m->down, value, n);
	if (more_is(s, key, "up"))
		return more_octets(&m->up, value, n);
	if (more_is(s, key, "quota"))
		return more_octets(&m->quota, value, n);
	if (more_is(s, key, "net"))
		return more_net(m, value, n);
	if (more_is(s, key, "uid"))
		return more_name(m->run_as, value, n);
	if (more_is(s, key, "gid"))
		return more_name(m->group, value, n);
	return -E_INVAL;
}

static int user_more(struct ftp_more *m, const char *s, const char **why)
{
	const char *end = s + strlen(s), *part;
	size_t n;

	while (s < end) {
		n = users_part(&s, end, ',', &part);
		if (more_item(m, part, n) < 0)
			return user_bad(why, "the last field has down, up, "
			    "quota, net, uid, gid, as key=value");
	}
	return 0;
}

/* ---- a line */

int ftp_user_parse(struct ftp_user *out, const char *line, size_t len,
    const char **why)
{
	const char *s = line, *end = line + len, *part;
	size_t n;

	memset(out, 0, sizeof(*out));
	n = users_part(&s, end, ':', &part);
	if (!user_name_ok(part, n))
		return user_bad(why, "a name is 1 to 63 printable characters");
	text_copy_n(out->name, sizeof(out->name), part, n);
	n = users_part(&s, end, ':', &part);
	out->locked = n == 1 && (*part == '!' || *part == '*');
	if (!out->locked && ftp_hash_parse(&out->hash, part, n) < 0)
		return user_bad(why, "not a hash that wherry passwd makes");
	n = users_part(&s, end, ':', &part);
	if (memchr(part, '\0', n) != NULL ||
	    !text_copy_n(out->root, sizeof(out->root), part, n))
		return user_bad(why, "the directory's name is too long");
	n = users_part(&s, end, ':', &part);
	out->write = n == 1 && *part == 'w';
	if (n > 0 && !out->write)
		return user_bad(why, "rights are w or nothing");
	if (memchr(s, '\0', (size_t)(end - s)) != NULL || !text_copy_n(
	    out->more_text, sizeof(out->more_text), s, (size_t)(end - s)))
		return user_bad(why, "the last field is too long");
	return user_more(&out->more, out->more_text, why);
}

/* One line of the file: -E_AGAIN = not the one, go on. */
static int users_line(const char *line, size_t len, const char *name,
    struct ftp_user *out, struct ftp_users_at *at)
{
	uint32_t rounds = out->hash.rounds;
	int rc;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0 || line[0] == '#')
		return -E_AGAIN;
	rc = ftp_user_parse(out, line, len, &at->why);
	if (rc < 0)
		return rc;
	if (out->more.run_as[0] != '\0' || out->more.group[0] != '\0')
		at->runs_as = true;
	if (out->locked)
		out->hash.rounds = rounds;
	return name != NULL && strcmp(out->name, name) == 0 ? 0 : -E_AGAIN;
}

/* The lines of buf[0 .. *have); what is left of the last one moves down. */
static int users_lines(char *buf, size_t *have, bool last, const char *name,
    struct ftp_user *out, struct ftp_users_at *at)
{
	const char *s = buf, *end = buf + *have;
	int rc = -E_AGAIN;

	while (rc == -E_AGAIN && s < end) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));

		if (nl == NULL && !last)
			break;
		at->off += (int64_t)at->len;
		at->line++;
		at->len = (size_t)((nl != NULL ? nl + 1 : end) - s);
		rc = users_line(s, (size_t)((nl != NULL ? nl : end) - s), name,
		    out, at);
		s += at->len;
	}
	*have = (size_t)(end - s);
	memmove(buf, s, *have);
	return rc;
}

int ftp_users_find(int fd, const char *name, struct ftp_user *out,
    struct ftp_users_at *at)
{
	char buf[2 * LINE_MAX];
	size_t have = 0;
	int64_t off = 0;
	ptrdiff_t n;
	int rc;

	*at = (struct ftp_users_at){ .why = "" };
	do {
		n = port_file_read(fd, off, buf + have, sizeof(buf) - have);
		if (n < 0)
			return (int)n;
		off += n;
		have += (size_t)n;
		rc = users_lines(buf, &have, n == 0, name, out, at);
		if (rc != -E_AGAIN)
			return rc;
		if (have == sizeof(buf)) {
			at->line++;
			return user_bad(&at->why, "the line is too long");
		}
	} while (n > 0);
	at->off += (int64_t)at->len;
	at->len = 0;
	return -E_NOENT;
}
