#include "sender/parcel.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "sender/alphabet.h"

#define DIGITS "0123456789"

int parcel_check_form(const struct tree_node *form, struct fault *f)
{
	const char *s = form->text;
	if (!strcmp(s, "plus") || !strcmp(s, "digits") || !strcmp(s, "00"))
		return 0;
	return tree_fault(
		form, f, "a number is written with \"plus\", as \"digits\", or with \"00\"");
}

/* One E.164 number: anything else could fan out (`<`, a blank, a comma, `#group`) at some
 * provider. */
static bool is_number(const char *s)
{
	size_t len = strlen(s);
	return s[0] == '+' && len >= 8 && len <= ORDER_NUMBER_MAX && s[1] != '0' &&
	       strspn(s + 1, DIGITS) == len - 1;
}

int parcel_number(struct parcel *p, const struct tree_node *form, const char *e164,
	struct values *v, struct fault *f)
{
	const char *word = form ? form->text : "plus";
	const char *before = !strcmp(word, "plus") ? "+" : !strcmp(word, "00") ? "00" : "";
	struct text_line line;
	if (!is_number(e164))
		return fault_set(f, FAULT_BAD, 0, "the order's number is not E.164");
	text_begin(&line, p->number, sizeof p->number);
	text_add(&line, "%s%s", before, e164 + 1);
	if (line.cut || values_add(v, "number", VALUES_TEXT, p->number) < 0)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	return 0;
}

/* The first run of 4 to 10 digits: for providers that speak a code by themselves. */
static bool find_code(const char *text, char out[PARCEL_CODE_MAX + 1])
{
	while (*(text += strcspn(text, DIGITS))) {
		size_t len = strspn(text, DIGITS);
		if (len >= PARCEL_CODE_MIN && len <= PARCEL_CODE_MAX) {
			memcpy(out, text, len);
			out[len] = '\0';
			return true;
		}
		text += len;
	}
	return false;
}

int parcel_pack(struct parcel *p, const struct tree_node *form, const struct order *o,
	struct values *v, struct fault *f)
{
	if (parcel_number(p, form, o->number, v, f) < 0)
		return -1;
	if (!*o->text || !alphabet_utf8(o->text))
		return fault_set(f, FAULT_BAD, 0, "the order's text is empty or not UTF-8");
	v->unicode = !alphabet_gsm(o->text);
	bool coded = find_code(o->text, p->code);
	if (values_add(v, "code", VALUES_TEXT, coded ? p->code : NULL) < 0)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory");
	return 0;
}

void parcel_wipe(struct parcel *p)
{
	secret_wipe_bytes(p, sizeof *p);
}
