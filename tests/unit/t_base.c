/* t_base.c - errors, secrets, integers as octets, lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/endian.h"
#include "base/list.h"
#include "src/base/err.c"
#include "src/base/wipe.c"

static void each_error_has_a_text(void **state)
{
	(void)state;
	for (int e = 1; e < E_COUNT; e++) {
		assert_non_null(err_text(e));
		assert_ptr_equal(err_text(e), err_text(-e));
		for (int other = 0; other < e; other++)
			assert_string_not_equal(err_text(e), err_text(other));
	}
	assert_string_equal(err_text(-E_REFUSED), "connection refused");
	assert_string_equal(err_text(E_COUNT), "unknown error");
	assert_string_equal(err_text(INT32_MIN), "unknown error");
}

static void wiping_reaches_both_ends_only(void **state)
{
	uint8_t mem[10];

	(void)state;
	memset(mem, 7, sizeof(mem));
	wipe(mem + 1, 8);
	assert_int_equal(mem[0], 7);
	for (int i = 1; i < 9; i++)
		assert_int_equal(mem[i], 0);
	assert_int_equal(mem[9], 7);
	wipe(NULL, 0);
}

static void equality_sees_every_bit(void **state)
{
	uint8_t a[16], b[16];

	(void)state;
	memset(a, 0x5a, sizeof(a));
	memcpy(b, a, sizeof(b));
	assert_true(equal_ct(a, b, sizeof(a)));
	assert_true(equal_ct(a, b, 0));
	for (unsigned bit = 0; bit < 8 * sizeof(b); bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(equal_ct(a, b, sizeof(a)));
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void integers_are_octets_in_order(void **state)
{
	uint8_t m[9] = { 0 };

	(void)state;
	/* Odd addresses on purpose. */
	put_u64be(m + 1, 0x0102030405060708u);
	for (int i = 1; i < 9; i++)
		assert_int_equal(m[i], i);
	assert_true(get_u64be(m + 1) == 0x0102030405060708u);
	assert_true(get_u32be(m + 1) == 0x01020304u);
	assert_true(get_u32le(m + 1) == 0x04030201u);
	assert_int_equal(get_u16be(m + 1), 0x0102);
	put_u32le(m + 1, 0xfffefdfcu);
	assert_true(get_u32be(m + 1) == 0xfcfdfeffu);
	assert_true(get_u32le(m + 1) == 0xfffefdfcu);
	put_u16be(m + 3, 0xff80);
	assert_int_equal(get_u16be(m + 3), 0xff80);
}

static void lists_keep_their_order(void **state)
{
	struct list head, link[4];

	(void)state;
	memset(link, 0, sizeof(link));
	list_init(&head);
	assert_true(list_empty(&head));
	assert_true(list_empty(&link[0]));
	assert_null(list_pop(&head));
	list_remove(&link[0]);
	list_push(&head, &link[1]);
	list_push(&head, &link[2]);
	list_push_front(&head, &link[0]);
	list_push(&head, &link[3]);
	list_remove(&link[2]);
	list_remove(&link[2]);
	assert_true(list_empty(&link[2]));
	assert_ptr_equal(list_pop(&head), &link[0]);
	assert_ptr_equal(list_pop(&head), &link[1]);
	assert_ptr_equal(list_pop(&head), &link[3]);
	assert_true(list_empty(&head));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_has_a_text),
		cmocka_unit_test(wiping_reaches_both_ends_only),
		cmocka_unit_test(equality_sees_every_bit),
		cmocka_unit_test(integers_are_octets_in_order),
		cmocka_unit_test(lists_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
