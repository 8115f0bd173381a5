/* t_port_file.c - files beneath a root: openat2 and the walk answer alike, and
 * neither can be led outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "port/linux/beneath.c"
#include "port/posix/dir.c"
#include "port/posix/file.c"
#include "port/posix/path.c"
#include "port/posix/walk.c"

/* Beside root/ lies what must never be reached. */
static char base[64];
static int root, next_fd;

static const char *outside(const char *name)
{
	static char path[2][256];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", base, name);
	return path[turn];
}

static void put_file(const char *name, const char *text)
{
	int fd = open(outside(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void put_link(const char *name, const char *to)
{
	assert_int_equal(symlink(to, outside(name)), 0);
}

static void put_dir(const char *name)
{
	assert_int_equal(mkdir(outside(name), 0755), 0);
}

static void put_chain(void)
{
	char name[32], to[32] = "file";

	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "root/chain%d", i);
		put_link(name, to);
		snprintf(to, sizeof(to), "chain%d", i);
	}
}

/* The number the next open will have: none may be left open. */
static int find_next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(base, sizeof(base), "%s/t_port_file.XXXXXX",
	    tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	assert_non_null(mkdtemp(base));
	assert_int_equal(chmod(base, 0755), 0);
	put_dir("outside");
	put_file("outside/secret", "secret");
	put_file("mark", "secret");
	put_dir("root");
	put_dir("root/dir");
	put_dir("root/dir/sub");
	put_file("root/file", "hello");
	put_file("root/dir/sub/deep", "deep");
	put_link("root/abs", "/file");
	put_link("root/rel", "dir/sub/deep");
	put_link("root/dir/sub/back", "../../file");
	put_link("root/up", "../../../../dir/sub");
	put_link("root/dirlink", "/dir/");
	put_link("root/out", outside("outside/secret"));
	put_link("root/out_rel", "../outside/secret");
	put_link("root/out_dir", "../outside");
	put_link("root/loop1", "loop2");
	put_link("root/loop2", "loop1");
	put_link("root/self", "self");
	put_link("root/dangling", "/dir/../made");
	put_link("root/magic", "/proc/self/root");
	put_chain();
	assert_int_equal(mkfifo(outside("root/fifo"), 0644), 0);
	next_fd = find_next_fd();
	root = port_root_open(outside("root"));
	assert_true(root >= 0);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
    struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	close(root);
	assert_int_equal(find_next_fd(), next_fd);
	nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}

/* ---- Opening */

static void opens(const char *path, const char *text)
{
	char got[16] = "";
	int fd = port_file_open(root, path, FILE_READ, 0);

	if (fd < 0)
		fail_msg("\"%s\": %s", path, err_text(fd));
	assert_int_equal(port_file_read(fd, 0, got, sizeof(got)),
	    strlen(text));
	assert_string_equal(got, text);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	port_file_close(fd);
}

static void refuses(const char *path, int err)
{
	int fd = port_file_open(root, path, FILE_READ, 0);

	if (fd != -err)
		fail_msg("\"%s\": %s, not %s", path,
		    fd >= 0 ? "opened" : err_text(fd), err_text(err));
}

static void what_is_inside_opens(void **state)
{
	static const char *const hello[] = {
		"file", "/file", "//file", "./file", "dir/../file",
		"dir//.././/file", "../file", "../../../file", "/../file",
		"/..//.././file", "abs", "/abs", "dir/../abs",
		"dir/sub/back", "dirlink/sub/back", "up/back",
		"up/../../file", "dirlink/../file", "chain40",
		"dir/sub/../sub/../../dir/sub/back",
	};
	static const char *const deep[] = {
		"rel", "up/deep", "dirlink/sub/deep", "dirlink//sub/./deep",
		"dir/sub/../sub/deep", "up/../sub/deep",
	};

	(void)state;
	for (size_t i = 0; i < LEN(hello); i++)
		opens(hello[i], "hello");
	for (size_t i = 0; i < LEN(deep); i++)
		opens(deep[i], "deep");
}

static void what_is_not_is_refused(void **state)
{
	static const struct {
		const char *path;
		int err;
	} bad[] = {
		{ "", E_NOENT }, { "none", E_NOENT }, { "none/x", E_NOENT },
		{ "none/..", E_NOENT }, { "none/../file", E_NOENT },
		{ "out", E_NOENT }, { "out_rel", E_NOENT },
		{ "out_dir/secret", E_NOENT }, { "../outside", E_NOENT },
		{ "../outside/secret", E_NOENT }, { "../mark", E_NOENT },
		{ "dir/../../mark", E_NOENT }, { "dangling", E_NOENT },
		{ "magic/etc/passwd", E_NOENT },
		{ "/", E_ISDIR }, { "//", E_ISDIR }, { ".", E_ISDIR },
		{ "..", E_ISDIR }, { "../..", E_ISDIR }, { "dir", E_ISDIR },
		{ "dir/", E_ISDIR }, { "dir/.", E_ISDIR },
		{ "dirlink", E_ISDIR }, { "dirlink/", E_ISDIR },
		{ "up", E_ISDIR }, { "up/", E_ISDIR },
		{ "file/", E_NOTDIR }, { "file/x", E_NOTDIR },
		{ "file/..", E_NOTDIR }, { "abs/", E_NOTDIR },
		{ "abs/x", E_NOTDIR }, { "fifo/x", E_NOTDIR },
		{ "loop1", E_LOOP }, { "loop2/x", E_LOOP },
		{ "self", E_LOOP }, { "self/x", E_LOOP },
		{ "chain41", E_LOOP }, { "fifo", E_PERM },
	};

	(void)state;
	for (size_t i = 0; i < LEN(bad); i++)
		refuses(bad[i].path, bad[i].err);
}

static void long_names_are_refused(void **state)
{
	char path[PORT_PATH_MAX + 8];

	(void)state;
	memset(path, 'n', sizeof(path));
	path[256] = '\0';
	refuses(path, E_LONG);
	path[255] = '\0';
	refuses(path, E_NOENT);
	memset(path, '/', sizeof(path));
	path[PORT_PATH_MAX] = '\0';
	refuses(path, E_LONG);
	memcpy(path, "file", 4);
	memset(path + 4, '/', sizeof(path) - 4);
	path[PORT_PATH_MAX - 1] = '\0';
	refuses(path, E_NOTDIR);
	memset(path, '/', PORT_PATH_MAX);
	strcpy(path + PORT_PATH_MAX - 5, "file");
	opens(path, "hello");
}

/* d/d/d..., as deep as a path can say, and all the way back. */
static void deep_paths(void **state)
{
	enum { DEEP = 200 };
	char path[PORT_PATH_MAX] = "";

	(void)state;
	for (int i = 0; i < DEEP; i++) {
		strcat(path, i == 0 ? "d" : "/d");
		assert_int_equal(port_dir_make(root, path, 0755), 0);
	}
	for (int i = 0; i < DEEP; i++)
		strcat(path, "/..");
	strcat(path, "/file");
	opens(path, "hello");
	for (int i = DEEP; i > 0; i--) {
		path[2 * i - 1] = '\0';
		assert_int_equal(port_dir_remove(root, path), 0);
	}
}

static void creates_inside_only(void **state)
{
	unsigned how = FILE_WRITE | FILE_CREATE;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(port_file_open(root, "file", how | FILE_EXCL, 0644),
	    -E_EXIST);
	assert_int_equal(port_file_open(root, "dangling", how | FILE_EXCL,
	    0644), -E_EXIST);
	fd = port_file_open(root, "dangling", how, 0640);
	assert_true(fd >= 0);
	port_file_close(fd);
	assert_int_equal(stat(outside("root/made"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(port_path_remove(root, "/made"), 0);

	fd = port_file_open(root, "../../made2", how | FILE_EXCL, 0600);
	assert_true(fd >= 0);
	port_file_close(fd);
	assert_int_equal(stat(outside("made2"), &st), -1);
	assert_int_equal(port_path_remove(root, "made2"), 0);

	assert_int_equal(port_file_open(root, "out", how | FILE_TRUNC, 0600),
	    -E_NOENT);
	assert_int_equal(port_file_open(root, "out_rel", how | FILE_TRUNC,
	    0600), -E_NOENT);
	assert_int_equal(port_file_open(root, "dir", how, 0600), -E_ISDIR);
	assert_int_equal(stat(outside("outside/secret"), &st), 0);
	assert_int_equal(st.st_size, 6);
}

/* Nobody reads or writes the FIFO: an open that waits would never end. */
static void fifos_do_not_block(void **state)
{
	int fd;

	(void)state;
	alarm(10);
	assert_int_equal(port_file_open(root, "fifo", FILE_READ, 0), -E_PERM);
	assert_int_equal(port_file_open(root, "fifo", FILE_WRITE, 0),
	    -E_CLOSED);
	assert_int_equal(port_file_open(PORT_FS, outside("root/fifo"),
	    FILE_WRITE | FILE_APPEND, 0), -E_CLOSED);
	fd = port_file_open(PORT_FS, outside("root/fifo"), FILE_READ, 0);
	assert_true(fd >= 0);
	port_file_close(fd);
	alarm(0);
}

static void rights_are_the_systems(void **state)
{
	uid_t me = geteuid();
	int open_err, search, info;
	struct file_info i;

	(void)state;
	put_dir("root/closed");
	put_file("root/closed/f", "closed");
	put_dir("root/search");
	put_file("root/search/f", "found");
	assert_int_equal(chmod(outside("root/closed"), 0600), 0);
	assert_int_equal(chmod(outside("root/search"), 0111), 0);
	assert_true(me != 0 || seteuid(65534) == 0);
	open_err = port_file_open(root, "closed/f", FILE_READ, 0);
	search = port_file_open(root, "search/f", FILE_READ, 0);
	info = port_path_info(root, "search", true, &i);
	assert_true(me != 0 || seteuid(0) == 0);
	assert_int_equal(chmod(outside("root/closed"), 0755), 0);
	assert_int_equal(chmod(outside("root/search"), 0755), 0);
	assert_int_equal(open_err, -E_PERM);
	assert_true(search >= 0);
	assert_int_equal(info, 0);
	port_file_close(search);
}

/* ---- Names */

static void info_of_names(void **state)
{
	struct file_info i;

	(void)state;
	assert_int_equal(port_path_info(root, "file", false, &i), 0);
	assert_int_equal(i.type, FILE_REGULAR);
	assert_int_equal(i.size, 5);
	assert_int_equal(i.mode, 0644);
	assert_int_equal(i.links, 1);
	assert_int_equal(i.uid, geteuid());
	assert_true(i.mtime_s > 1000000000);
	assert_int_equal(port_path_info(root, "abs", false, &i), 0);
	assert_int_equal(i.type, FILE_LINK);
	assert_int_equal(port_path_info(root, "abs", true, &i), 0);
	assert_int_equal(i.type, FILE_REGULAR);
	assert_int_equal(port_path_info(root, "dirlink/", false, &i), 0);
	assert_int_equal(i.type, FILE_DIR);
	assert_int_equal(port_path_info(root, "/", false, &i), 0);
	assert_int_equal(i.type, FILE_DIR);
	assert_int_equal(port_path_info(root, "../..", true, &i), 0);
	assert_int_equal(i.type, FILE_DIR);
	assert_int_equal(port_path_info(root, "fifo", true, &i), 0);
	assert_int_equal(i.type, FILE_OTHER);
	assert_int_equal(port_path_info(root, "out", false, &i), 0);
	assert_int_equal(i.type, FILE_LINK);
	assert_int_equal(port_path_info(root, "out", true, &i), -E_NOENT);
	assert_int_equal(port_path_info(root, "self", true, &i), -E_LOOP);
	assert_int_equal(port_path_info(root, "file/", true, &i), -E_NOTDIR);
	assert_int_equal(port_path_info(root, "", true, &i), -E_NOENT);
}

static void link_texts(void **state)
{
	char text[32];

	(void)state;
	assert_int_equal(port_path_link(root, "rel", text, sizeof(text)), 12);
	assert_memory_equal(text, "dir/sub/deep", 12);
	assert_int_equal(port_path_link(root, "file", text, sizeof(text)),
	    -E_INVAL);
	assert_int_equal(port_path_link(root, "none", text, sizeof(text)),
	    -E_NOENT);
}

/* The link goes, not what it points to; the way there stays inside. */
static void removes_the_name_itself(void **state)
{
	(void)state;
	put_link("root/dir/gone", "sub/deep");
	assert_int_equal(port_path_remove(root, "dirlink/gone"), 0);
	opens("dir/sub/deep", "deep");
	refuses("dir/gone", E_NOENT);
	put_link("root/gone", outside("outside/secret"));
	assert_int_equal(port_path_remove(root, "gone"), 0);
	assert_int_equal(access(outside("outside/secret"), F_OK), 0);
	assert_int_equal(port_path_remove(root, "../mark"), -E_NOENT);
	assert_int_equal(port_path_remove(root, "out_dir/secret"), -E_NOENT);
	assert_int_equal(port_path_remove(root, "dir"), -E_ISDIR);
	assert_int_equal(port_path_remove(root, "dir/"), -E_ISDIR);
	assert_int_equal(port_path_remove(root, "file/"), -E_NOTDIR);
	assert_int_equal(port_path_remove(root, "none"), -E_NOENT);
	assert_int_equal(port_path_remove(root, "/"), -E_ISDIR);
	assert_int_equal(port_path_remove(root, ""), -E_NOENT);
}

static void makes_and_removes_directories(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(port_dir_make(root, "dirlink/made/", 0750), 0);
	assert_int_equal(stat(outside("root/dir/made"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(port_dir_make(root, "dir/made", 0750), -E_EXIST);
	assert_int_equal(port_dir_make(root, "out_dir/made", 0750), -E_NOENT);
	assert_int_equal(port_dir_make(root, "../up2", 0750), 0);
	assert_int_equal(stat(outside("up2"), &st), -1);
	assert_int_equal(port_dir_remove(root, "up2/"), 0);
	assert_int_equal(port_dir_remove(root, "dirlink"), -E_NOTDIR);
	assert_int_equal(port_dir_remove(root, "dir"), -E_EXIST);
	assert_int_equal(port_dir_remove(root, "/dir/made"), 0);
	assert_int_equal(port_dir_remove(root, "file"), -E_NOTDIR);
	assert_int_equal(port_dir_remove(root, "/"), -E_BUSY);
	assert_int_equal(port_dir_remove(root, "dir/sub/.."), -E_BUSY);
	assert_int_equal(port_dir_make(root, "/", 0750), -E_BUSY);
}

static void renames_inside_only(void **state)
{
	(void)state;
	put_file("root/one", "one");
	assert_int_equal(port_path_rename(root, "one", "dirlink/two"), 0);
	opens("dir/two", "one");
	assert_int_equal(port_path_rename(root, "dir/two", "../../../one"), 0);
	opens("one", "one");
	assert_int_equal(port_path_rename(root, "one", "out_dir/one"),
	    -E_NOENT);
	assert_int_equal(port_path_rename(root, "out_dir/secret", "x"),
	    -E_NOENT);
	assert_int_equal(port_path_rename(root, "none", "x"), -E_NOENT);
	assert_int_equal(port_path_rename(root, "one", "dir"), -E_ISDIR);
	assert_int_equal(port_path_rename(root, "dir", "/"), -E_BUSY);
	assert_int_equal(port_path_rename(root, "one", ""), -E_NOENT);
	/* A link is replaced, not followed. */
	put_link("root/dir/to", "sub/deep");
	assert_int_equal(port_path_rename(root, "one", "dir/to"), 0);
	opens("dir/to", "one");
	opens("dir/sub/deep", "deep");
	assert_int_equal(port_path_remove(root, "dir/to"), 0);
}

/* ---- Attributes */

static mode_t mode_at(const char *name)
{
	struct stat st;

	assert_int_equal(stat(outside(name), &st), 0);
	return st.st_mode & 07777;
}

static void sets_attributes_inside_only(void **state)
{
	struct file_info info;
	mode_t secret = mode_at("outside/secret");

	(void)state;
	assert_int_equal(port_path_set_mode(root, "dirlink/sub/deep", 0604), 0);
	assert_int_equal(mode_at("root/dir/sub/deep"), 0604);
	/* What its owner can neither read nor write can still be opened up. */
	assert_int_equal(port_path_set_mode(root, "file", 0), 0);
	assert_int_equal(port_path_set_mode(root, "file", 0644), 0);
	assert_int_equal(mode_at("root/file"), 0644);
	assert_int_equal(port_path_set_mode(root, "dir", 0751), 0);
	assert_int_equal(mode_at("root/dir"), 0751);
	assert_int_equal(port_path_set_mode(root, "dir", 0755), 0);
	assert_int_equal(port_path_set_mode(root, "none", 0644), -E_NOENT);
	assert_true(port_path_set_mode(root, "out_dir/secret", 0666) < 0);
	assert_true(port_path_set_mode(root, "../mark", 0666) < 0);
	assert_int_equal(mode_at("outside/secret"), secret);
	assert_int_equal(port_path_set_time(root, "chain1", 1000000000), 0);
	assert_int_equal(port_path_info(root, "file", true, &info), 0);
	assert_true(info.mtime_s == 1000000000);
	assert_int_equal(port_path_set_time(root, "dir", INT64_C(1) << 31), 0);
	assert_int_equal(port_path_info(root, "dir", true, &info), 0);
	assert_true(info.mtime_s == INT64_C(1) << 31);
	assert_int_equal(port_path_set_time(root, "none", 1), -E_NOENT);
	assert_true(port_path_set_time(root, "out_dir/secret", 1) < 0);
}

/* ---- Others rename meanwhile */

static _Noreturn void rename_forever(void)
{
	char in[128], out[128], dir[128], aside[128];

	snprintf(in, sizeof(in), "%s", outside("root/race/d"));
	snprintf(out, sizeof(out), "%s", outside("outside/d"));
	snprintf(dir, sizeof(dir), "%s", outside("root/race/e"));
	snprintf(aside, sizeof(aside), "%s", outside("root/race/aside"));
	for (;;) {
		rename(in, out);
		rename(dir, aside);
		if (symlink(base, dir) < 0)
			_exit(1);
		unlink(dir);
		rename(aside, dir);
		rename(out, in);
	}
}

static void never_reaches_outside(void)
{
	static const char *const path[] = {
		"race/d/../../mark", "race/d/s/../../../mark",
		"race/e/mark", "race/e/outside/secret", "race/e/../../mark",
		"race/d/../secret", "race/d/s/../../secret",
	};

	for (size_t i = 0; i < LEN(path); i++) {
		struct file_info info;

		if (port_file_open(root, path[i], FILE_READ, 0) >= 0 ||
		    port_path_info(root, path[i], true, &info) >= 0 ||
		    port_path_remove(root, path[i]) >= 0)
			fail_msg("reached by \"%s\"", path[i]);
	}
}

static void renames_meanwhile_lead_nowhere(void **state)
{
	const char *seeds = getenv("SIM_SEEDS");
	int turns = seeds != NULL && atoi(seeds) < 100 ? 200 : 2000;
	pid_t child;

	(void)state;
	put_dir("root/race");
	put_dir("root/race/d");
	put_dir("root/race/d/s");
	put_dir("root/race/e");
	child = fork();
	if (child == 0)
		rename_forever();
	assert_true(child > 0);
	for (int i = 0; i < turns; i++)
		never_reaches_outside();
	assert_int_equal(kill(child, SIGKILL), 0);
	waitpid(child, NULL, 0);
}

/* ---- Directories */

static void lists_more_than_its_memory(void **state)
{
	enum { FILES = 300 };
	static uint8_t mem[1024 + 3];
	bool seen[FILES] = { false };
	struct port_dir d;
	const char *name;
	char path[64];
	int n = 0, got;

	(void)state;
	put_dir("root/many");
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path),
		    "root/many/a-name-of-some-length-%d", i);
		put_file(path, "x");
	}
	/* Memory at an odd address, as any caller may have it. */
	assert_int_equal(port_dir_open(&d, root, "many", mem + 3, 1024), 0);
	while ((got = port_dir_next(&d, &name)) == 1) {
		int i;

		assert_int_equal(sscanf(name, "a-name-of-some-length-%d", &i),
		    1);
		assert_in_range(i, 0, FILES - 1);
		assert_false(seen[i]);
		seen[i] = true;
		n++;
	}
	assert_int_equal(got, 0);
	assert_int_equal(n, FILES);
	port_dir_close(&d);
}

static void entries_do_not_lead_outside(void **state)
{
	static uint8_t mem[2048];
	struct port_dir d;
	struct file_info i;
	char text[64];

	(void)state;
	assert_int_equal(port_dir_open(&d, root, "/", mem, sizeof(mem)), 0);
	assert_int_equal(port_dir_info(&d, "out", false, &i), 0);
	assert_int_equal(i.type, FILE_LINK);
	assert_int_equal(port_dir_info(&d, "out", true, &i), -E_NOENT);
	assert_int_equal(port_dir_info(&d, "out_rel", true, &i), -E_NOENT);
	assert_int_equal(port_dir_info(&d, "abs", true, &i), 0);
	assert_int_equal(i.size, 5);
	assert_int_equal(port_dir_link(&d, "abs", text, sizeof(text)), 5);
	assert_memory_equal(text, "/file", 5);
	port_dir_close(&d);
	assert_int_equal(port_dir_open(&d, root, "dirlink/sub", mem,
	    sizeof(mem)), 0);
	assert_int_equal(port_dir_info(&d, "back", true, &i), 0);
	assert_int_equal(i.size, 5);
	port_dir_close(&d);
	assert_int_equal(port_dir_open(&d, root, "file", mem, sizeof(mem)),
	    -E_NOTDIR);
	assert_int_equal(port_dir_open(&d, root, "out_dir", mem, sizeof(mem)),
	    -E_NOENT);
	assert_int_equal(port_dir_open(&d, PORT_FS, base, mem, sizeof(mem)),
	    0);
	assert_int_equal(port_dir_info(&d, "mark", true, &i), 0);
	assert_int_equal(i.size, 6);
	port_dir_close(&d);
}

/* ---- Contents */

static void offsets_are_64_bits(void **state)
{
	const int64_t far = INT64_C(5) << 30;
	struct file_info i;
	char got[8];
	uint64_t room;
	int fd = port_file_open(root, "big", FILE_READ | FILE_WRITE |
	    FILE_CREATE, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(port_file_write(fd, far, "end", 3), 3);
	assert_int_equal(port_file_info(fd, &i), 0);
	assert_true(i.size == far + 3);
	assert_int_equal(port_path_info(root, "big", true, &i), 0);
	assert_true(i.size == far + 3);
	assert_int_equal(port_file_read(fd, far + 1, got, sizeof(got)), 2);
	assert_memory_equal(got, "nd", 2);
	assert_int_equal(port_file_read(fd, far + 3, got, sizeof(got)), 0);
	assert_int_equal(port_file_read(fd, 7, got, 1), 1);
	assert_int_equal(got[0], 0);
	assert_int_equal(port_file_truncate(fd, far - 1), 0);
	assert_int_equal(port_file_info(fd, &i), 0);
	assert_true(i.size == far - 1);
	assert_int_equal(port_file_sync(fd), 0);
	assert_int_equal(port_file_free(fd, &room), 0);
	assert_true(room > 0);
	port_file_close(fd);
	assert_int_equal(port_path_remove(root, "big"), 0);
}

static void appends_at_the_end(void **state)
{
	unsigned how = FILE_WRITE | FILE_CREATE | FILE_APPEND;
	int a = port_file_open(root, "log", how, 0600);
	int b = port_file_open(root, "log", how, 0600);

	(void)state;
	assert_int_equal(port_file_append(a, "one", 3), 3);
	assert_int_equal(port_file_append(b, "two", 3), 3);
	assert_int_equal(port_file_append(a, "six", 3), 3);
	opens("log", "onetwosix");
	port_file_close(a);
	port_file_close(b);
	a = port_file_open(root, "log", FILE_WRITE | FILE_TRUNC, 0);
	opens("log", "");
	port_file_close(a);
}

static void one_lock_at_a_time(void **state)
{
	int a = port_file_open(root, "file", FILE_READ | FILE_WRITE, 0);
	int b = port_file_open(root, "file", FILE_READ | FILE_WRITE, 0);

	(void)state;
	assert_int_equal(port_file_lock(a), 0);
	assert_int_equal(port_file_lock(a), 0);
	assert_int_equal(port_file_lock(b), -E_BUSY);
	port_file_close(a);
	assert_int_equal(port_file_lock(b), 0);
	port_file_close(b);
}

static void plain_paths_are_the_systems(void **state)
{
	struct file_info i;
	int fd = port_file_open(PORT_FS, outside("root/out"), FILE_READ, 0);

	(void)state;
	assert_true(fd >= 0);		/* no root: the link leads outside */
	port_file_close(fd);
	assert_int_equal(port_file_open(PORT_FS, base, FILE_READ, 0),
	    -E_ISDIR);
	fd = port_file_open(PORT_FS, "/dev/null", FILE_WRITE, 0);
	assert_true(fd >= 0);
	port_file_close(fd);
	assert_int_equal(port_path_info(PORT_FS, outside("root/out"), true,
	    &i), 0);
	assert_int_equal(i.size, 6);
	assert_int_equal(port_dir_make(PORT_FS, outside("plain"), 0700), 0);
	assert_int_equal(port_path_rename(PORT_FS, outside("plain"),
	    outside("plain2")), 0);
	assert_int_equal(port_dir_remove(PORT_FS, outside("plain2")), 0);
	assert_int_equal(port_path_remove(PORT_FS, outside("plain2")),
	    -E_NOENT);
	assert_int_equal(port_root_open(outside("mark")), -E_NOTDIR);
	assert_int_equal(port_root_open(outside("none")), -E_NOENT);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_is_inside_opens),
	cmocka_unit_test(what_is_not_is_refused),
	cmocka_unit_test(long_names_are_refused),
	cmocka_unit_test(deep_paths),
	cmocka_unit_test(creates_inside_only),
	cmocka_unit_test(fifos_do_not_block),
	cmocka_unit_test(rights_are_the_systems),
	cmocka_unit_test(info_of_names),
	cmocka_unit_test(link_texts),
	cmocka_unit_test(removes_the_name_itself),
	cmocka_unit_test(makes_and_removes_directories),
	cmocka_unit_test(renames_inside_only),
	cmocka_unit_test(sets_attributes_inside_only),
	cmocka_unit_test(renames_meanwhile_lead_nowhere),
	cmocka_unit_test(lists_more_than_its_memory),
	cmocka_unit_test(entries_do_not_lead_outside),
	cmocka_unit_test(offsets_are_64_bits),
	cmocka_unit_test(appends_at_the_end),
	cmocka_unit_test(one_lock_at_a_time),
	cmocka_unit_test(plain_paths_are_the_systems),
};

int main(void)
{
	int failed;

	umask(022);
	failed = cmocka_run_group_tests_name("system", tests, set_up,
	    tear_down);
	printf("the system's own way: %s\n", no_openat2 ? "none" : "openat2");
	no_openat2 = true;
	failed += cmocka_run_group_tests_name("walk", tests, set_up,
	    tear_down);
	return failed;
}
