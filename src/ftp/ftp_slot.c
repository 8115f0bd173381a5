/* ftp_slot.c - slots of a shared mapping, whole pages each. What is in them may
 * be anything: the monitor looks at no octet of it. */
#include "ftp_slot.h"

#include "port/child.h"

static struct {
	uint8_t *mem;
	size_t size;		/* of one */
	uint32_t n;
} slots;

int ftp_slots_make(uint32_t n)
{
	size_t page = port_page();

	slots.size = (sizeof(struct ftp_slot) + page - 1) / page * page;
	slots.n = n;
	slots.mem = port_shared_map(slots.size * n);
	return slots.mem == NULL ? -E_NOMEM : 0;
}

void ftp_slots_free(void)
{
	if (slots.mem != NULL)
		port_shared_unmap(slots.mem, slots.size * slots.n);
	slots.mem = NULL;
}

static uint8_t *slot_at(uint32_t at)
{
	ASSERT(at < slots.n);
	return slots.mem + slots.size * at;
}

struct ftp_slot *ftp_slot(uint32_t at)
{
	return (struct ftp_slot *)(void *)slot_at(at);
}

void ftp_slots_keep(uint32_t at)
{
	port_shared_unmap(slots.mem, slots.size * at);
	port_shared_unmap(slot_at(at) + slots.size,
	    slots.size * (slots.n - at - 1));
}

int ftp_slot_take(uint32_t at)
{
	return port_shared_take(slot_at(at), slots.size);
}

void ftp_slot_spare(uint32_t at)
{
	size_t from = offsetof(struct ftp_slot, kept);

	port_pages_drop(slot_at(at) + from, slots.size - from);
}

void ftp_slot_wipe(uint32_t at)
{
	port_shared_wipe(slot_at(at), slots.size);
}
