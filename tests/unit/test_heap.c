#include "sender/heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* What a block holds when it is freed. */
void __real_free(void *block);
void __wrap_free(void *block);
static const char *watched;
static int freed, leaked;

void __wrap_free(void *block)
{
	if (watched && block) {
		freed++;
		/* the block's own head is in front of what was given out */
		leaked += memmem(block, malloc_usable_size(block), watched, strlen(watched)) != NULL;
	}
	__real_free(block);
}

static char *filled(void)
{
	char *block = heap_malloc(40);
	ck_assert_ptr_nonnull(block);
	memset(block, 0, 40);
	memcpy(block, "the code is 0123456789", 23);
	freed = leaked = 0;
	watched = "0123456789";
	return block;
}

START_TEST(freed_blocks_are_wiped)
{
	heap_free(filled());
	watched = NULL;
	ck_assert_int_eq(freed, 1);
	ck_assert_int_eq(leaked, 0);
	heap_free(NULL);
}
END_TEST

START_TEST(blocks_that_grow_or_shrink_leave_nothing_behind)
{
	char *block = heap_realloc(filled(), 4000);
	ck_assert_str_eq(block, "the code is 0123456789");
	block = heap_realloc(block, 22);
	ck_assert_mem_eq(block, "the code is 0123456789", 22);
	heap_free(block);
	watched = NULL;
	ck_assert_int_ge(freed, 3); /* check frees as well */
	ck_assert_int_eq(leaked, 0);
}
END_TEST

START_TEST(gives_what_libc_gives)
{
	char *none = heap_realloc(NULL, 3), *zero = heap_calloc(5, 8), *copy = heap_strdup("abc");
	static const char zeros[40];
	ck_assert_ptr_nonnull(none);
	ck_assert_mem_eq(zero, zeros, sizeof zeros);
	ck_assert_str_eq(copy, "abc");
	ck_assert_int_eq((int)((uintptr_t)zero % 16), 0);
	ck_assert_ptr_null(heap_calloc(SIZE_MAX / 2, 3));
	ck_assert_ptr_null(heap_malloc(SIZE_MAX - 1));
	heap_free(none);
	heap_free(zero);
	heap_free(copy);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("heap");
	TCase *t = tcase_create("heap");
	tcase_add_test(t, freed_blocks_are_wiped);
	tcase_add_test(t, blocks_that_grow_or_shrink_leave_nothing_behind);
	tcase_add_test(t, gives_what_libc_gives);
	suite_add_tcase(s, t);
	return s;
}
