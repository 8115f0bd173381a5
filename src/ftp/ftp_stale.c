/* ftp_stale.c - temporary files of uploads that nobody will finish: of killed
 * processes, of a power cut. Knows no session. */
#include "ftp_stale.h"

#include "base/text.h"
#include "core/log.h"
#include "ftp_path.h"
#include "port/file.h"
#include "port/time.h"

/* No name is looked at in a larger directory than this; the rest is for the
 * next time, in the order that the directory has then. */
#define NAMES_MAX 4096
/* Longer than an upload stays without an octet; for clocks that jump there is
 * the lock. */
#define AGE_S 3600
#define DIR_MEM 1024

struct stale {
	int root;
	const char *dir;
	int64_t now_s;
	uint32_t uid;
};

static bool stale_looks(const struct stale *st, const struct file_info *info)
{
	return info->type == FILE_REGULAR && info->uid == st->uid &&
	    info->links == 1 && info->mtime_s < st->now_s - AGE_S;
}

/* Whoever uploads into it has it locked. Where there are no locks, nothing is
 * known of it and it stays. */
static void stale_remove(const struct stale *st, const char *name)
{
	char path[PORT_PATH_MAX];
	int fd;

	if (ftp_path_join(path, sizeof(path), st->dir, name) < 0)
		return;
	fd = port_file_open(st->root, path, FILE_WRITE, 0);
	if (fd < 0)
		return;
	if (port_file_lock(fd) == 0 && port_path_remove(st->root, path) == 0)
		log_info("removed what a broken upload left: %s", path);
	port_file_close(fd);
}

void ftp_stale_sweep(int root, const char *dir, uint32_t uid)
{
	struct stale st = { .root = root, .dir = dir, .uid = uid,
		.now_s = port_wall_ms() / 1000 };
	uint64_t mem[DIR_MEM / sizeof(uint64_t)];
	struct file_info info;
	struct port_dir d;
	const char *name;

	if (port_dir_open(&d, root, dir, mem, sizeof(mem)) < 0)
		return;
	for (int i = 0; i < NAMES_MAX && port_dir_next(&d, &name) > 0; i++)
		if (ftp_path_is_temp(name) &&
		    port_dir_info(&d, name, false, &info) == 0 &&
		    stale_looks(&st, &info))
			stale_remove(&st, name);
	port_dir_close(&d);
}
