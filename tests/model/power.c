/* power: plays a recorded log, cuts the power at every entry in every way, and asks the oracle.
 *
 *   power [--whole N] [--torn N] [--random N] LOG REAL
 *
 * LOG is the recorder's; REAL is the folder as it was left when the recording ended: the log, played to its end, must give
 * exactly that, or the recorder has missed something. For each cut: every subset of the changes under way where there are so many
 * (--whole, 7), else so many as that at random; every subset of the sectors of one write that differ where there are so many
 * (--torn, 6), every prefix and every suffix of all; and so many images with sectors left at random (--random, 2). The images are
 * made in a folder of the temporary file system. */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"
#include "oracle.h"
#include "shelf.h"

enum { SHOWN = 20, GO_ON = 16, MEMORY = 1 << 22 };

static struct run {
	struct disk *disk;
	struct story story;
	struct shelf shelf;
	const char *log;
	size_t at; /* the entry after which the power goes */
	int whole, torn, random;
	unsigned long images, same, bad, pending_most;
	/* images that were judged under the same facts: hashes, none is 0 */
	uint64_t seen[MEMORY];
	uint64_t facts;
} run;

static uint64_t mixed(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	for (; n >= 8; n -= 8, b += 8) {
		uint64_t w;
		memcpy(&w, b, 8);
		h = (h ^ w) * 0x9E3779B97F4A7C15u;
		h ^= h >> 29;
	}
	while (n-- > 0)
		h = (h ^ *b++) * 0x100000001B3u;
	return h;
}

static bool met_before(const struct disk_image *image)
{
	uint64_t h = run.facts;

	for (int i = 0; i < image->n; i++) {
		h = mixed(h, image->files[i].path, strlen(image->files[i].path));
		h = mixed(h, &image->files[i].len, sizeof image->files[i].len);
		h = mixed(h, image->files[i].bytes, image->files[i].len);
	}
	h |= 1;
	for (size_t at = h % MEMORY;; at = (at + 1) % MEMORY) {
		if (run.seen[at] == h)
			return true;
		if (run.seen[at] == 0) {
			run.seen[at] = h;
			return false;
		}
	}
}

static void judge(const struct disk_cut *cut)
{
	struct disk_image image;
	char why[512];

	disk_cut(run.disk, cut, &image);
	if (run.images > MEMORY / 2)
		errx(2, "more images than this program remembers");
	if (met_before(&image)) {
		run.same++;
		return;
	}
	shelf_put(&run.shelf, &image);
	run.images++;
	bool good = oracle_judge(run.shelf.path, &run.story, why);
	if (good && run.images % GO_ON == 0) {
		good = oracle_go_on(run.shelf.path, &run.story, why);
		shelf_spoiled(&run.shelf);
	}
	if (good)
		return;
	if (run.bad++ < SHOWN)
		printf("# VIOLATION after entry %zu, kept %#llx of %d, torn %d, mix %u: %s\n",
			run.at, (unsigned long long)cut->keep, disk_pending(run.disk), cut->torn,
			cut->mix, why);
}

static uint32_t dice(void)
{
	return (uint32_t)random() << 8 ^ (uint32_t)random();
}

/* Every subset of the changes under way, whole. */
static void cut_between(int n)
{
	uint64_t all = n >= 64 ? ~0ull : (1ull << n) - 1;

	if (n <= run.whole) {
		for (uint64_t keep = 0; keep <= all; keep++)
			judge(&(struct disk_cut){ .keep = keep, .torn = -1 });
		return;
	}
	for (int i = 0; i <= n; i++) /* every prefix */
		judge(&(struct disk_cut){ .keep = all >> (n - i), .torn = -1 });
	for (int i = 0; i < 1 << run.whole; i++)
		judge(&(struct disk_cut){
			.keep = ((uint64_t)dice() << 32 | dice()) & all, .torn = -1 });
}

