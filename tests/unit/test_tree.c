#include "sender/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static void write_file(const char *path, const char *text, size_t len, mode_t mode)
{
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(text, 1, len, out), len);
	fclose(out);
	ck_assert_int_eq(chmod(path, mode), 0);
}

START_TEST(all_kinds_with_their_lines)
{
	struct tree t;
	struct fault f = FAULT_INIT;
	ck_assert_int_eq(tree_parse("a = \"x\" \"y\";\nb = { c = 5; d = 6000000000L; };\n"
				    "e = ( 1.5, true, [ 1, 2 ] );\n*object = ();\nz = {};",
				 "p.conf", &t, &f),
		0);
	const struct tree_node *root = t.nodes, *b = tree_find(root, "b"),
			       *e = tree_find(root, "e");
	ck_assert_uint_eq(root->length, 5);
	ck_assert_str_eq(tree_find(root, "a")->text, "xy");
	ck_assert_int_eq(tree_find(b, "c")->integer, 5);
	ck_assert_int_eq(tree_find(b, "d")->integer, 6000000000);
	ck_assert_ptr_null(tree_find(b, "e"));
	ck_assert_int_eq(e->line, 3);
	ck_assert_uint_eq(e->length, 3);
	ck_assert_double_eq(e->child->real, 1.5);
	ck_assert(e->child->next->truth);
	ck_assert_int_eq(e->child->next->next->child->next->integer, 2);
	ck_assert_ptr_null(e->child->next->next->next);
	ck_assert_ptr_null(tree_find(root, "z")->child);
	ck_assert_int_eq(tree_fault(e, &f, "wrong %d", 7), -1);
	ck_assert_str_eq(f.text, "p.conf:3: wrong 7");
	tree_close(&t);
}
END_TEST

START_TEST(faults_have_file_and_line)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "a = 1;\nb = ;", "p.conf:2: " },
		{ "a = 1;\na = 2;", "p.conf:2: " },
		{ "a = {", "p.conf:" },
		{ "x = 1;\n  @include \"/etc/passwd\"", "p.conf: " },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tree t;
		struct fault f = FAULT_INIT;
		ck_assert_int_eq(tree_parse(cases[i].text, "p.conf", &t, &f), -1);
		ck_assert_msg(!strncmp(f.text, cases[i].expected, strlen(cases[i].expected)), "%s",
			f.text);
	}
}
END_TEST

START_TEST(size_and_depth_are_bounded)
{
	struct tree t;
	struct fault f = FAULT_INIT;
	char *text = calloc(1, 65536);
	for (int i = 0; i < 3000; i++)
		snprintf(text + strlen(text), 20, "a%d=1;", i);
	ck_assert_int_eq(tree_parse(text, "p", &t, &f), -1);
	memset(text, 0, 65536);
	memcpy(text, "a=", 2);
	memset(text + 2, '(', 100);
	memset(text + 102, ')', 100);
	text[202] = ';';
	ck_assert_int_eq(tree_parse(text, "p", &t, &f), -1);
	free(text);
}
END_TEST

START_TEST(f1_a_file_is_judged_before_it_is_read)
{
	char path[256], link[256];
	struct tree t;
	struct fault f = FAULT_INIT;
	snprintf(path, sizeof path, "%s/tree.conf", unit_folder());
	snprintf(link, sizeof link, "%s/link.conf", unit_folder());
	ck_assert_int_eq(tree_read(path, getuid(), &t, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	write_file(path, "a = 1;\n", 7, 0644);
	ck_assert_int_eq(tree_read(path, getuid(), &t, &f), 0);
	tree_close(&t);
	ck_assert_int_eq(symlink(path, link), 0);
	ck_assert_int_eq(tree_read(link, getuid(), &t, &f), -1);
	ck_assert_int_eq(chmod(path, 0664), 0);
	ck_assert_int_eq(tree_read(path, getuid(), &t, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	write_file(path, "a = 1;\0", 7, 0644);
	ck_assert_int_eq(tree_read(path, getuid(), &t, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("tree");
	TCase *t = tcase_create("tree");
	tcase_add_test(t, all_kinds_with_their_lines);
	tcase_add_test(t, faults_have_file_and_line);
	tcase_add_test(t, size_and_depth_are_bounded);
	tcase_add_test(t, f1_a_file_is_judged_before_it_is_read);
	suite_add_tcase(s, t);
	return s;
}
