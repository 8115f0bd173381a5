/* opt_item.h - sections and pairs of a file, one after the other, whichever of
 * two forms it has. */
#ifndef CORE_OPT_ITEM_H
#define CORE_OPT_ITEM_H

#include "core/opt.h"

#define OPT_SECTION_NAME 64

/*
 * [NAME], # and name = value; or OpenWrt's UCI: config TYPE 'NAME', option KEY
 * 'VALUE', list KEY 'VALUE', quotes as its own reader takes them, each on one
 * line. There a section is called "TYPE NAME", or "TYPE @3" (the third of the
 * file) without a name, '_' of a TYPE being '-'; "wherry" and "globals" are
 * what stands before the first section.
 */
struct opt_items {
	char *text;		/* is written to */
	size_t len;
	struct opt_at *at;	/* follows the lines */
	bool has_sections;	/* else [NAME] is no special line */

	bool looked, is_uci;
	uint32_t sections;
	char name[OPT_SECTION_NAME];
	const char *list_key;
	uint32_t list_n;
};

struct opt_item {
	bool is_section;
	char *name;		/* of a section: good until the next item */
	char *value;		/* NULL: there was no '=' */
	uint32_t index;		/* of a list; 0 = alone or the first */
};

/* One file at a time; all of it is in memory until opt_items_close, which wipes
 * it. 0, or -E_* after opt_fail, and then it needs no close. */
int opt_items_open(struct opt_items *l, struct opt_at *at, const char *path,
    bool has_sections);
void opt_items_close(struct opt_items *l);
/* 1, 0 at the end, or -E_INVAL after opt_fail. */
int opt_item_next(struct opt_items *l, struct opt_item *it);
/* Of one "name=value"; s[len] may be written. 0 or -E_INVAL. */
int opt_item_pair(struct opt_at *at, char *s, size_t len,
    struct opt_item *it);

#endif