static void tear(int at, uint64_t keep, const unsigned short *sectors, uint64_t lost_of_sectors)
{
	struct disk_cut cut = { .keep = keep, .torn = at };

	for (int i = 0; i < 64; i++)
		if (lost_of_sectors >> i & 1)
			cut.lost[sectors[i] / 64] |= 1ull << (sectors[i] % 64);
	judge(&cut);
}

/* One of the writes in parts: every subset of its sectors that differ where they are few, every prefix and the rest of it in
 * any case; beside it all, or none of the others. */
static void cut_within(int n, int at)
{
	unsigned short sectors[DISK_SECTORS];
	uint64_t all = (1ull << n) - 1, alone = 1ull << at;
	int m = disk_differing(run.disk, at, sectors);

	if (m > 64)
		m = 64;
	for (int i = 0; i < m; i++) {
		uint64_t first = ~0ull >> (63 - i), rest = (~0ull >> (64 - m)) & ~first;
		tear(at, all, sectors, first);
		tear(at, alone, sectors, first);
		tear(at, all, sectors, rest);
		tear(at, alone, sectors, rest);
	}
	for (uint64_t lost = 0; m <= run.torn && lost < 1ull << m; lost++) {
		tear(at, all, sectors, lost);
		tear(at, alone, sectors, lost);
	}
}

/* Something was done to the disk, or somebody was told something. */
static bool is_news(const struct stream_entry *e)
{
	uint64_t facts = mixed(run.story.handed, run.story.users, sizeof run.story.users);
	bool told = facts != run.facts;

	run.facts = facts;
	return told || (e->h.kind != STREAM_SAID && e->h.kind != STREAM_MARK);
}

static void cut_here(void)
{
	int n = disk_pending(run.disk);

	if ((unsigned long)n > run.pending_most)
		run.pending_most = (unsigned long)n;
	cut_between(n);
	for (int at = 0; at < n; at++)
		cut_within(n, at);
	for (int i = 0; n > 0 && i < run.random; i++)
		judge(&(struct disk_cut){ .keep = ~0ull, .torn = -1, .mix = dice() | 1 });
}

static bool is_real(const char *real)
{
	struct disk_cut all = { .keep = ~0ull, .torn = -1 };
	struct disk_image image;

	disk_cut(run.disk, &all, &image);
	return shelf_is(real, &image);
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = { { "whole", required_argument, NULL, 'w' },
		{ "torn", required_argument, NULL, 't' },
		{ "random", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 } };
	int o;

	run.whole = 7;
	run.torn = 6;
	run.random = 2;
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int n = optarg ? (int)strtol(optarg, NULL, 10) : 0;
		if (o == '?' || n < 0 || n > 20)
			errx(2, "usage: power [--whole N] [--torn N] [--random N] LOG REAL, N at "
				"most 20");
		*(o == 'w' ? &run.whole : o == 't' ? &run.torn : &run.random) = n;
	}
	if (argc - optind != 2)
		errx(2, "usage: power [--whole N] [--torn N] [--random N] LOG REAL");
}

int main(int argc, char **argv)
{
	struct timespec begin, end;
	size_t changes = 0;

	read_options(argc, argv);
	struct stream s = stream_read(argv[optind]);
	srandom(1);
	shelf_open(&run.shelf);
	run.disk = disk_new(s.entries[0].h.dir);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (run.at = 0; run.at < s.n; run.at++) {
		const struct stream_entry *e = &s.entries[run.at];
		if (e->h.kind == STREAM_SAID || e->h.kind == STREAM_MARK) {
			story_play(&run.story, e);
		} else {
			disk_play(run.disk, e);
			changes++;
		}
		/* the two folders are there before anybody is told anything */
		if (run.story.nusers > 0 && is_news(e))
			cut_here();
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	bool real = is_real(argv[optind + 1]);
	printf("entries=%zu changes=%zu images=%lu same=%lu pending=%lu violations=%lu real=%s "
	       "seconds=%.1f\n",
		s.n, changes, run.images, run.same, run.pending_most, run.bad, real ? "yes" : "no",
		(double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
	shelf_close(&run.shelf);
	return run.bad == 0 && real ? 0 : 1;
}
