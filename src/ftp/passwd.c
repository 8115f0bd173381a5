/* passwd.c - `wherry passwd`: makes lines of the users file. */
#include "base/text.h"
#include "core/log.h"
#include "core/opt.h"
#include "crypto/crypto.h"
#include "ftp.h"
#include "ftp_users.h"
#include "port/out.h"
#include "port/proc.h"
#include "port/rand.h"

#define LINE_ROOM (FTP_NAME_MAX + FTP_HASH_TEXT + PORT_PATH_MAX + \
	FTP_MORE_MAX + 8)

struct passwd_conf {
	char root[PORT_PATH_MAX];
	bool write;
	char more[FTP_MORE_MAX];
	int64_t rounds;
	bool help;
};

#define AT(member) \
	.offset = offsetof(struct passwd_conf, member), \
	.size = sizeof(((struct passwd_conf *)0)->member)

static const struct opt opts[] = {
	{ .key = "root", .kind = OPT_TEXT, AT(root),
	  .help = "directory the user sees as /" },
	{ .key = "write", .kind = OPT_BOOL, AT(write),
	  .help = "the user may write" },
	{ .key = "more", .kind = OPT_TEXT, AT(more),
	  .help = "down=1M,up=1M,quota=5G,net=10.0.0.0/8,uid=joe" },
	{ .key = "rounds", .kind = OPT_INT, AT(rounds), .min = FTP_ROUNDS_MIN,
	  .max = FTP_ROUNDS_MAX, .def = "10000",
	  .help = "cost of the hash: of checking, and of guessing" },
	{ .key = "help", .kind = OPT_BOOL, .flags = OPT_NO_FILE, AT(help),
	  .help = "this text" },
};
static const struct opt_flag flags[] = {
	{ 'r', "root", "root" }, { 'w', "write", "write" },
	{ 'm', "more", "more" }, { 'n', "rounds", "rounds" },
	{ 'h', "help", "help" },
};
static const char usage[] =
    "usage: wherry passwd [-r ROOT] [-w] [-m MORE] [-n ROUNDS] NAME [FILE]\n"
    "Reads a password, twice from a terminal, once from a pipe, and prints\n"
    "the line NAME:HASH:ROOT[:RIGHTS[:MORE]] for users_file; with FILE it\n"
    "puts the line there, in place of one that NAME has.";

static int fail(const char *what, const char *why)
{
	log_early("ERROR", "%s%s%s", what, why[0] != '\0' ? ": " : "", why);
	return 1;
}

/* ---- the password */

static int read_password(char out[FTP_PASS_MAX])
{
	char again[FTP_PASS_MAX];
	int rc = port_read_password("Password: ", out, FTP_PASS_MAX);
	bool same;

	if (rc < 0)
		return fail("password", rc == -E_LONG ?
		    "longer than 128 octets" : err_text(rc));
	if (rc == 0)
		return fail("password", "it is empty");
	if (!port_out_is_terminal(0))
		return 0;
	rc = port_read_password("Again: ", again, sizeof(again));
	same = rc >= 0 && strcmp(out, again) == 0;
	wipe(again, sizeof(again));
	return same ? 0 : fail("password", "the two differ");
}

/* ---- the file */

/* What the old line says of root and rights holds unless said otherwise. */
static void inherit(struct passwd_conf *c, const struct ftp_user *u)
{
	if (c->root[0] == '\0')
		text_copy(c->root, sizeof(c->root), u->root);
	if (c->more[0] == '\0')
		text_copy(c->more, sizeof(c->more), u->more_text);
	c->write = c->write || u->write;
}

/* The file, -1 when there is none yet, and where the name's line is in it.
 * 0, or 1 with the reason said: a file with bad lines is not touched. */
static int look(const char *path, const char *name, struct passwd_conf *c,
    int *fd, struct ftp_users_at *at)
{
	struct ftp_user u;
	char where[PORT_PATH_MAX + 16];
	int rc;

	*fd = port_file_open(PORT_FS, path, FILE_READ, 0);
	if (*fd == -E_NOENT)
		return 0;
	if (*fd < 0)
		return fail(path, err_text(*fd));
	rc = ftp_users_find(*fd, name, &u, at);
	if (rc == 0)
		inherit(c, &u);
	if (rc == 0 || rc == -E_NOENT)
		return 0;
	port_file_close(*fd);
	text_fmt(where, sizeof(where), "%s:%d", path, at->line);
	return fail(where, rc == -E_INVAL ? at->why : err_text(rc));
}

struct copy {
	int from, to;
	int64_t off;		/* of `to` */
	char last;		/* octet written */
};

