/* tree.h - a folder of files below the system's temporary one, for a test. */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/file.h"

struct tree {
	char base[64];
	int root;		/* of port_root_open */
};

static inline void tree_make(struct tree *t)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(t->base, sizeof(t->base), "%.40s/wherry-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(t->base));
	t->root = port_root_open(t->base);
	assert_true(t->root >= 0);
}

/* The full name; valid until the next call. */
static inline const char *tree_path(const struct tree *t, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", t->base, name);
	return path;
}

static inline void tree_dir(const struct tree *t, const char *name)
{
	assert_int_equal(mkdir(tree_path(t, name), 0755), 0);
}

static inline void tree_file(const struct tree *t, const char *name,
    const char *text)
{
	FILE *f = fopen(tree_path(t, name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static inline int tree_remove_one(const char *path, const struct stat *st,
    int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void tree_remove(struct tree *t)
{
	port_file_close(t->root);
	nftw(t->base, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
