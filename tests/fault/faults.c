/* faults: every call and every allocation of a login fails once, or from then on; what must hold all the same is trial's.
 *
 *   faults HOST CONFDIR MESSAGES one-shot|daemon RUNS PART/PARTS [ANSWER...]
 *
 * RUNS: how many of all, spread evenly; 0: all of them. PART/PARTS: one of several shares, for several at once. In the environment: FAULT_ONLY,
 * faults with these words, as they are printed, such as "engine call 325 (poll) EINTR"; FAULT_WHAT, "calls" or "allocations". The last line says
 * how many points there are, how many runs were made, in how many the point was reached, and how many promises were broken. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/fault/call.h"
#include "tests/fault/trial.h"

/* One for each call and allocation. */
static const int errors[] = { ENOMEM, EIO, ENOSPC, EROFS, EINTR, EMFILE, EAGAIN, CALL_SHORT,
	ENOSYS };
enum {
	ERRORS = (int)(sizeof errors / sizeof *errors),
	/* the settings' deadline is 5 s, and a login's own work takes a moment */
	SERVED_MS = 8000,
	SLOW_MS = 7000, /* is named */
	/* logins in which nothing goes wrong: processes run at once, and not every login has all calls */
	REFERENCES = 4,
	FEW = 20, /* runs for which one will do */
};

struct sweep {
	struct trial_house house;
	struct trial first; /* in which nothing goes wrong: what calls there are */
	long wanted, part, parts;
	long stride;
	const char *only; /* FAULT_ONLY: words of the fault */
	bool calls, allocations;
	long can; /* faults that could be made */
	long points, runs, hits, let_in, broken;
	int64_t longest_ms;
};

/* number: of the fault among all that one can think of, so that shares of one sweep fit together though their logins differ. */
static bool is_chosen(struct sweep *s, const struct trial_fault *f, long number)
{
	char words[120];

	trial_describe(f, words, sizeof words);
	if (s->only && !strstr(words, s->only))
		return false;
	s->can++;
	if (number % s->stride != 0)
		return false;
	/* Knuth's multiplier: shares without a pattern */
	return (long)((uint64_t)(number / s->stride) * 2654435761U >> 16) % s->parts == s->part;
}

static void run(struct sweep *s, const struct trial_fault *fault)
{
	static struct trial t;

	memset(&t, 0, sizeof t);
	t.house = &s->house;
	memcpy(t.answers, s->first.answers, sizeof t.answers);
	t.fault = *fault;
	trial_login(&t, true);
	if (++s->runs % 200 == 0)
		printf("# %ld runs, %ld broken\n", s->runs, s->broken);
	s->hits += t.result.hit || t.heap_hit;
	s->let_in += t.seen.ended && t.seen.rc == 0;
	s->broken += t.broken;
	if (t.seen.longest_ms > SLOW_MS) {
		char words[120];

		trial_describe(&t.fault, words, sizeof words);
		printf("# %s: a step of %lld ms\n", words, (long long)t.seen.longest_ms);
	}
	if (t.seen.longest_ms > s->longest_ms)
		s->longest_ms = t.seen.longest_ms;
	if (t.result.daemon_ended && trial_start_daemon() < 0) {
		printf("the daemon does not start any more\n");
		exit(1);
	}
}

/* walk: only count. */
static void fail_calls(struct sweep *s, bool walk)
{
	if (!s->calls)
		return;
	for (enum role role = ROLE_HOST; role < ROLES; role++) {
		for (long n = 1; n <= s->first.result.calls[role] && n <= TRACER_POINTS; n++) {
			for (int k = 0; k < 2 * ERRORS; k++) {
				struct trial_fault f = { .call = { .kind = TRACER_FAIL,
								 .role = role,
								 .nth = n,
								 .errnum = errors[k / 2],
								 .for_good = k % 2 },
					.nr = s->first.result.nr[role][n - 1] };

				if (call_can(f.nr, f.call.errnum) &&
					is_chosen(s, &f, (n - 1) * 2 * ERRORS + k) && !walk)
					run(s, &f);
			}
		}
	}
}

static void fail_allocations(struct sweep *s, bool walk)
{
	if (!s->allocations)
		return;
	for (enum role role = ROLE_HOST; role < ROLES; role++) {
		for (int64_t n = 1; n <= s->first.heap_calls[role]; n++) {
			for (int good = 0; good < 2; good++) {
				struct trial_fault f = {
					.heap_role = role, .heap_nth = n, .heap_for_good = good
				};

				if (is_chosen(s, &f, 2 * n + good) && !walk)
					run(s, &f);
			}
		}
	}
}

