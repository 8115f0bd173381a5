/* ss_book.c - accounts by port and name in one mapping for all workers. Knows
 * none of the limits. */
#include "ss_book.h"

#include "base/limits.h"
#include "base/text.h"
#include "core/log.h"
#include "port/child.h"
#include "ss_users.h"

struct entry {
	struct ss_account account;
	uint32_t holders;	/* in all processes; 0 = free */
	uint16_t number;
	bool used;		/* once at least: a search goes on behind it */
	char name[SS_USER_NAME];	/* "": the port itself */
};

#define ENTRIES (LIMIT_LISTENERS + LIMIT_USERS)

struct book {
	uint32_t lock;		/* of each account too */
	struct entry entry[ENTRIES];
};
static struct book *book;	/* NULL: this process is alone */

int ss_book_share(void)
{
	book = port_shared_map(sizeof(*book));
	if (book == NULL)
		return -E_NOMEM;
	ss_accounts_share(&book->lock);
	return 0;
}

static uint32_t place_of(uint16_t number, const char *name)
{
	uint32_t h = number;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return (h ^ h >> 16) % ENTRIES;
}

/* The one that is held, else one that can be; NULL = all are held. */
static struct entry *find(uint16_t number, const char *name)
{
	uint32_t at = place_of(number, name), i;
	struct entry *e, *spare = NULL;

	for (i = 0; i < ENTRIES; i++, at = (at + 1) % ENTRIES) {
		e = &book->entry[at];
		if (e->holders > 0 && e->number == number &&
		    strcmp(e->name, name) == 0)
			return e;
		if (e->holders == 0 && spare == NULL)
			spare = e;
		if (!e->used)
			break;
	}
	return spare;
}

static void begin(struct entry *e, uint16_t number, const char *name)
{
	memset(e, 0, sizeof(*e));
	e->used = true;
	e->number = number;
	text_copy(e->name, sizeof(e->name), name);
}

struct ss_account *ss_book_open(uint16_t number, const char *name,
    struct ss_account *own)
{
	struct entry *e = NULL;

	if (book == NULL)
		return own;
	if (name == NULL)
		name = "";
	if (port_shared_lock(&book->lock)) {
		e = find(number, name);
		if (e != NULL && e->holders == 0)
			begin(e, number, name);
		if (e != NULL)
			e->holders++;
		port_shared_unlock(&book->lock);
	}
	if (e != NULL)
		return &e->account;
	log_error("port=%u%s%s: counted by each worker for itself", number,
	    *name != '\0' ? " user=" : "", name);
	return own;
}

void ss_book_close(struct ss_account *a, struct ss_account *own)
{
	struct entry *e;
	bool entered;

	if (a == own)
		return;
	e = OWNER(a, struct entry, account);
	entered = port_shared_lock(&book->lock);
	ASSERT(e->holders > 0);
	e->holders--;
	if (entered)
		port_shared_unlock(&book->lock);
}

void ss_book_died(int pid)
{
	if (book != NULL && port_shared_has(&book->lock, pid))
		port_shared_unlock(&book->lock);
}
