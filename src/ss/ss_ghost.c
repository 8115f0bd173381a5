/* ss_ghost.c - a ring in order of time with rows by session over it. What is a
 * minute old is forgotten when the next one comes. Knows no sockets. */
#include "ss_ghost.h"

#include "base/endian.h"
#include "port/rand.h"

void ss_ghosts_start(struct ss_ghosts *g)
{
	port_rand(g->mix, sizeof(g->mix));
}

static uint32_t *row_of(struct ss_ghosts *g, const uint8_t *session)
{
	uint64_t x = (get_u64be(session) ^ g->mix[0]) * (g->mix[1] | 1);

	return &g->row[(uint32_t)(x >> 32) % LIMIT_GHOSTS];
}

/* The oldest of all is the last of its row. */
static void forget_first(struct ss_ghosts *g)
{
	uint32_t *at = row_of(g, g->ring[g->first].session);

	while (*at != g->first + 1)
		at = &g->ring[*at - 1].older;
	*at = 0;
	g->first = (g->first + 1) % LIMIT_GHOSTS;
	g->n--;
}

static void forget_old(struct ss_ghosts *g, int64_t now_ms)
{
	while (g->n > 0 && g->ring[g->first].until_ms <= now_ms)
		forget_first(g);
}

int ss_ghost_add(struct ss_ghosts *g, const uint8_t session[SS_SESSION_ID],
    const struct ss_ghost *ghost, int64_t now_ms)
{
	uint32_t *row = row_of(g, session), place;

	forget_old(g, now_ms);
	if (g->n == LIMIT_GHOSTS)
		return -E_BUSY;
	place = (g->first + g->n++) % LIMIT_GHOSTS;
	g->ring[place].until_ms = now_ms + SS_GHOST_MS;
	g->ring[place].ghost = *ghost;
	memcpy(g->ring[place].session, session, SS_SESSION_ID);
	g->ring[place].older = *row;
	*row = place + 1;
	return 0;
}

/* It may have come back and gone again: the newest counts. */
const struct ss_ghost *ss_ghost_find(struct ss_ghosts *g,
    const uint8_t session[SS_SESSION_ID], int64_t now_ms)
{
	uint32_t at;

	forget_old(g, now_ms);
	for (at = *row_of(g, session); at != 0; at = g->ring[at - 1].older)
		if (memcmp(g->ring[at - 1].session, session,
		    SS_SESSION_ID) == 0)
			return &g->ring[at - 1].ghost;
	return NULL;
}
