#include "cli/picture.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MODULES_MAX = 80 };

/* The picture back as modules: 1 dark, 0 light. The number of columns, all of which every line has. */
static size_t read_back(const char *text, int modules[][MODULES_MAX], size_t *rows)
{
	size_t columns = 0;

	*rows = 0;
	for (const char *at = text; *at;) {
		size_t n = 0;
		ck_assert(strncmp(at, "\033[30;107m", 9) == 0);
		for (at += 9; *at != '\033'; n++) {
			int upper = 0, lower = 0;
			if (strncmp(at, "\xe2\x96\x88", 3) == 0)
				upper = lower = 1;
			else if (strncmp(at, "\xe2\x96\x80", 3) == 0)
				upper = 1;
			else if (strncmp(at, "\xe2\x96\x84", 3) == 0)
				lower = 1;
			else
				ck_assert_int_eq(*at, ' ');
			at += upper || lower ? 3 : 1;
			ck_assert_uint_lt(n, MODULES_MAX);
			modules[*rows][n] = upper;
			modules[*rows + 1][n] = lower;
		}
		ck_assert(strncmp(at, "\033[0m\n", 5) == 0);
		at += 5;
		ck_assert(columns == 0 || n == columns);
		columns = n;
		*rows += 2;
		ck_assert_uint_lt(*rows, MODULES_MAX);
	}
	return columns;
}

/* The three squares in the corners, by which a scanner finds it, within a margin. */
static void check_finder(int modules[][MODULES_MAX], size_t top, size_t left)
{
	static const char *const finder[] = { "#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######" };

	for (size_t y = 0; y < 7; y++)
		for (size_t x = 0; x < 7; x++)
			ck_assert_int_eq(modules[top + y][left + x], finder[y][x] == '#');
}

START_TEST(a_picture_has_its_corners_and_a_margin)
{
	static const char uri[] = "otpauth://totp/web01:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web01";
	static int modules[MODULES_MAX][MODULES_MAX];
	char *text = NULL;
	size_t len = 0, rows;
	struct fault f = FAULT_INIT;
	FILE *out = open_memstream(&text, &len);

	ck_assert_int_eq(picture_print(uri, out, &f), 0);
	fclose(out);
	size_t columns = read_back(text, modules, &rows);
	/* a key's URI fits a terminal of 24 lines and 80 columns */
	ck_assert_uint_le(rows / 2, 24);
	ck_assert_uint_le(columns, 80);
	ck_assert(rows == columns || rows == columns + 1);
	check_finder(modules, 2, 2);
	check_finder(modules, 2, columns - 9);
	check_finder(modules, columns - 9, 2);
	for (size_t i = 0; i < columns; i++) {
		ck_assert_int_eq(modules[0][i] + modules[1][i], 0);
		ck_assert_int_eq(modules[i][0] + modules[i][1], 0);
		ck_assert_int_eq(modules[i][columns - 1] + modules[i][columns - 2], 0);
		ck_assert_int_eq(modules[columns - 1][i] + modules[columns - 2][i], 0);
	}
	free(text);
}
END_TEST

START_TEST(what_does_not_fit_is_a_fault)
{
	char big[4000];
	struct fault f = FAULT_INIT;

	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	ck_assert_int_eq(picture_print(big, stderr, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("picture");
	TCase *t = tcase_create("picture");

	tcase_add_test(t, a_picture_has_its_corners_and_a_margin);
	tcase_add_test(t, what_does_not_fit_is_a_fault);
	suite_add_tcase(s, t);
	return s;
}
