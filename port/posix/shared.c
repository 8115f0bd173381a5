/* shared.c - memory that a process and its children have in common. */
#include <sys/mman.h>
#include <unistd.h>

#include "port/child.h"
#include "port/proc.h"

size_t port_page(void)
{
	long n = sysconf(_SC_PAGESIZE);

	return n > 0 ? (size_t)n : 4096;
}

static void *map(void *at, size_t len, int flags)
{
	void *mem = mmap(at, len, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | flags, -1, 0);

	return mem == MAP_FAILED ? NULL : mem;
}

void *port_shared_map(size_t len)
{
	return map(NULL, len, MAP_SHARED);
}

void port_shared_unmap(void *mem, size_t len)
{
	if (len > 0)
		(void)munmap(mem, len);
}

/* Whoever has it has it for less than a microsecond, unless he lost the
 * processor meanwhile. */
bool port_shared_lock(uint32_t *lock)
{
	uint32_t mine = (uint32_t)getpid();
	int i;

	for (i = 0; i < 1000 + 50; i++) {
		uint32_t none = 0;

		if (__atomic_compare_exchange_n(lock, &none, mine, false,
		    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
		if (i >= 1000)
			port_sleep_ms(1);
	}
	return false;
}

void port_shared_unlock(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

bool port_shared_has(const uint32_t *lock, int pid)
{
	return __atomic_load_n(lock, __ATOMIC_ACQUIRE) == (uint32_t)pid;
}

/* An emulator takes MADV_REMOVE and does nothing: so they are zeroed before.
 * Pages that were never used stay so. */
void port_shared_wipe(void *mem, size_t len)
{
	static const uint8_t zeros[256];
	uint8_t *p = mem;
	size_t i;

	for (i = 0; i + sizeof zeros <= len; i += sizeof zeros)
		if (memcmp(p + i, zeros, sizeof zeros) != 0)
			wipe(p + i, sizeof zeros);
	wipe(p + i, len - i);
#ifdef MADV_REMOVE
	(void)madvise(mem, len, MADV_REMOVE);
#endif
}

void port_pages_drop(void *mem, size_t len)
{
#if defined(MADV_DONTNEED) && defined(__linux__)
	size_t page = port_page(), head = (page - (uintptr_t)mem % page) % page;

	if (len >= head + page)
		(void)madvise((uint8_t *)mem + head,
		    (len - head) / page * page, MADV_DONTNEED);
#else
	(void)mem;
	(void)len;
#endif
}

/* Pages of zeros stay untouched. */
static void copy(uint8_t *to, const uint8_t *from, size_t len, size_t page)
{
	for (size_t i = 0; i < len; i += page) {
		size_t n = MIN(page, len - i), at = 0;

		while (at < n && from[i + at] == 0)
			at++;
		if (at < n)
			memcpy(to + i, from + i, n);
	}
}

int port_shared_take(void *mem, size_t len)
{
	size_t page = port_page();
	uint8_t *mine = map(NULL, len, MAP_PRIVATE);

	if (mine == NULL)
		return -E_NOMEM;
	copy(mine, mem, len, page);
	port_shared_wipe(mem, len);
	if (map(mem, len, MAP_PRIVATE | MAP_FIXED) == NULL) {
		copy(mem, mine, len, page);
		(void)munmap(mine, len);
		return -E_NOMEM;
	}
	copy(mem, mine, len, page);
	wipe(mine, len);
	(void)munmap(mine, len);
	return 0;
}
