#include "disk.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 2048 };

enum change_kind { CHANGE_WRITE, CHANGE_SIZE, CHANGE_SET, CHANGE_DROP, CHANGE_MOVE };

struct change {
	enum change_kind kind;
	int node; /* whose: a file, or the folder of a name */
	uint64_t ino;
	int64_t at; /* WRITE: where; SIZE: the length */
	size_t len;
	unsigned char *data, *before; /* WRITE: the new bytes, and those that were there */
	char name[256], other[256];
};

struct name {
	char name[256];
	uint64_t ino;
};

struct node {
	uint64_t ino;
	bool folder;
	unsigned char *synced, *now;      /* DISK_FILE_MAX each */
	size_t synced_len, now_len, high; /* high: the longest that it ever was */
	struct name names[DISK_NAMES];
	int nnames;
};

struct disk {
	struct node *nodes;
	int nnodes;
	struct change changes[DISK_PENDING];
	int nchanges;
	unsigned char *scratch[DISK_IMAGE_FILES];
};

static int find(const struct disk *d, uint64_t ino)
{
	for (int i = 0; i < d->nnodes; i++)
		if (d->nodes[i].ino == ino)
			return i;
	return -1;
}

static int add(struct disk *d, uint64_t ino, bool folder)
{
	int at = find(d, ino);

	if (at >= 0)
		return at;
	if (d->nnodes == NODES)
		errx(2, "too many files");
	struct node *n = &d->nodes[d->nnodes];
	n->ino = ino;
	n->folder = folder;
	if (!folder && (!(n->synced = calloc(2, DISK_FILE_MAX))))
		err(2, "memory");
	n->now = folder ? NULL : n->synced + DISK_FILE_MAX;
	return d->nnodes++;
}

struct disk *disk_new(uint64_t root_ino)
{
	struct disk *d = calloc(1, sizeof *d);

	if (!d || !(d->nodes = calloc(NODES, sizeof *d->nodes)))
		err(2, "memory");
	for (int i = 0; i < DISK_IMAGE_FILES; i++)
		if (!(d->scratch[i] = malloc(DISK_FILE_MAX)))
			err(2, "memory");
	add(d, root_ino, true);
	return d;
}

static struct change *pend(struct disk *d, enum change_kind kind, int node)
{
	if (node < 0)
		errx(2, "a change of something that nobody has seen made");
	if (d->nchanges == DISK_PENDING)
		errx(2, "too many changes without a sync");
	struct change *c = &d->changes[d->nchanges++];
	memset(c, 0, sizeof *c);
	c->kind = kind;
	c->node = node;
	return c;
}

static void play_write(struct disk *d, const struct stream_entry *e)
{
	struct change *c = pend(d, CHANGE_WRITE, find(d, e->h.ino));
	struct node *n = &d->nodes[c->node];

	c->at = e->h.at;
	c->len = e->h.data_len;
	if (c->at < 0 || (size_t)c->at + c->len > DISK_FILE_MAX ||
		!(c->data = malloc(2 * c->len + 1)))
		errx(2, "a write beyond what the model holds");
	c->before = c->data + c->len;
	memcpy(c->data, e->data, c->len);
	memcpy(c->before, n->now + c->at, c->len);
	memcpy(n->now + c->at, e->data, c->len);
	if (n->now_len < (size_t)c->at + c->len)
		n->now_len = (size_t)c->at + c->len;
	if (n->high < n->now_len)
		n->high = n->now_len;
}

static void set_name(struct node *n, const char *name, uint64_t ino)
{
	int i = 0;

	while (i < n->nnames && strcmp(n->names[i].name, name) != 0)
		i++;
	if (ino == 0) {
		if (i < n->nnames)
			n->names[i] = n->names[--n->nnames];
		return;
	}
	if (i == DISK_NAMES)
		errx(2, "too many names");
	if (i == n->nnames)
		n->nnames++;
	snprintf(n->names[i].name, sizeof n->names[i].name, "%s", name);
	n->names[i].ino = ino;
}

static void apply_name(struct node *n, const struct change *c)
{
	if (c->kind == CHANGE_SET) {
		set_name(n, c->name, c->ino);
	} else if (c->kind == CHANGE_DROP) {
		set_name(n, c->name, 0);
	} else if (c->kind == CHANGE_MOVE) {
		set_name(n, c->name, 0);
		set_name(n, c->other, c->ino);
	}
}

static void play_sync(struct disk *d, uint64_t ino)
{
	int at = find(d, ino), kept = 0;

	if (at < 0)
		return; /* a folder that nothing was done in */
	struct node *n = &d->nodes[at];
	for (int i = 0; i < d->nchanges; i++) {
		struct change *c = &d->changes[i];
		if (c->node != at) {
			d->changes[kept++] = *c;
			continue;
		}
		apply_name(n, c);
		free(c->data);
	}
	d->nchanges = kept;
	if (!n->folder) {
		memcpy(n->synced, n->now, DISK_FILE_MAX);
		n->synced_len = n->now_len;
	}
}

