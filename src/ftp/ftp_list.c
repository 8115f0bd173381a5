/* ftp_list.c - LIST and NLST as a stream of lines. Knows no socket and no
 * session: a file or a directory beneath a root becomes text. */
#include "base/civil.h"
#include "base/text.h"
#include "core/pool.h"
#include "ftp_list.h"
#include "ftp_match.h"
#include "ftp_path.h"
#include "port/time.h"

/* What port_dir reads into; one listing per session. */
struct dir_mem {
	uint64_t words[128];
};
POOL_DEFINE_RAW(ftp_dirs, struct dir_mem, LIMIT_FTP_SESSIONS);

#define DAY_S 86400
#define YEAR_FORM_S (182 * DAY_S)

enum { STEP_CLOSED, STEP_FILE, STEP_HEAD, STEP_DOT, STEP_DOTDOT, STEP_ENTRIES };

const char *ftp_list_options(const char *arg, unsigned *how)
{
	while (*arg == '-') {
		for (arg++; *arg != '\0' && *arg != ' '; arg++) {
			if (*arg == 'a')
				*how |= LIST_ALL | LIST_DOTS;
			else if (*arg == 'l')
				*how |= LIST_LONG;
			else if (*arg == 'F')
				*how |= LIST_CLASSIFY;
			else if (*arg == 'R')
				*how |= LIST_RECURSE;
		}
		while (*arg == ' ')
			arg++;
	}
	return arg;
}

/* "rwsr-x--T": the execute letters carry setuid, setgid and sticky. */
static void list_perms(char out[11], const struct file_info *info)
{
	static const char type[] = {
		[FILE_REGULAR] = '-', [FILE_DIR] = 'd', [FILE_LINK] = 'l',
		[FILE_OTHER] = 'p',
	};
	unsigned mode = info->mode;

	out[0] = type[info->type];
	for (unsigned i = 0; i < 9; i++)
		out[i + 1] = mode & (0400u >> i) ? "rwx"[i % 3] : '-';
	if (mode & 04000u)
		out[3] = mode & 0100u ? 's' : 'S';
	if (mode & 02000u)
		out[6] = mode & 0010u ? 's' : 'S';
	if (mode & 01000u)
		out[9] = mode & 0001u ? 't' : 'T';
	out[10] = '\0';
}

static void list_date(char out[16], unsigned how, int64_t now_s, int64_t at_s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *month;
	struct civil c;

	if (how & LIST_LOCAL)
		civil_from_unix(&c, at_s + port_tz_offset(at_s));
	else
		civil_from_unix(&c, at_s);
	month = months + 3 * (c.month - 1);
	if (at_s < now_s - YEAR_FORM_S || at_s > now_s + DAY_S)
		text_fmt(out, 16, "%.3s %02d  %04d", month, c.day,
		    (int)c.year);
	else
		text_fmt(out, 16, "%.3s %02d %02d:%02d", month, c.day, c.hour,
		    c.min);
}

static void list_owner(char out[24], unsigned how, uint32_t id)
{
	if (how & LIST_NO_IDS)
		text_copy(out, 24, "ftp");
	else
		text_fmt(out, 24, "%lu", (unsigned long)id);
}

static size_t list_columns(char *out, size_t room, unsigned how,
    int64_t now_s, const struct file_info *info)
{
	char perms[11], user[24], group[24], date[16];

	list_perms(perms, info);
	list_owner(user, how, info->uid);
	list_owner(group, how, info->gid);
	list_date(date, how, now_s, info->mtime_s);
	return text_fmt(out, room, "%s %4lu %-8s %-8s %8lld %s ", perms,
	    (unsigned long)info->links, user, group, (long long)info->size,
	    date);
}

static size_t list_name(char *out, size_t room, const char *name)
{
	size_t n = 0;

	for (; name[n] != '\0' && n + 1 < room; n++)
		out[n] = name[n] == '\r' || name[n] == '\n' ? '?' : name[n];
	return n;
}

size_t ftp_list_line(char *out, size_t room, unsigned how, int64_t now_s,
    const char *name, const struct file_info *info, const char *target)
{
	size_t n = 0;

	ASSERT(room >= LIST_LINE_MAX);
	if (how & LIST_LONG)
		n = list_columns(out, room, how, now_s, info);
	n += list_name(out + n, PORT_PATH_MAX, name);
	if (how & LIST_LONG && target != NULL) {
		memcpy(out + n, " -> ", 4);
		n += 4 + list_name(out + n + 4, PORT_PATH_MAX, target);
	}
	if (how & LIST_CLASSIFY && info->type == FILE_DIR)
		out[n++] = '/';
	else if (how & LIST_CLASSIFY && info->type == FILE_LINK &&
	    target == NULL)
		out[n++] = '@';
	out[n++] = '\r';
	out[n++] = '\n';
	return n;
}

