/* heap: stands before libc's heap in every program of a login (the sandbox's /etc/ld.so.preload), lets the n-th
 * allocation of one program fail, and reads every block that is freed for rows of digits: neither a code nor an answer may be
 * left in one. A block that realloc moves was freed as well.
 *
 * A program that is not ours, or a sandbox without the page, has libc's heap as ever. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fault/page.h"

#define EXPORTED __attribute__((visibility("default")))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void __libc_free(void *block);

static struct page *page;
static enum role role;

static enum role role_of(const char *name)
{
	if (strcmp(name, "login_host") == 0)
		return ROLE_HOST;
	if (strcmp(name, "sms-otpd") == 0)
		return ROLE_ENGINE;
	if (strcmp(name, "sms-otp-send") == 0)
		return ROLE_SENDER;
	return strcmp(name, "sms-otp") == 0 ? ROLE_CLI : ROLE_NONE;
}

__attribute__((constructor)) static void attach(void)
{
	role = role_of(program_invocation_short_name);
	if (role == ROLE_NONE)
		return;
	int fd = open(PAGE_PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	void *at = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED)
		page = at;
	close(fd);
}

/* --- allocations that fail --- */

static bool fails(void)
{
	if (!page || (role == ROLE_HOST && !page->window))
		return false;
	int64_t n = __atomic_add_fetch(&page->heap_calls[role], 1, __ATOMIC_RELAXED);
	if (page->heap_role != role || n < page->heap_nth ||
		(n > page->heap_nth && !page->heap_for_good))
		return false;
	page->heap_hits++;
	errno = ENOMEM;
	return true;
}

/* --- blocks that are freed --- */

static void note(const char *block, size_t size, const char *digits, const void *caller)
{
	uint32_t at = __atomic_fetch_add(&page->nfreed, 1, __ATOMIC_RELAXED);

	if (at >= PAGE_FREED_MAX)
		return;
	struct page_freed *f = &page->freed[at];
	memcpy(f->digits, digits, PAGE_DIGITS);
	f->digits[PAGE_DIGITS] = '\0';
	size_t before = (size_t)(digits - block) < 16 ? (size_t)(digits - block) : 16;
	size_t left = size - (size_t)(digits - block) + before;
	memset(f->text, 0, sizeof f->text);
	memcpy(f->text, digits - before, left < PAGE_TEXT - 1 ? left : PAGE_TEXT - 1);
	f->role = role;
	f->size = (uint32_t)size;
	Dl_info info;
	memset(f->from, 0, sizeof f->from);
	if (dladdr(caller, &info) && info.dli_fname) {
		const char *slash = strrchr(info.dli_fname, '/');

		strncpy(f->from, slash ? slash + 1 : info.dli_fname, sizeof f->from - 1);
		f->caller = (uintptr_t)caller - (uintptr_t)info.dli_fbase;
	}
}

static void look(const char *block, size_t size, const void *caller)
{
	size_t run = 0;

	for (size_t i = 0; i < size; i++) {
		run = block[i] >= '0' && block[i] <= '9' ? run + 1 : 0;
		if (run >= PAGE_DIGITS)
			note(block, size, block + i + 1 - PAGE_DIGITS, caller);
	}
}

static void look_before_free(const void *block, const void *caller)
{
	int saved = errno;

	if (page && block)
		look(block, malloc_usable_size((void *)(uintptr_t)block), caller);
	errno = saved;
}

/* --- what programs call --- */

EXPORTED void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

EXPORTED void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

EXPORTED void free(void *block)
{
	look_before_free(block, __builtin_return_address(0));
	__libc_free(block);
}

EXPORTED void *realloc(void *old, size_t size)
{
	if (fails())
		return NULL;
	if (!page || !old)
		return __libc_realloc(old, size);
	/* always another block: one that happens to grow in place would hide what another day shows */
	void *block = __libc_malloc(size);
	if (!block)
		return NULL;
	size_t had = malloc_usable_size(old);
	memcpy(block, old, had < size ? had : size);
	look_before_free(old, __builtin_return_address(0));
	__libc_free(old);
	return block;
}

EXPORTED void *reallocarray(void *old, size_t n, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(n, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, whole);
}

EXPORTED void *memalign(size_t align, size_t size)
{
	return fails() ? NULL : __libc_memalign(align, size);
}

EXPORTED void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

EXPORTED int posix_memalign(void **out, size_t align, size_t size)
{
	void *block = memalign(align, size);

	if (!block)
		return ENOMEM;
	*out = block;
	return 0;
}
