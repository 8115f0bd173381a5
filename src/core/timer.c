/*
 * timer.c - a hierarchical wheel of timers. Knows no clock: l->now_ms.
 *
 * Time is counted in ticks. A timer's tick and the wheel's tick, read as digits
 * of base 64, first differ in some digit: that digit is the timer's wheel, and
 * the timer's own digit there is its slot. So wheel 0 holds what is due within
 * the present 64 ticks, one tick per slot, and all of wheel n is due before
 * anything in wheel n + 1. When the tick reaches the start of a slot, its
 * timers move to lower wheels, or are due. A bitmap per wheel finds the next
 * slot, so a jump over hours costs only the slots that hold something. Bits of
 * slots that became empty are cleared when met.
 */
#include "timer.h"

#define DIGIT 6
#define TICK_BITS 4

_Static_assert(TIMER_SLOTS == 1 << DIGIT, "a digit per wheel");
_Static_assert(TIMER_TICK_MS == 1 << TICK_BITS, "ticks by shifting");

static int64_t tick_after(int64_t ms)
{
	if (ms < 0)
		return 0;
	return (ms >> TICK_BITS) + ((ms & (TIMER_TICK_MS - 1)) != 0);
}

void timers_open(struct loop *l)
{
	l->timers.tick = l->now_ms >> TICK_BITS;
	list_init(&l->timers.due);
	list_init(&l->timers.far);
}

static struct list *home(struct loop *l, int64_t tick)
{
	uint64_t differ = (uint64_t)(tick ^ l->timers.tick);
	int wheel = 0;
	size_t slot;

	if (tick <= l->timers.tick)
		return &l->timers.due;
	while (differ >> DIGIT != 0) {
		differ >>= DIGIT;
		wheel++;
	}
	if (wheel >= TIMER_WHEELS)
		return &l->timers.far;
	slot = (size_t)(tick >> (DIGIT * wheel)) % TIMER_SLOTS;
	l->timers.bits[wheel] |= (uint64_t)1 << slot;
	return &l->timers.slot[wheel][slot];
}

static void place(struct loop *l, struct timer *t)
{
	struct list *head = home(l, tick_after(t->at_ms));

	if (head->next == NULL)
		list_init(head);
	list_push(head, &t->link);
}

void timer_set(struct loop *l, struct timer *t, int64_t at_ms, timer_fn *fn)
{
	timer_stop(l, t);
	t->at_ms = at_ms;
	t->fn = fn;
	place(l, t);
	l->timers.armed++;
}

void timer_stop(struct loop *l, struct timer *t)
{
	l->timers.armed -= timer_is_set(t);
	list_remove(&t->link);
}

bool timer_is_set(const struct timer *t)
{
	return !list_empty(&t->link);
}

/* The first slot that holds timers, and the tick at which it starts. */
static struct list *next_slot(struct loop *l, int64_t *start)
{
	int64_t tick = l->timers.tick;
	int shift = 0;

	for (int wheel = 0; wheel < TIMER_WHEELS; wheel++, shift += DIGIT) {
		uint64_t *bits = &l->timers.bits[wheel];

		for (; *bits != 0; *bits &= *bits - 1) {
			int slot = __builtin_ctzll(*bits);

			*start = tick >> (shift + DIGIT) << (shift + DIGIT) |
			    (int64_t)slot << shift;
			if (!list_empty(&l->timers.slot[wheel][slot]))
				return &l->timers.slot[wheel][slot];
		}
	}
	*start = ((tick >> shift) + 1) << shift;
	return list_empty(&l->timers.far) ? NULL : &l->timers.far;
}

int64_t timers_next_ms(struct loop *l)
{
	int64_t start;

	if (!list_empty(&l->timers.due))
		return 0;
	if (next_slot(l, &start) == NULL)
		return POLL_FOREVER;
	return start << TICK_BITS;
}

/* Each timer of a slot goes where the new tick puts it. */
static void spread(struct loop *l, struct list *slot)
{
	list_push(slot, &l->mark);
	while (slot->next != &l->mark)
		place(l, OWNER(list_pop(slot), struct timer, link));
	list_remove(&l->mark);
}

static void advance(struct loop *l, int64_t to)
{
	struct list *slot;
	int64_t start;

	while ((slot = next_slot(l, &start)) != NULL && start <= to) {
		l->timers.tick = start;
		spread(l, slot);
	}
	l->timers.tick = MAX(l->timers.tick, to);
}

void timers_run(struct loop *l)
{
	struct list *due = &l->timers.due;

	advance(l, l->now_ms >> TICK_BITS);
	list_push(due, &l->mark);
	while (due->next != &l->mark) {
		struct timer *t = OWNER(list_pop(due), struct timer, link);

		l->timers.armed--;
		t->fn(t);
	}
	list_remove(&l->mark);
}