static long common(long a, long b)
{
	return b == 0 ? a : common(b, a % b);
}

/* So that every kind of error has its turn. */
static long stride_for(long all, long wanted)
{
	long stride = wanted > 0 && all > wanted ? all / wanted : 1;

	while (common(stride, 2 * ERRORS) != 1)
		stride--;
	return stride;
}

static void count_points(struct sweep *s)
{
	printf("# points:");
	for (enum role role = ROLE_HOST; role < ROLES; role++) {
		long calls = s->first.result.calls[role], heap = (long)s->first.heap_calls[role];

		if (calls + heap > 0)
			printf(" %s %ld calls, %ld allocations;", trial_role(role), calls, heap);
		s->points += calls + heap;
	}
	s->stride = 1;
	s->parts = s->parts > 0 ? s->parts : 1;
	fail_calls(s, true);
	fail_allocations(s, true);
	s->stride = stride_for(s->can, s->wanted);
	printf(" faults that can be made: %ld, every %ld.\n", s->can, s->stride);
	fflush(stdout);
}

/* Points of any of them. */
static int refer(struct sweep *s)
{
	static struct trial t;
	int n = trial_answers(&s->first);
	bool good = strcmp(s->first.answers[n - 1], "right") == 0;

	int wanted = s->wanted > 0 && s->wanted < FEW ? 1 : REFERENCES;

	for (int i = 0, tries = 0; i < wanted; tries++) {
		t = s->first;
		trial_login(&t, true);
		if (t.broken > 0)
			return -1;
		/* a machine that is too slow for a deadline refuses; such a login has not all calls */
		if (!t.seen.ended || (t.seen.rc == 0) != good || t.seen.prompts != n) {
			printf("# without a fault: rc %d, a step of %lld ms\n", t.seen.rc,
				(long long)t.seen.longest_ms);
			if (tries == 10 * REFERENCES)
				return -1;
			continue;
		}
		trial_merge(&s->first, &t);
		i++;
	}
	return 0;
}

static int begin(struct sweep *s, int argc, char **argv)
{
	s->house = (struct trial_house){
		.host = argv[1],
		.confdir = argv[2],
		.messages = argv[3],
		.daemon = strcmp(argv[4], "daemon") == 0,
		.step_ms = 22000, /* the shim's is 21 s */
		.served_ms = SERVED_MS,
	};
	const char *what = getenv("FAULT_WHAT");
	s->only = getenv("FAULT_ONLY");
	s->calls = !what || strcmp(what, "allocations") != 0;
	s->allocations = !what || strcmp(what, "calls") != 0;
	s->wanted = strtol(argv[5], NULL, 10);
	char *slash = NULL;
	s->part = strtol(argv[6], &slash, 10);
	s->parts = *slash ? strtol(slash + 1, NULL, 10) : 1;
	s->first.house = &s->house;
	for (int i = 7; i < argc && i < 11; i++)
		s->first.answers[i - 7] = argv[i];
	if (trial_open() < 0 || books_keep() < 0 || (s->house.daemon && trial_start_daemon() < 0)) {
		printf("the test cannot begin: %s\n", strerror(errno));
		return -1;
	}
	/* the first login of all leaves files behind that later ones find */
	static struct trial first;
	first = s->first;
	trial_login(&first, true);
	if (refer(s) < 0) {
		printf("it does not work without a fault either\n");
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct sweep s;
	int64_t start_ms = clock_boot_ms();

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 8) {
		fprintf(stderr, "usage: faults HOST CONFDIR MESSAGES one-shot|daemon RUNS "
				"PART/PARTS ANSWER...\n");
		return 2;
	}
	if (begin(&s, argc, argv) != 0)
		return 1;
	printf("# without a fault: rc %d, %d prompts, %d messages\n", s.first.seen.rc,
		s.first.seen.prompts, s.first.messages);
	count_points(&s);
	fail_calls(&s, false);
	fail_allocations(&s, false);
	tracer_end_daemon();
	printf("%s: %ld points, %ld runs, %ld reached, %ld let in, longest step %lld ms, %ld "
	       "broken, "
	       "%lld s\n",
		argv[4], s.points, s.runs, s.hits, s.let_in, (long long)s.longest_ms, s.broken,
		(long long)(clock_boot_ms() - start_ms) / 1000);
	return s.broken == 0 ? 0 : 1;
}
