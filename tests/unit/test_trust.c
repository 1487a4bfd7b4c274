#include "sender/trust.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char folder[300];

static void put(const char *name)
{
	char path[400];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void begin(const char *name)
{
	snprintf(folder, sizeof folder, "%s/%s", unit_folder(), name);
	ck_assert_int_eq(mkdir(folder, 0755), 0);
	/* as in every system's folder */
	put("ca-certificates.crt");
	put("Some_Root.pem");
}

static void put_links(const char *before, const char *after, int n)
{
	char name[64];
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "%s%06x%s", before, (unsigned)i, after);
		put(name);
	}
}

START_TEST(e4_a_folder_is_hashed_when_a_program_has_made_it_so)
{
	begin("full");
	put_links("ab", ".0", TRUST_LINKS);
	ck_assert(trust_hashed(folder));
	begin("second");
	put_links("00", ".12", TRUST_LINKS);
	ck_assert(trust_hashed(folder));
}
END_TEST

START_TEST(e4_a_few_links_do_not_hide_the_bundle)
{
	begin("few");
	ck_assert(!trust_hashed(folder));
	put_links("ab", ".0", TRUST_LINKS - 1);
	ck_assert(!trust_hashed(folder));
	put("0000ffff.0");
	ck_assert(trust_hashed(folder));
}
END_TEST

START_TEST(e4_other_names_are_no_links)
{
	static const struct {
		const char *before, *after;
	} names[] = { { "ab", "" }, { "ab", "." }, { "ab", ".r0" }, { "ab", ".0x" }, { "AB", ".0" }, { "ab", ".pem" },
		{ "b", ".0" }, { "abc", ".0" }, { "gb", ".0" }, { "ab", ".0.pem" }, { "ab", "-0" } };
	char name[16];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(name, sizeof name, "other%zu", i);
		begin(name);
		put_links(names[i].before, names[i].after, TRUST_LINKS + 8);
		ck_assert_msg(!trust_hashed(folder), "%s %s", names[i].before, names[i].after);
	}
}
END_TEST

START_TEST(e4_no_folder_is_no_hashed_folder)
{
	ck_assert(!trust_hashed("/nonexistent/certs"));
	ck_assert(!trust_hashed("/dev/null"));
}
END_TEST

START_TEST(every_choice_is_taken_by_libcurl)
{
	CURL *c = curl_easy_init();
	begin("used");
	put_links("ab", ".0", TRUST_LINKS);
	ck_assert(trust_set(c, "", folder));
	ck_assert(trust_set(c, "", "/nonexistent/certs"));
	ck_assert(trust_set(c, "/nonexistent/ca.pem", folder));
	curl_easy_cleanup(c);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("trust");
	TCase *t = tcase_create("trust");
	tcase_add_test(t, e4_a_folder_is_hashed_when_a_program_has_made_it_so);
	tcase_add_test(t, e4_a_few_links_do_not_hide_the_bundle);
	tcase_add_test(t, e4_other_names_are_no_links);
	tcase_add_test(t, e4_no_folder_is_no_hashed_folder);
	tcase_add_test(t, every_choice_is_taken_by_libcurl);
	suite_add_tcase(s, t);
	return s;
}