int ftp_list_look(struct ftp_list *l)
{
	struct file_info info;
	int rc = port_path_info(l->root, l->path, true, &info);

	l->step = STEP_CLOSED;
	l->is_dir = rc == 0 && info.type == FILE_DIR;
	return rc;
}

static void list_close_dir(struct ftp_list *l)
{
	port_dir_close(&l->dir);
	pool_put(&ftp_dirs, l->mem);
}

static int list_open_dir(struct ftp_list *l)
{
	int rc;

	l->mem = pool_get(&ftp_dirs);
	if (l->mem == NULL)
		return -E_FULL;
	rc = port_dir_open(&l->dir, l->root, l->path, l->mem,
	    sizeof(*l->mem));
	if (rc < 0)
		pool_put(&ftp_dirs, l->mem);
	return rc;
}

int ftp_list_glob(struct ftp_list *l, char *path)
{
	char *slash = strrchr(path, '/');

	if (!ftp_match_is_pattern(slash + 1) ||
	    strlen(slash + 1) >= FTP_PATTERN_MAX)
		return -E_NOENT;
	l->only = slash + 1;
	if (l->given == l->only)
		l->given = "";
	else if (slash == path && l->given == path)
		l->given = "/";
	*slash = '\0';
	l->path = slash == path ? "/" : path;
	return ftp_list_look(l) == 0 && l->is_dir ? 0 : -E_NOENT;
}

void ftp_list_walk(struct ftp_list *l, char *path)
{
	if (!l->is_dir || l->only != NULL)
		return;
	l->walk = path;
	l->base = (uint16_t)strlen(path);
}

static uint8_t list_first(const struct ftp_list *l)
{
	return l->how & LIST_DOTS && l->only == NULL ? STEP_DOT : STEP_ENTRIES;
}

int ftp_list_open(struct ftp_list *l)
{
	int rc;

	if (!l->is_dir) {
		l->step = STEP_FILE;
		return 0;
	}
	rc = list_open_dir(l);
	if (rc == 0)
		l->step = l->walk != NULL ? STEP_HEAD : list_first(l);
	return rc;
}

/* NLST of a named directory gives names the client can ask for as they are. */
static void list_prefixed(struct ftp_list *l, char *out, size_t room,
    const char *name)
{
	size_t len = strlen(l->given);
	const char *slash = len > 0 && l->given[len - 1] != '/' ? "/" : "";

	if (l->how & LIST_LONG || l->walk != NULL)
		text_copy(out, room, name);
	else
		text_fmt(out, room, "%s%s%s", l->given, slash, name);
}

static int list_special(struct ftp_list *l, char *out, size_t room,
    const char *name, const char *path)
{
	struct file_info info;
	int rc = port_path_info(l->root, path, true, &info);

	if (rc < 0)
		return rc;
	return (int)ftp_list_line(out, room, l->how, l->now_s, name, &info,
	    NULL);
}

static int list_dotdot(struct ftp_list *l, char *out, size_t room)
{
	char parent[PORT_PATH_MAX];

	ftp_path_parent(parent, sizeof(parent), l->path);
	return list_special(l, out, room, "..", parent);
}

static int list_file(struct ftp_list *l, char *out, size_t room)
{
	const char *name = l->given[0] != '\0' ? l->given :
	    ftp_path_base(l->path);

	return list_special(l, out, room, name, l->path);
}

/* Entries that vanish, or that this process may not look at, are left out. */
static bool list_may_skip(int err)
{
	return err == -E_NOENT || err == -E_PERM;
}

/* Names are told as they are; those with a line's end in them cannot be. */
static int list_facts(const struct ftp_list *l, char *out, size_t room,
    const char *name, const struct file_info *info, const char *link)
{
	size_t n;

	if (strpbrk(name, "\r\n") != NULL)
		return 0;
	if (link != NULL && strpbrk(link, "\r\n;") != NULL)
		link = NULL;
	n = ftp_facts(out, room, l->facts, l->rights, info, link);
	n += text_fmt(out + n, room - n, " %s\r\n", name);
	return (int)n;
}

static bool list_hides(const struct ftp_list *l, const char *name)
{
	char path[PORT_PATH_MAX];

	if (l->only != NULL && !ftp_match_name(l->only, name))
		return true;
	return l->hide[0] != '\0' &&
	    ftp_path_join(path, sizeof(path), l->path, name) == 0 &&
	    ftp_match_path(l->hide, path);
}

