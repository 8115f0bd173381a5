/* ss_many.c - members between brackets, datagram by datagram. Knows neither
 * members nor sockets. */
#include "ss_many.h"

static void put(struct ss_many *m, const char *text)
{
	size_t len = strlen(text);

	ASSERT(m->len + len <= m->to->room);
	memcpy(m->to->mem + m->len, text, len);
	m->len += len;
}

static void say(struct ss_many *m)
{
	put(m, m->close);
	m->to->say(m->to, m->to->mem, m->len);
	m->len = m->n = 0;
	m->said = true;
}

/* Behind what is there, with room left for the end. */
static bool add(struct ss_many *m, ss_member_fn *make, const void *what)
{
	size_t before = m->len, room;

	if (m->n == 0)
		put(m, m->open);
	else if (m->len + strlen(m->next) + strlen(m->close) < m->to->room)
		put(m, m->next);
	else
		return false;
	room = m->to->room - m->len - strlen(m->close);
	room = make(m->to->mem + m->len, room, what);
	if (room == 0) {
		m->len = before;
		return false;
	}
	m->len += room;
	m->n++;
	return true;
}

int ss_many_add(struct ss_many *m, ss_member_fn *make, const void *what)
{
	if (add(m, make, what))
		return 0;
	if (m->n == 0)
		return -E_LONG;
	say(m);
	return add(m, make, what) ? 0 : -E_LONG;
}

void ss_many_end(struct ss_many *m)
{
	if (m->n == 0 && m->said)
		return;
	if (m->n == 0)
		put(m, m->open);
	say(m);
}
