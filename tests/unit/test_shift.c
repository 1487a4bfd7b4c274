/* The test is the engine; what the sender does about an order is played. */
#include "sender/shift.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"
#include "wire/word.h"

static int engine, sender;
static int worked;	   /* orders */
static bool keeps = true; /* the next order leaves something to keep */
static pthread_t thread;

static void work(const struct order *o, int64_t start_ms, struct errand_kept *kept, struct receipt *r)
{
	(void)start_ms;
	worked++;
	r->outcome = RECEIPT_ACCEPTED;
	memcpy(r->message_id, o->text, 6);
	if (kept)
		kept->ready = keeps;
}

static void *serve(void *stay)
{
	struct shift s = { sender, sender, stay != NULL, work };
	intptr_t rc = shift_run(&s);
	close(sender);
	return (void *)rc;
}

static void begin(bool stay)
{
	int pair[2];
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	engine = pair[0], sender = pair[1];
	worked = 0, keeps = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, serve, stay ? &worked : NULL), 0);
}

static int64_t soon(void)
{
	return clock_boot_ms() + 3000;
}

static void give(const char *text, const char *description)
{
	struct order o = { .action = ORDER_ACTION_SEND, .time_ms = 5000, .number = "+491701234512" };
	struct fault f = FAULT_INIT;
	strcpy(o.text, text);
	strcpy(o.description, description);
	ck_assert_int_eq(order_send(engine, &o, soon(), &f), 0);
}

static void hear_receipt(const char *id)
{
	struct receipt r;
	struct fault f = FAULT_INIT;
	ck_assert_msg(order_receive_receipt(engine, &r, soon(), &f) == 0, "%s", f.text);
	ck_assert_str_eq(r.message_id, id);
}

static void hear(enum word word)
{
	struct fault f = FAULT_INIT;
	ck_assert_msg(word_hear(engine, word, soon(), &f) == 0, "%s", f.text);
}

/* Nothing more is said, and the shift has ended. */
static void is_over(int rc)
{
	char byte;
	void *status;
	ck_assert_int_eq(pthread_join(thread, &status), 0);
	ck_assert_int_eq((intptr_t)status, rc);
	ck_assert_int_le(recv(engine, &byte, 1, 0), 0);
}

START_TEST(one_order_and_the_end_unless_it_stays)
{
	begin(false);
	give("123456", "dexatel");
	hear_receipt("123456");
	is_over(0);
	ck_assert_int_eq(worked, 1);
}
END_TEST

START_TEST(e9_orders_one_after_another_with_a_word_before_each_but_the_first)
{
	begin(true);
	give("111111", "dexatel");
	hear_receipt("111111");
	hear(WORD_READY);
	for (int i = 0; i < 3; i++) {
		give("222222", "dexatel");
		hear(WORD_TAKEN);
		hear_receipt("222222");
		hear(WORD_READY);
	}
	close(engine);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(worked, 4);
}
END_TEST

START_TEST(what_leaves_nothing_to_keep_is_the_last)
{
	begin(true);
	give("111111", "dexatel");
	hear_receipt("111111");
	hear(WORD_READY);
	keeps = false;
	give("222222", "dexatel");
	hear(WORD_TAKEN);
	hear_receipt("222222");
	is_over(0);
}
END_TEST

START_TEST(e7_another_route_ends_it_before_anything_is_done)
{
	begin(true);
	give("111111", "dexatel");
	hear_receipt("111111");
	hear(WORD_READY);
	give("222222", "twilio");
	is_over(0);
	ck_assert_int_eq(worked, 1);
}
END_TEST

START_TEST(c7_half_an_order_ends_it_before_anything_is_done)
{
	begin(true);
	give("111111", "dexatel");
	hear_receipt("111111");
	hear(WORD_READY);
	ck_assert_int_eq(write(engine, "O\1\1\0\0\0\1", 7), 7);
	shutdown(engine, SHUT_WR);
	is_over(0);
	ck_assert_int_eq(worked, 1);
}
END_TEST

START_TEST(a_first_order_that_is_none_has_a_receipt)
{
	struct receipt r;
	struct fault f = FAULT_INIT;
	begin(true);
	ck_assert_int_eq(write(engine, "GET / HTTP/1.1\r\n\r\n", 18), 18);
	ck_assert_int_eq(order_receive_receipt(engine, &r, soon(), &f), 0);
	ck_assert_int_eq(r.outcome, RECEIPT_REQUEST);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(worked, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("shift");
	TCase *t = tcase_create("shift");
	tcase_set_timeout(t, 20);
	tcase_add_test(t, one_order_and_the_end_unless_it_stays);
	tcase_add_test(t, e9_orders_one_after_another_with_a_word_before_each_but_the_first);
	tcase_add_test(t, what_leaves_nothing_to_keep_is_the_last);
	tcase_add_test(t, e7_another_route_ends_it_before_anything_is_done);
	tcase_add_test(t, c7_half_an_order_ends_it_before_anything_is_done);
	tcase_add_test(t, a_first_order_that_is_none_has_a_receipt);
	suite_add_tcase(s, t);
	return s;
}
