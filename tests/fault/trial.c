#include "tests/fault/trial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/places.h"
#include "tests/fault/call.h"
#include "tests/fault/patience.h"

static struct page *page;

int trial_open(void)
{
	int fd = open(PAGE_PATH, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	void *at = MAP_FAILED;

	if (fd < 0)
		return -1;
	/* the sender has a user of its own */
	if (fchmod(fd, 0666) == 0 && ftruncate(fd, sizeof *page) == 0)
		at = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return -1;
	page = at;
	return 0;
}

int trial_start_daemon(void)
{
	static char path[] = PLACES_ENGINE;
	char *argv[] = { path, NULL };

	return tracer_daemon(argv);
}

int trial_answers(const struct trial *t)
{
	int n = 0;

	while (n < 5 && t->answers[n])
		n++;
	return n;
}

void trial_merge(struct trial *into, const struct trial *t)
{
	into->seen = t->seen;
	into->messages = t->messages;
	for (enum role role = ROLE_NONE; role < ROLES; role++) {
		if (t->heap_calls[role] > into->heap_calls[role])
			into->heap_calls[role] = t->heap_calls[role];
		if (t->result.calls[role] <= into->result.calls[role])
			continue;
		into->result.calls[role] = t->result.calls[role];
		memcpy(into->result.nr[role], t->result.nr[role], sizeof t->result.nr[role]);
	}
}

const char *trial_role(enum role role)
{
	static const char *const names[ROLES] = { "nobody", "host", "birth", "daemon", "engine",
		"sender", "sms-otp" };

	return names[role];
}

/* --- words ------------------------------------------------------------------------------------ */

void trial_describe(const struct trial_fault *f, char *out, size_t cap)
{
	const struct tracer_plan *p = &f->call;
	const char *good = p->for_good || f->heap_for_good ? " for good" : "";

	if (f->heap_role != ROLE_NONE)
		snprintf(out, cap, "%s allocation %lld%s", trial_role(f->heap_role),
			(long long)f->heap_nth, good);
	else if (p->kind == TRACER_FAIL)
		snprintf(out, cap, "%s call %ld (%s) %s%s", trial_role(p->role), p->nth,
			call_name(f->nr),
			p->errnum == CALL_SHORT ? "short" : strerrorname_np(p->errnum), good);
	else if (p->kind == TRACER_KILL)
		snprintf(out, cap, "%s killed after call %ld (%s)", trial_role(p->role), p->nth,
			call_name(f->nr));
	else
		snprintf(out, cap, "nothing went wrong");
}

void trial_broken(struct trial *t, const char *what, ...)
{
	char where[120], words[500];
	va_list ap;

	va_start(ap, what);
	vsnprintf(words, sizeof words, what, ap);
	va_end(ap);
	trial_describe(&t->fault, where, sizeof where);
	printf("BROKEN: %s, %s: %s (rc %d, answers %s %s)\n",
		t->house->daemon ? "daemon" : "one-shot", where, words, t->seen.rc,
		t->answers[0] ? t->answers[0] : "-",
		t->answers[0] && t->answers[1] ? t->answers[1] : "");
	fflush(stdout);
	t->broken++;
}

/* --- promises --------------------------------------------------------------------------------- */

/* C1, A3: in only with the right code, and that is on the disk. */
static void judge_success(struct trial *t)
{
	const struct books *b = &t->books;

	if (!t->seen.ended || t->seen.rc != 0)
		return;
	if (!t->seen.right)
		trial_broken(t, "let in without the right code");
	else if (!b->readable || b->successes == 0 || b->live > t->live)
		trial_broken(t,
			"let in by a code that is not consumed on the disk (%u successes, %d live)",
			b->successes, b->live);
}

/* B1: nothing that was done is missing from the books. A success gives the user her sends back, never the site. */
static void judge_charges(struct trial *t)
{
	const struct books *b = &t->books;

	if (!b->readable) {
		trial_broken(t, "the state cannot be read or locked: %s", b->why);
		return;
	}
	if ((int)b->site_sends < t->messages)
		trial_broken(t, "%d messages, %u charged to the site", t->messages, b->site_sends);
	if (b->successes == 0 && (int)b->sends < t->messages)
		trial_broken(t, "%d messages, %u charged to the user", t->messages, b->sends);
	if ((int)b->failures < t->seen.wrong_told)
		trial_broken(
			t, "%d wrong answers told, %u counted", t->seen.wrong_told, b->failures);
	if (t->result.unsynced > 0)
		trial_broken(t, "%d changes let go before they were synced", t->result.unsynced);
}

/* Rows of EINTR and EAGAIN take as long as the machine needs for thousands of stops. */
static int64_t step_limit_ms(const struct trial *t)
{
	const struct tracer_plan *p = &t->fault.call;
	enum role role = t->fault.heap_role != ROLE_NONE ? t->fault.heap_role : p->role;
	bool served = role != ROLE_HOST && role != ROLE_DAEMON;
	bool row = p->for_good && (p->errnum == EINTR || p->errnum == EAGAIN);

	return t->house->served_ms > 0 && served && !row ? t->house->served_ms : t->house->step_ms;
}

/* D8, D11, D16: nothing is left, in time. */
static void judge_host(struct trial *t)
{
	bool its_memory = t->fault.call.role == ROLE_HOST &&
			  (t->result.hit_nr == SYS_brk || t->result.hit_nr == SYS_mmap ||
				  t->result.hit_nr == SYS_munmap);
	bool killed = t->fault.call.kind == TRACER_KILL && t->fault.call.role == ROLE_HOST;
	/* a busy machine: who stops waits for the tracer, the tracer for a processor, and they again */
	int64_t delayed_ms = t->seen.delayed_ms + 3 * t->result.delayed_ms;

	if (t->result.hung)
		trial_broken(t, "it hangs");
	else if (t->seen.longest_ms > step_limit_ms(t) + delayed_ms)
		trial_broken(t, "a step of %lld ms, and %lld ms of them the machine's",
			(long long)t->seen.longest_ms, (long long)delayed_ms);
	if (t->result.left > 0)
		trial_broken(t, "%d processes are left: %s", t->result.left, t->result.left_why);
	if (!t->seen.ended && !killed && !t->result.hung)
		trial_broken(t, "the host died (status %x)", (unsigned)t->result.status);
	/* a heap without brk takes maps, and keeps them */
	if (t->seen.ended && strcmp(t->seen.changed, "same=1\n") != 0 &&
		!(its_memory && strcmp(t->seen.changed, "changed=maps\n") == 0))
		trial_broken(t, "the host is not as it was: %s", t->seen.changed);
}

/* STYLE: no block that was freed holds a code or an answer. */
static void judge_freed(struct trial *t)
{
	uint32_t n = page->nfreed < PAGE_FREED_MAX ? page->nfreed : PAGE_FREED_MAX;

	if (page->nfreed > PAGE_FREED_MAX)
		trial_broken(t, "more rows of digits were freed than are kept");
	for (uint32_t i = 0; i < n && t->seen.code[0] != '\0'; i++) {
		const struct page_freed *f = &page->freed[i];

		if (strcmp(f->digits, t->seen.code) != 0 && strcmp(f->digits, t->seen.guess) != 0)
			continue;
		trial_broken(t, "%s freed %u bytes with the code, for %s+%#lx: \"%.40s\"",
			trial_role(f->role), f->size, f->from, (unsigned long)f->caller, f->text);
		return;
	}
}

static int daemon_descriptors(void)
{
	char path[64];
	int n = 0;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)tracer_daemon_pid());
	DIR *dir = tracer_daemon_pid() > 0 ? opendir(path) : NULL;
	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void judge_daemon(struct trial *t, int before)
{
	if (!t->house->daemon)
		return;
	bool killed = t->fault.call.kind == TRACER_KILL && t->fault.call.role == ROLE_DAEMON;
	if (t->result.daemon_ended && !killed)
		trial_broken(t, "the daemon ended");
	else if (!t->result.daemon_ended && daemon_descriptors() != before)
		trial_broken(
			t, "the daemon has %d descriptors, had %d", daemon_descriptors(), before);
}

