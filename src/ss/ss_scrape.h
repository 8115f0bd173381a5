/* ss_scrape.h - the numbers of ss_exposition.h by HTTP, to programs of this
 * machine alone. Nothing can be changed there. */
#ifndef SS_SCRAPE_H
#define SS_SCRAPE_H

#include "core/listen.h"
#include "ss_place.h"
#include "ss_serve.h"

/* All zeros = closed. */
struct ss_scrape {
	struct ss *ss;
	struct listener listener;
	struct list visits;
	struct ss_place place;
};

/*
 * ss_scrape_open - answers `GET /metrics HTTP/1.x` at a path (mode 0600) or a
 * loopback address. Of a request the first line is looked at, and no more than
 * a buffer is read. 0, -E_DENY (not loopback), -E_INVAL, -E_LONG, -E_INUSE,
 * -E_EXIST, or the system's.
 */
int ss_scrape_open(struct ss_scrape *s, struct ss *ss, const char *address);
/* Answers under way are cut; the path goes. Harmless when it is closed. */
void ss_scrape_close(struct ss_scrape *s);

#endif
