/* list.h - intrusive doubly linked lists; a link lives in its owner.
 * Knows nothing of the owners; OWNER() in base.h finds them. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/base.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

/* True for an empty head, and for a link that is on no list. */
static inline bool list_empty(const struct list *l)
{
	return l->next == l || l->next == NULL;
}

/* Puts link last. The link must be on no list. */
static inline void list_push(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

static inline void list_push_front(struct list *head, struct list *link)
{
	list_push(head->next, link);
}

/* Takes the link off its list; harmless when it is on none. */
static inline void list_remove(struct list *link)
{
	if (link->next == NULL)
		return;
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* First link taken off, or NULL. */
static inline struct list *list_pop(struct list *head)
{
	struct list *first = head->next;

	if (list_empty(head))
		return NULL;
	list_remove(first);
	return first;
}

#endif