static int copy_text(struct copy *c, const char *s, size_t len)
{
	while (len > 0) {
		ptrdiff_t n = port_file_write(c->to, c->off, s, len);

		if (n <= 0)
			return n < 0 ? (int)n : -E_IO;
		c->last = s[n - 1];
		c->off += n;
		s += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Octets [off, end) of the old file. */
static int copy_part(struct copy *c, int64_t off, int64_t end)
{
	char buf[1024];
	int rc = 0;

	while (c->from >= 0 && off < end && rc == 0) {
		ptrdiff_t n = port_file_read(c->from, off, buf,
		    (size_t)MIN(end - off, (int64_t)sizeof(buf)));

		if (n <= 0)
			return (int)n;
		rc = copy_text(c, buf, (size_t)n);
		off += n;
	}
	return rc;
}

/* The old file with `line` for the old one, or at the end. */
static int copy_edited(struct copy *c, const struct ftp_users_at *at,
    const char *line)
{
	int rc = copy_part(c, 0, at->off);

	if (rc == 0 && c->last != '\n')
		rc = copy_text(c, "\n", 1);
	if (rc == 0)
		rc = copy_text(c, line, strlen(line));
	if (rc == 0)
		rc = copy_text(c, "\n", 1);
	if (rc == 0)
		rc = copy_part(c, at->off + (int64_t)at->len, INT64_MAX);
	return rc == 0 ? port_file_sync(c->to) : rc;
}

/* Whole or not at all: a new file that takes the place of the old one. */
static int save(const char *path, int old, const struct ftp_users_at *at,
    const char *line)
{
	struct copy c = { .from = old, .last = '\n' };
	char temp[PORT_PATH_MAX];
	int rc;

	if (text_fmt(temp, sizeof(temp), "%s.new", path) + 1 == sizeof(temp))
		return fail(path, err_text(E_LONG));
	c.to = port_file_open(PORT_FS, temp, FILE_WRITE | FILE_CREATE |
	    FILE_EXCL, 0600);
	if (c.to < 0)
		return fail(temp, err_text(c.to));
	rc = copy_edited(&c, at, line);
	port_file_close(c.to);
	if (rc == 0)
		rc = port_path_rename(PORT_FS, temp, path);
	if (rc < 0)
		(void)port_path_remove(PORT_FS, temp);
	return rc < 0 ? fail(path, err_text(rc)) : 0;
}

/* ---- the line */

/* Refuses what ftp_user_parse would not read back. */
static int make_line(char out[LINE_ROOM], const struct passwd_conf *c,
    const char *name, const char *password)
{
	char text[FTP_HASH_TEXT];
	struct ftp_hash h;
	struct ftp_user u;
	const char *why;

	if (strchr(c->root, ':') != NULL || strchr(c->root, '\n') != NULL)
		return fail("root", "a colon or line end in it");
	if (strchr(name, ':') != NULL || name[0] == '#')
		return fail("name", "a colon, or # at its start");
	ftp_hash_make(&h, password, (uint32_t)c->rounds);
	ftp_hash_text(text, &h);
	text_fmt(out, LINE_ROOM, "%s:%s:%s%s%s%s", name, text, c->root,
	    c->write ? ":w" : c->more[0] != '\0' ? ":" : "",
	    c->more[0] != '\0' ? ":" : "", c->more);
	if (ftp_user_parse(&u, out, strlen(out), &why) < 0)
		return fail(name, why);
	return 0;
}

static void print_line(const char *line)
{
	port_out_all(1, line, strlen(line));
	port_out_all(1, "\n", 1);
}

static int make(struct passwd_conf *c, const char *name, const char *path)
{
	struct ftp_users_at at = { .line = 0 };
	char password[FTP_PASS_MAX], line[LINE_ROOM];
	int fd = -1, rc;

	if (path != NULL && look(path, name, c, &fd, &at) != 0)
		return 1;
	rc = read_password(password);
	if (rc == 0)
		rc = make_line(line, c, name, password);
	wipe(password, sizeof(password));
	if (rc == 0 && path != NULL)
		rc = save(path, fd, &at, line);
	else if (rc == 0)
		print_line(line);
	if (fd >= 0)
		port_file_close(fd);
	return rc;
}

int passwd_main(int argc, char **argv)
{
	struct passwd_conf c = { .help = false };
	struct opt_table t = { opts, LEN(opts), flags, LEN(flags), &c,
		NULL, 0 };
	struct opt_at at = { .strict = true };
	const char *words[2] = { NULL, NULL };
	int n;

	opt_defaults(&t);
	n = opt_read_args(&t, &at, argc, argv, words, LEN(words));
	if (n < 0)
		return fail(at.text, "");
	if (c.help) {
		opt_print_help(&t, usage);
		return 0;
	}
	if (n == 0)
		return fail("a NAME is missing", "wherry passwd -h says more");
	if (port_rand_open() < 0)
		return fail("no source of randomness", "");
	return make(&c, words[0], words[1]);
}
