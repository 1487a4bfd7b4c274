/* faults: every call and every allocation of a login fails once, or from then on; what must hold all the same is trial's.
 *
 *   faults HOST CONFDIR MESSAGES one-shot|daemon RUNS PART/PARTS [ANSWER...]
 *
 * FAULT_ONLY in the environment: faults with these words, as they are printed, such as "engine call 325 (poll) EINTR". RUNS: how many of all, spread evenly; 0: all of them. PART/PARTS: every so many-th of these, for several at once. The last line
 * says how many points there are, how many runs were made, and how many promises were broken. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/places.h"
#include "tests/fault/call.h"
#include "tests/fault/trial.h"

/* One for each call and allocation. */
static const int errors[] = { ENOMEM, EIO, ENOSPC, EROFS, EINTR, EMFILE, EAGAIN, CALL_SHORT };
enum {
	ERRORS = (int)(sizeof errors / sizeof *errors),
	/* the settings' deadline and what a busy machine may take: who is slower waited for the shim's own limit, and is named */
	SLOW_MS = 7000,
};

struct sweep {
	struct trial_house house;
	struct trial first; /* in which nothing goes wrong: what calls there are */
	long wanted, part, parts;
	long stride;
	const char *only; /* FAULT_ONLY: words of the fault */
	long at;          /* of all faults that could be made */
	long points, runs, hits, let_in, broken;
	int64_t longest_ms;
};

static bool is_chosen(struct sweep *s, const struct trial_fault *f)
{
	char words[120];

	trial_describe(f, words, sizeof words);
	if (s->only && !strstr(words, s->only))
		return false;
	long at = s->at++;
	return at % s->stride == 0 && at / s->stride % s->parts == s->part;
}

static int start_daemon(void)
{
	static char path[] = PLACES_ENGINE;
	char *argv[] = { path, NULL };

	return tracer_daemon(argv);
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
	if (t.result.daemon_ended && start_daemon() < 0) {
		printf("the daemon does not start any more\n");
		exit(1);
	}
}

/* walk: only count. */
static void fail_calls(struct sweep *s, bool walk)
{
	for (enum role role = ROLE_HOST; role < ROLES; role++) {
		for (long n = 1; n <= s->first.result.calls[role] && n <= TRACER_POINTS; n++) {
			for (int k = 0; k < 2 * ERRORS; k++) {
				struct trial_fault f = { .call = { .kind = TRACER_FAIL,
								 .role = role,
								 .nth = n,
								 .errnum = errors[k / 2],
								 .for_good = k % 2 },
					.nr = s->first.result.nr[role][n - 1] };

				if (call_can(f.nr, f.call.errnum) && is_chosen(s, &f) && !walk)
					run(s, &f);
			}
		}
	}
}

static void fail_allocations(struct sweep *s, bool walk)
{
	for (enum role role = ROLE_HOST; role < ROLES; role++) {
		for (int64_t n = 1; n <= s->first.heap_calls[role]; n++) {
			for (int good = 0; good < 2; good++) {
				struct trial_fault f = {
					.heap_role = role, .heap_nth = n, .heap_for_good = good
				};

				if (is_chosen(s, &f) && !walk)
					run(s, &f);
			}
		}
	}
}

/* So that every kind of error has its turn. */
static long stride_for(long all, long wanted)
{
	long stride = wanted > 0 && all > wanted ? all / wanted : 1;

	while (stride > 1 && (stride % 2 == 0 || stride % 7 == 0))
		stride++;
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
	s->at = 0;
	s->parts = s->parts > 0 ? s->parts : 1;
	fail_calls(s, true);
	fail_allocations(s, true);
	s->stride = stride_for(s->at, s->wanted);
	printf(" faults that can be made: %ld, every %ld.\n", s->at, s->stride);
	fflush(stdout);
	s->at = 0;
}

static int begin(struct sweep *s, int argc, char **argv)
{
	s->house = (struct trial_house){
		.host = argv[1],
		.confdir = argv[2],
		.messages = argv[3],
		.daemon = strcmp(argv[4], "daemon") == 0,
		/* the shim's own limit; settings have a deadline of 5 s, which a working engine keeps */
		.step_ms = 22000,
	};
	s->only = getenv("FAULT_ONLY");
	s->wanted = strtol(argv[5], NULL, 10);
	char *slash = NULL;
	s->part = strtol(argv[6], &slash, 10);
	s->parts = *slash ? strtol(slash + 1, NULL, 10) : 1;
	s->first.house = &s->house;
	for (int i = 7; i < argc && i < 11; i++)
		s->first.answers[i - 7] = argv[i];
	if (trial_open() < 0 || books_keep() < 0 || (s->house.daemon && start_daemon() < 0)) {
		printf("the test cannot begin: %s\n", strerror(errno));
		return -1;
	}
	/* the first login of all leaves files behind that later ones find */
	trial_login(&s->first, true);
	trial_login(&s->first, true);
	return s->first.broken;
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
	printf("%s: %ld points, %ld runs, %ld hit, %ld let in, longest step %lld ms, %ld broken, "
	       "%lld s\n",
		argv[4], s.points, s.runs, s.hits, s.let_in, (long long)s.longest_ms, s.broken,
		(long long)(clock_boot_ms() - start_ms) / 1000);
	return s.broken == 0 ? 0 : 1;
}