/* --- one login -------------------------------------------------------------------------------- */

static void arm(const struct trial *t)
{
	page->nfreed = 0;
	page->window = 0;
	memset(page->heap_calls, 0, sizeof page->heap_calls);
	memset(&page->host, 0, sizeof page->host);
	page->heap_hits = 0;
	page->heap_nth = t->fault.heap_nth;
	page->heap_for_good = t->fault.heap_for_good;
	page->heap_role = t->fault.heap_role;
}

static void disarm(struct trial *t)
{
	page->heap_role = ROLE_NONE;
	t->seen = page->host;
	t->heap_hit = page->heap_hits > 0;
	memcpy(t->heap_calls, page->heap_calls, sizeof t->heap_calls);
}

void trial_login(struct trial *t, bool fresh)
{
	const struct trial_house *h = t->house;
	char *argv[10] = { (char *)(uintptr_t)h->host, (char *)(uintptr_t)h->confdir,
		(char *)(uintptr_t)h->messages };

	for (int i = 0; i < 5 && t->answers[i]; i++)
		argv[3 + i] = (char *)(uintptr_t)t->answers[i];
	t->broken = 0;
	if (fresh && books_restore() < 0) {
		trial_broken(t, "the books cannot be restored: %s", strerror(errno));
		return;
	}
	books_read(&t->books);
	t->live = t->books.live;
	int64_t from = books_size(h->messages);
	int descriptors = daemon_descriptors();
	arm(t);
	tracer_run(argv, ROLE_HOST, &t->fault.call, &t->result);
	disarm(t);
	patience_settle();
	if (t->result.hit)
		t->fault.nr = t->result.hit_nr;
	t->messages = books_messages(h->messages, from);
	books_read(&t->books);
	judge_success(t);
	judge_charges(t);
	judge_host(t);
	judge_freed(t);
	judge_daemon(t, descriptors);
}
