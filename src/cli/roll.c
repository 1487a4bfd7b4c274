#include "cli/roll.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { ROOM_FIRST = 64 };

static int make_room(struct roll *r)
{
	size_t room = r->room == 0 ? ROOM_FIRST : 2 * r->room;
	struct directory_entry *at = reallocarray(r->at, room, sizeof(*at));

	if (at == NULL)
		return -1;
	r->at = at;
	r->room = room;
	return 0;
}

static int take(void *ctx, uint32_t uid, const struct directory_entry *e, const struct fault *f)
{
	struct roll *r = ctx;

	(void)uid;
	if (e == NULL) {
		if (r->damaged++ == 0)
			r->first = *f;
		return 0;
	}
	if (r->n == r->room && make_room(r) != 0)
		return 1;
	r->at[r->n++] = *e;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct directory_entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

int roll_read(const struct directory *d, struct roll *r, struct fault *f)
{
	int rc;

	*r = (struct roll){ .n = 0 };
	rc = directory_walk(d, take, r, f);
	if (rc > 0)
		return fault_set(f, FAULT_MEMORY, 0, "out of memory for %zu enrolments", r->n);
	if (rc < 0)
		return -1;
	if (r->n > 0)
		qsort(r->at, r->n, sizeof(r->at[0]), compare);
	return 0;
}

void roll_free(struct roll *r)
{
	free(r->at);
	*r = (struct roll){ .n = 0 };
}

const struct directory_entry *roll_find(const struct roll *r, const char *name, uint32_t uid)
{
	struct directory_entry key;

	memset(&key, 0, sizeof(key));
	key.uid = uid;
	if (r->n == 0 || text_copy(key.name, sizeof(key.name), name) != 0)
		return NULL;
	return bsearch(&key, r->at, r->n, sizeof(r->at[0]), compare);
}

bool roll_same(const struct directory_entry *a, const struct directory_entry *b)
{
	char x[ENROLMENT_MAX + 1], y[ENROLMENT_MAX + 1];
	struct fault f = FAULT_INIT;
	size_t lx, ly;

	return enrolment_print(a, x, &lx, &f) == 0 && enrolment_print(b, y, &ly, &f) == 0 &&
	       lx == ly && memcmp(x, y, lx) == 0;
}
