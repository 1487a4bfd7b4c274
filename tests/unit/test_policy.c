#include "core/policy.h"

#include <string.h>

#include "unit.h"

START_TEST(c3_a_code_is_required_unless_said_otherwise)
{
	static const struct {
		const char *name;
		bool given;
		const char *listed; /* the one service in `services` */
		enum settings_otherwise unlisted;
		const char *bare; /* the one service in `without_password` */
		bool factor;
		enum verdict verdict;
		enum talk_reason reason;
	} cases[] = {
		{ "default", false, "", SETTINGS_REFUSE, "", true, VERDICT_CHALLENGE,
			TALK_REASON_NONE },
		{ "listed", true, "sshd", SETTINGS_REFUSE, "", true, VERDICT_CHALLENGE,
			TALK_REASON_NONE },
		{ "unlisted", true, "sudo", SETTINGS_REFUSE, "", true, VERDICT_DENY,
			TALK_REASON_UNLISTED },
		{ "unlisted ignored", true, "sudo", SETTINGS_IGNORE, "", true, VERDICT_EXEMPT,
			TALK_REASON_EXEMPT },
		{ "unlisted garbage", true, "sudo", (enum settings_otherwise)1, "", true,
			VERDICT_DENY, TALK_REASON_UNLISTED },
		{ "ignore without a list", false, "", SETTINGS_IGNORE, "", true, VERDICT_CHALLENGE,
			TALK_REASON_NONE },
		{ "prefix is not listed", true, "ssh", SETTINGS_REFUSE, "", true, VERDICT_DENY,
			TALK_REASON_UNLISTED },
		{ "d4 no first factor", false, "", SETTINGS_REFUSE, "", false, VERDICT_DENY,
			TALK_REASON_NO_FIRST_FACTOR },
		{ "d4 no first factor, either kind of peer", false, "", SETTINGS_REFUSE, "", false,
			VERDICT_DENY, TALK_REASON_NO_FIRST_FACTOR },
		{ "d4 none needed", false, "", SETTINGS_REFUSE, "sshd", false, VERDICT_CHALLENGE,
			TALK_REASON_NONE },
		{ "d4 none needed elsewhere", false, "", SETTINGS_REFUSE, "vpn", false,
			VERDICT_DENY, TALK_REASON_NO_FIRST_FACTOR },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static struct settings s;
		struct facts facts = { .first_factor = cases[i].factor, .trusted = i % 2 == 0 };
		memset(&s, 0, sizeof s);
		strcpy(facts.service, "sshd");
		s.services_given = cases[i].given;
		s.nservices = cases[i].given ? 1 : 0;
		strcpy(s.services[0], cases[i].listed);
		s.unlisted = cases[i].unlisted;
		s.nwithout_password = cases[i].bare[0] ? 1 : 0;
		strcpy(s.without_password[0], cases[i].bare);
		struct policy_answer a = policy_for_service(&s, &facts);
		if (a.verdict == VERDICT_CHALLENGE)
			a = policy_for_evidence(&s, &facts);
		ck_assert_msg(a.verdict == cases[i].verdict && a.reason == cases[i].reason, "%s",
			cases[i].name);
	}
}
END_TEST

/* Each of a list counts, and nothing that stands behind its end. */
START_TEST(c3_lists_have_their_length)
{
	static struct settings s = { .services_given = true, .nservices = 2 };
	struct facts facts = { .service = "sudo" };

	strcpy(s.services[0], "sshd");
	strcpy(s.services[1], "sudo");
	strcpy(s.services[2], "su");
	ck_assert(policy_for_service(&s, &facts).verdict == VERDICT_CHALLENGE);
	strcpy(facts.service, "su");
	ck_assert(policy_for_service(&s, &facts).verdict == VERDICT_DENY);
}
END_TEST

/* Nothing is sent there, and no other password is asked for. */
START_TEST(d4_forward_pass_needs_no_evidence)
{
	static struct settings s;
	struct facts facts = { .service = "sshd", .forward = true };

	ck_assert(policy_for_evidence(&s, &facts).verdict == VERDICT_CHALLENGE);
	facts.forward = false;
	ck_assert(policy_for_evidence(&s, &facts).verdict == VERDICT_DENY);
}
END_TEST