/* Octets, 0 for an entry that is not shown. */
static int list_entry(struct ftp_list *l, const char *name, char *out,
    size_t room)
{
	char target[PORT_PATH_MAX], shown[PORT_PATH_MAX];
	struct file_info info = { .type = FILE_REGULAR };
	bool is_link;
	int n = 0;

	if (name[0] == '.' && !(l->how & LIST_ALL) &&
	    (l->only == NULL || l->only[0] != '.'))
		return 0;
	if (list_hides(l, name))
		return 0;
	if (l->how & (LIST_LONG | LIST_CLASSIFY | LIST_FACTS))
		n = port_dir_info(&l->dir, name, false, &info);
	is_link = info.type == FILE_LINK;
	if (n == 0 && is_link)
		n = port_dir_link(&l->dir, name, target, sizeof(target) - 1);
	if (n < 0)
		return list_may_skip(n) ? 0 : n;
	target[n] = '\0';
	if (l->how & LIST_FACTS)
		return list_facts(l, out, room, name, &info,
		    is_link ? target : NULL);
	list_prefixed(l, shown, sizeof(shown), name);
	return (int)ftp_list_line(out, room, l->how, l->now_s, shown, &info,
	    is_link ? target : NULL);
}

static int list_entries(struct ftp_list *l, char *out, size_t room)
{
	const char *name;
	int rc;

	while ((rc = port_dir_next(&l->dir, &name)) > 0) {
		rc = list_entry(l, name, out, room);
		if (rc != 0)
			return rc;
	}
	return rc;
}

/* ---- -R */

/* "./deep:", or what was given, which grows with the path. */
static int list_head(const struct ftp_list *l, char *out, size_t room)
{
	bool beneath = strlen(l->walk) > l->base, given = l->given[0] != '\0';
	const char *rest = !beneath ? "" :
	    l->walk + (l->base == 1 ? 0 : l->base);
	size_t n = text_fmt(out, room, "%s%s", beneath ? "\r\n" : "",
	    given ? "" : ".");

	n += list_name(out + n, PORT_PATH_MAX, given ? l->given : rest);
	n += text_fmt(out + n, room - n, ":\r\n");
	return (int)n;
}

static bool walk_wants(struct ftp_list *l, const char *name)
{
	char path[PORT_PATH_MAX];
	struct file_info info;

	return (name[0] != '.' || l->how & LIST_ALL) &&
	    !list_hides(l, name) &&
	    port_dir_info(&l->dir, name, false, &info) == 0 &&
	    info.type == FILE_DIR &&
	    ftp_path_join(path, sizeof(path), l->path, name) == 0;
}

/* The first directory behind the entry of that name, "" = of all. */
static bool walk_find(struct ftp_list *l, char name[PORT_PATH_MAX])
{
	bool found = false, behind = name[0] == '\0';
	const char *entry;

	if (list_open_dir(l) < 0)
		return false;
	while (!found && port_dir_next(&l->dir, &entry) > 0) {
		found = behind && walk_wants(l, entry);
		if (found)
			text_copy(name, PORT_PATH_MAX, entry);
		behind = behind || strcmp(entry, name) == 0;
	}
	list_close_dir(l);
	return found;
}

static void walk_enter(struct ftp_list *l, const char *name)
{
	char path[PORT_PATH_MAX];

	(void)ftp_path_join(path, sizeof(path), l->walk, name);
	text_copy(l->walk, sizeof(path), path);
}

static void walk_leave(struct ftp_list *l, char name[PORT_PATH_MAX])
{
	char path[PORT_PATH_MAX];

	text_copy(name, sizeof(path), ftp_path_base(l->walk));
	ftp_path_parent(path, sizeof(path), l->walk);
	text_copy(l->walk, sizeof(path), path);
}

/* The directory behind this one is opened. False: there is none. */
static bool list_walk(struct ftp_list *l)
{
	char name[PORT_PATH_MAX] = "";

	for (;;) {
		if (walk_find(l, name)) {
			walk_enter(l, name);
			if (ftp_list_open(l) == 0)
				return true;
		} else if (strlen(l->walk) <= l->base) {
			return false;
		}
		walk_leave(l, name);
	}
}

static int list_end(struct ftp_list *l, char *out, size_t room)
{
	ftp_list_close(l);
	if (l->walk == NULL || !list_walk(l))
		return 0;
	l->step = list_first(l);
	return list_head(l, out, room);
}

int ftp_list_next(struct ftp_list *l, char *out, size_t room)
{
	int rc;

	switch (l->step) {
	case STEP_HEAD:
		l->step = list_first(l);
		return list_head(l, out, room);
	case STEP_FILE:
		l->step = STEP_CLOSED;
		return list_file(l, out, room);
	case STEP_DOT:
		l->step = STEP_DOTDOT;
		return list_special(l, out, room, ".", l->path);
	case STEP_DOTDOT:
		l->step = STEP_ENTRIES;
		return list_dotdot(l, out, room);
	case STEP_ENTRIES:
		rc = list_entries(l, out, room);
		if (rc == 0)
			return list_end(l, out, room);
		if (rc < 0)
			ftp_list_close(l);
		return rc;
	}
	return 0;
}

void ftp_list_close(struct ftp_list *l)
{
	if (l->step >= STEP_HEAD && l->step <= STEP_ENTRIES)
		list_close_dir(l);
	l->step = STEP_CLOSED;
}
