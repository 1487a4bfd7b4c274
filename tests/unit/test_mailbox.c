#include "cli/mailbox.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define TO_ALICE                                                                                   \
	"2026-11-23T07:22:52Z +4917012345612\n493027 is your code for sshd on web01 (user alice, " \
	"ref K7QF).\n\n"
#define TO_BOB                                                                                     \
	"2026-11-23T07:22:53Z +4917012345634\n111111 is your code for sshd on web01 (user bob, "   \
	"ref K7QG).\n\n"
#define OLD                                                                                        \
	"2026-11-23T07:22:54Z +4917012345699 voice\nThe phone of user alice on web01 was "         \
	"changed.\n\n"
#define GERMAN                                                                                     \
	"2026-11-23T07:22:54Z +4917012345699\n493027 ist Ihr Code f\xc3\xbcr sshd auf web01 "        \
	"(Benutzer alice, Ref. K7QF).\n@host.example #493027\n\n"
#define FURTHER "2026-11-23T07:22:57Z +4917012345699\nEin weiteres Telefon f\xc3\xbcr Codes von Benutzer alice auf web01\n\n"
#define ALICES  "2026-11-23T07:22:55Z +4917012345634\n222222 is for user alice-2.\n\n"
#define QUOTING "2026-11-23T07:22:56Z +4917012345634\n+4917012345612 called\n\n"

START_TEST(g5_every_message_of_a_user_is_cut)
{
	static const struct {
		const char *name, *text, *number, *user, *left;
		size_t n;
	} cases[] = {
		{ "nothing", "", "+4917012345612", "alice", "", 0 },
		{ "by number and name", TO_ALICE TO_BOB, "+4917012345612", "alice", TO_BOB, 1 },
		{ "by number alone", TO_ALICE TO_BOB, "+4917012345634", "carol", TO_ALICE, 1 },
		{ "an old number, by the name", OLD TO_BOB OLD, "+4917012345612", "alice", TO_BOB,
			2 },
		{ "a name in German", GERMAN TO_BOB, NULL, "alice", TO_BOB, 1 },
		{ "a notification in German", FURTHER TO_BOB, NULL, "alice", TO_BOB, 1 },
		{ "not everybody's", FURTHER, NULL, "alice-2", FURTHER, 0 },
		{ "another word of the German", GERMAN, NULL, "Benutzer", GERMAN, 0 },
		{ "another part of the bracket", GERMAN, NULL, "K7QF", GERMAN, 0 },
		{ "no number known", TO_BOB TO_ALICE, NULL, "alice", TO_BOB, 1 },
		{ "a name that is a word of everybody's", TO_BOB, "+4917012345612", "code", TO_BOB, 0 },
		{ "a longer name is somebody else's", ALICES, NULL, "alice", ALICES, 0 },
		{ "a part of a number is no number", TO_BOB, "+491701234563", "carol", TO_BOB, 0 },
		{ "a number within a text", QUOTING TO_BOB, "+4917012345612", "carol", TO_BOB, 1 },
		{ "a cut last message", TO_BOB "2026-11-23T07:22:52Z +4917012345612\n4930",
			"+4917012345612", "alice", TO_BOB, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024];
		size_t n, len;

		snprintf(text, sizeof(text), "%s", cases[i].text);
		len = mailbox_cut(text, strlen(text), cases[i].number, cases[i].user, &n);
		text[len] = 0;
		ck_assert_msg(strcmp(text, cases[i].left) == 0, "%s: %s", cases[i].name, text);
		ck_assert_msg(n == cases[i].n, "%s: %zu", cases[i].name, n);
	}
}
END_TEST

START_TEST(last_messages_begin_at_their_head)
{
	static const struct {
		uint32_t n;
		size_t offset;
	} cases[] = {
		{ 0, sizeof(TO_ALICE) + sizeof(QUOTING) + sizeof(OLD) - 3 },
		{ 1, sizeof(TO_ALICE) + sizeof(QUOTING) - 2 },
		{ 2, sizeof(TO_ALICE) - 1 },
		{ 3, 0 },
		{ 4, 0 },
	};
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	fputs(TO_ALICE QUOTING OLD, file);
	fflush(file);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = FAULT_INIT;
		int64_t offset = -1;

		ck_assert_int_eq(mailbox_last(fileno(file), cases[i].n, &offset, &f), 0);
		ck_assert_msg(offset == (int64_t)cases[i].offset, "%u: %ld", (unsigned)cases[i].n,
			(long)offset);
	}
	fclose(file);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("mailbox");
	TCase *t = tcase_create("mailbox");

	tcase_add_test(t, g5_every_message_of_a_user_is_cut);
	tcase_add_test(t, last_messages_begin_at_their_head);
	suite_add_tcase(s, t);
	return s;
}