START_TEST(c3_unenrolled)
{
	static const enum settings_otherwise thens[] = { SETTINGS_REFUSE, SETTINGS_IGNORE,
		SETTINGS_ENROLL, (enum settings_otherwise)2 };
	static const enum verdict said[] = { VERDICT_DENY, VERDICT_EXEMPT, VERDICT_CHALLENGE,
		VERDICT_DENY };

	for (size_t i = 0; i < 4; i++)
		for (int why = UNENROLLED_SAID; why <= UNENROLLED_OCCASION; why++) {
			struct unenrolled_answer u = { .then = thens[i],
				.why = (enum unenrolled_why)why };
			struct policy_answer a = policy_for_unenrolled(&u);
			enum verdict want = why == UNENROLLED_SAID ? said[i] : VERDICT_DENY;
			ck_assert_int_eq(a.verdict, want);
			ck_assert_int_eq(a.reason, want == VERDICT_EXEMPT ? TALK_REASON_EXEMPT
						   : want == VERDICT_DENY ? TALK_REASON_NOT_ENROLLED
									  : TALK_REASON_NONE);
		}
}
END_TEST

START_TEST(c3_a_bypass_exempts)
{
	ck_assert_int_eq(policy_for_bypass(false).verdict, VERDICT_CHALLENGE);
	ck_assert_int_eq(policy_for_bypass(true).verdict, VERDICT_EXEMPT);
	ck_assert_int_eq(policy_for_bypass(true).reason, TALK_REASON_EXEMPT);
}
END_TEST

START_TEST(c3_only_a_skip_that_matched_exempts)
{
	static const enum settings_then thens[] = { SETTINGS_THEN_REFUSE, SETTINGS_THEN_REQUIRE,
		SETTINGS_THEN_SKIP, (enum settings_then)1 };
	static const enum rules_why whys[] = { RULES_NONE, RULES_MATCHED, RULES_UNTRUSTED,
		RULES_LOOKUP, (enum rules_why)7 };

	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 5; k++) {
			struct rules_answer rule = { .then = thens[i], .why = whys[k] };
			struct policy_answer a = policy_for_rule(&rule);
			bool skip = i == 2 && k == 1;
			ck_assert_int_eq(a.verdict, i == 1 ? VERDICT_CHALLENGE
						    : skip ? VERDICT_EXEMPT
							   : VERDICT_DENY);
			ck_assert_int_eq(a.reason, i == 1 ? TALK_REASON_NONE
						   : skip ? TALK_REASON_EXEMPT
							  : TALK_REASON_REFUSED);
		}
}
END_TEST

/* As if we were not there: but who has shown nothing, and will not have to, stays outside; and a host speaks of its own user. */
START_TEST(c3_observed_goes_on_behind_a_first_factor)
{
	for (unsigned i = 0; i < 16; i++) {
		struct facts facts = { .first_factor = i & 1, .forward = i & 2, .trusted = i & 4 };
		bool own = i & 8;
		struct policy_answer a = policy_for_observed(&facts, own);
		bool goes_on = own && (i & 3) != 0;
		ck_assert_int_eq(a.verdict, goes_on ? VERDICT_EXEMPT : VERDICT_DENY);
		ck_assert_int_eq(a.reason, goes_on ? TALK_REASON_EXEMPT : own ? TALK_REASON_NO_FIRST_FACTOR : TALK_REASON_REFUSED);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("policy");
	tcase_add_test(t, c3_a_code_is_required_unless_said_otherwise);
	tcase_add_test(t, c3_lists_have_their_length);
	tcase_add_test(t, d4_forward_pass_needs_no_evidence);
	tcase_add_test(t, c3_unenrolled);
	tcase_add_test(t, c3_a_bypass_exempts);
	tcase_add_test(t, c3_observed_goes_on_behind_a_first_factor);
	tcase_add_test(t, c3_only_a_skip_that_matched_exempts);
	suite_add_tcase(s, t);
	return s;
}