static void play_name(struct disk *d, const struct stream_entry *e, enum change_kind kind)
{
	/* the folders that were there at first are met with their first name */
	struct change *c = pend(d, kind, add(d, e->h.dir, true));

	c->ino = e->h.ino;
	memcpy(c->name, e->name, sizeof c->name);
	memcpy(c->other, e->other, sizeof c->other);
}

void disk_play(struct disk *d, const struct stream_entry *e)
{
	switch ((enum stream_kind)e->h.kind) {
	case STREAM_WRITE:
		play_write(d, e);
		break;
	case STREAM_SIZE: {
		struct change *c = pend(d, CHANGE_SIZE, find(d, e->h.ino));
		c->at = e->h.at;
		struct node *n = &d->nodes[c->node];
		n->now_len = (size_t)e->h.at;
		n->high = n->high < n->now_len ? n->now_len : n->high;
		break;
	}
	case STREAM_SYNC:
		play_sync(d, e->h.ino);
		break;
	case STREAM_MAKE:
	case STREAM_FOLDER:
		add(d, e->h.ino, e->h.kind == STREAM_FOLDER);
		play_name(d, e, CHANGE_SET);
		break;
	case STREAM_MOVE:
		play_name(d, e, CHANGE_MOVE);
		break;
	case STREAM_UNLINK:
		play_name(d, e, CHANGE_DROP);
		break;
	case STREAM_NONE:
	case STREAM_LINK: /* the last resort of file systems that cannot rename without losing a name */
	case STREAM_SAID:
	case STREAM_MARK:
	default:
		errx(2, "entry of a kind that the model does not know: %u", e->h.kind);
	}
}

int disk_pending(const struct disk *d)
{
	return d->nchanges;
}

/* Sector i of a write: bytes [*from, *to) of its data. */
static bool sector_of(const struct change *c, int i, size_t *from, size_t *to)
{
	int64_t first = c->at / DISK_SECTOR + i;
	int64_t begin = first * DISK_SECTOR, end = begin + DISK_SECTOR;

	*from = begin <= c->at ? 0 : (size_t)(begin - c->at);
	*to = end - c->at > (int64_t)c->len ? c->len : (size_t)(end - c->at);
	return *from < c->len;
}

int disk_differing(const struct disk *d, int at, unsigned short sectors[DISK_SECTORS])
{
	const struct change *c = &d->changes[at];
	size_t from, to;
	int n = 0;

	if (c->kind != CHANGE_WRITE)
		return 0;
	for (int i = 0; sector_of(c, i, &from, &to); i++)
		if (memcmp(c->data + from, c->before + from, to - from) != 0)
			sectors[n++] = (unsigned short)i;
	return n;
}

static bool falls(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed >> 16 & 1;
}

/* What of one write is there. */
static void leave_write(
	const struct change *c, const struct disk_cut *cut, int at, struct disk_image_file *out)
{
	uint32_t seed = cut->mix * 2654435761u + (uint32_t)at * 40503u + 1;
	bool torn = at == cut->torn;
	size_t from, to;

	for (int i = 0; sector_of(c, i, &from, &to); i++) {
		if (torn && cut->lost[i / 64] >> (i % 64) & 1)
			continue;
		if (cut->mix != 0 && falls(&seed))
			continue;
		memcpy(out->bytes + (size_t)c->at + from, c->data + from, to - from);
		if (out->len < (size_t)c->at + to)
			out->len = (size_t)c->at + to;
	}
}

static void leave_file(
	const struct disk *d, int node, const struct disk_cut *cut, struct disk_image_file *out)
{
	const struct node *n = &d->nodes[node];

	memcpy(out->bytes, n->synced, n->high);
	out->len = n->synced_len;
	for (int i = 0; i < d->nchanges; i++) {
		const struct change *c = &d->changes[i];
		if (c->node != node || !(cut->keep >> i & 1))
			continue;
		if (c->kind == CHANGE_SIZE)
			out->len = (size_t)c->at;
		else
			leave_write(c, cut, i, out);
	}
}

static void leave_folder(struct disk *d, int node, const char *path, const struct disk_cut *cut,
	struct disk_image *out)
{
	struct node names = d->nodes[node];

	for (int i = 0; i < d->nchanges; i++)
		if (d->changes[i].node == node && cut->keep >> i & 1)
			apply_name(&names, &d->changes[i]);
	for (int i = 0; i < names.nnames; i++) {
		if (out->n == DISK_IMAGE_FILES)
			errx(2, "too many files in an image");
		int at = find(d, names.names[i].ino);
		if (at < 0)
			errx(2, "a name of nothing");
		struct disk_image_file *f = &out->files[out->n];
		f->bytes = d->scratch[out->n++];
		snprintf(f->path, sizeof f->path, "%s%s", path, names.names[i].name);
		f->folder = d->nodes[at].folder;
		f->len = 0;
		if (!f->folder) {
			leave_file(d, at, cut, f);
			continue;
		}
		char below[sizeof f->path + 1];
		snprintf(below, sizeof below, "%s/", f->path);
		leave_folder(d, at, below, cut, out);
	}
}

void disk_cut(struct disk *d, const struct disk_cut *cut, struct disk_image *out)
{
	out->n = 0;
	leave_folder(d, 0, "", cut, out);
}
