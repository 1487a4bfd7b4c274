#include "senders.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "core/dispatch.h"
#include "house.h"
#include "unit.h"

enum { ROUTES = 16, RUNNING = 32, FIRST_FD = 1000 };

static struct senders_route routes[ROUTES];
static struct running {
	bool busy;
	int64_t ready_ms; /* SENDERS_NEVER */
	struct receipt receipt;
	struct senders_route *route;
} runs[RUNNING];
static int started;

char senders_text[ORDER_TEXT_MAX + 1];
int64_t senders_person_ms;
struct senders_order senders_orders[SENDERS_ORDERS];
const char *senders_refuse[2];

struct senders_route *senders_route(const char *name)
{
	for (size_t i = 0; i < ROUTES; i++) {
		if (routes[i].name[0] == '\0')
			snprintf(routes[i].name, sizeof routes[i].name, "%s", name);
		if (strcmp(routes[i].name, name) == 0)
			return &routes[i];
	}
	ck_abort_msg("too many routes");
}

void senders_reset(void)
{
	memset(routes, 0, sizeof routes);
	memset(runs, 0, sizeof runs);
	memset(senders_orders, 0, sizeof senders_orders);
	memset(senders_refuse, 0, sizeof senders_refuse);
	memset(senders_text, 0, sizeof senders_text);
	senders_person_ms = 0;
	started = 0;
}

int senders_running(void)
{
	int n = 0;

	for (int i = 0; i < RUNNING; i++)
		n += runs[i].busy;
	return n;
}

int senders_started(void)
{
	return started;
}

static void answer_poll(struct senders_route *r, struct receipt *out)
{
	out->outcome = r->polled < SENDERS_POLLS ? r->polls[r->polled] : RECEIPT_PENDING;
	if (out->outcome == RECEIPT_NONE)
		out->outcome = RECEIPT_PENDING;
	out->http_status = r->poll_status ? r->poll_status : 200;
	r->polled++;
}

/* What house_provider, where there is one, says of a route without an answer of its own. */
static enum receipt_outcome house_answer(const char *name)
{
	if (!house_provider)
		return RECEIPT_ACCEPTED;
	if (strcmp(name, "first") == 0 && house_provider->answer_of_first_route != RECEIPT_NONE)
		return house_provider->answer_of_first_route;
	return house_provider->answer;
}

static void answer_send(struct senders_route *r, const struct dispatch_job *job, struct receipt *out)
{
	out->outcome = r->answer == RECEIPT_NONE ? house_answer(r->name) : r->answer;
	for (int i = 0; i < 2; i++)
		if (senders_refuse[i] && strcmp(senders_refuse[i], job->number) == 0)
			out->outcome = RECEIPT_RECIPIENT;
	if (started < SENDERS_ORDERS) {
		struct senders_order *o = &senders_orders[started];
		snprintf(o->number, sizeof o->number, "%s", job->number);
		snprintf(o->text, sizeof o->text, "%s", job->text);
		o->call = job->action == ORDER_ACTION_VOICE;
	}
	out->http_status = out->outcome == RECEIPT_ACCEPTED ? 200 : 503;
	snprintf(out->note, sizeof out->note, "HTTP %u", out->http_status);
	if (out->outcome == RECEIPT_ACCEPTED) {
		snprintf(out->message_id, sizeof out->message_id, "m-%d", started);
		out->reports = r->reports;
	}
	r->started++;
	r->calls += job->action == ORDER_ACTION_VOICE;
	r->started_ms = clock_boot_ms();
	started++;
	snprintf(senders_text, sizeof senders_text, "%s", job->text);
	if (!house_provider)
		return;
	if (out->outcome == RECEIPT_ACCEPTED || out->outcome == RECEIPT_UNKNOWN)
		house_provider->orders++;
	snprintf(house_provider->text, sizeof house_provider->text, "%s", job->text);
	snprintf(house_provider->number, sizeof house_provider->number, "%s", job->number);
}

int __wrap_dispatch_start(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, struct dispatch_sender *s, struct receipt *out);
int __wrap_dispatch_start(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, struct dispatch_sender *s, struct receipt *out)
{
	struct senders_route *r = senders_route(route->name);
	struct receipt answer = { 0 };
	int at = 0;

	(void)d;
	ck_assert_int_gt(s->until_ms, clock_boot_ms());
	if (job->action == ORDER_ACTION_POLL) {
		ck_assert_str_ne(job->message_id, "");
		answer_poll(r, &answer);
	} else {
		if (house_at_order)
			house_at_order();
		answer_send(r, job, &answer);
	}
	if (answer.outcome == RECEIPT_LOCAL) {
		*out = answer;
		return -1;
	}
	house_shift_ms += r->start_ms;
	while (at < RUNNING && runs[at].busy)
		at++;
	ck_assert_int_lt(at, RUNNING);
	runs[at] = (struct running){ true, SENDERS_NEVER, answer, r };
	int64_t after_ms = r->after_ms;
	if (job->action == ORDER_ACTION_POLL && r->poll_after_ms != 0)
		after_ms = r->poll_after_ms;
	if (after_ms != SENDERS_NEVER)
		runs[at].ready_ms = clock_boot_ms() + after_ms;
	s->fd = FIRST_FD + at;
	return 0;
}

static struct running *run_of(int fd)
{
	ck_assert_int_ge(fd, FIRST_FD);
	ck_assert_int_lt(fd, FIRST_FD + RUNNING);
	ck_assert(runs[fd - FIRST_FD].busy);
	return &runs[fd - FIRST_FD];
}

static bool ready(const struct running *r)
{
	return r->ready_ms != SENDERS_NEVER && clock_boot_ms() >= r->ready_ms;
}

void __wrap_dispatch_finish(struct dispatch_sender *s, struct receipt *out);
void __wrap_dispatch_finish(struct dispatch_sender *s, struct receipt *out)
{
	struct running *r = run_of(s->fd);

	/* the real one waits until the sender's end; nothing here calls it before */
	ck_assert(ready(r) || clock_boot_ms() >= s->until_ms);
	*out = r->receipt;
	if (!ready(r))
		*out = (struct receipt){ .outcome = RECEIPT_UNKNOWN, .note = "no answer in time" };
	r->busy = false;
	s->fd = -1;
}

void __wrap_dispatch_drop(struct dispatch_sender *s);
void __wrap_dispatch_drop(struct dispatch_sender *s)
{
	struct running *r = run_of(s->fd);

	r->route->dropped++;
	r->busy = false;
	s->fd = -1;
}

/* When this descriptor is ready; INT64_MAX: never. */
static int64_t ready_at(int fd)
{
	if (fd == SENDERS_PERSON_FD)
		return senders_person_ms;
	const struct running *r = run_of(fd);
	return r->ready_ms == SENDERS_NEVER ? INT64_MAX : r->ready_ms;
}

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int64_t now = clock_boot_ms(), first = INT64_MAX;
	int found = 0;

	for (nfds_t i = 0; i < n; i++) {
		fds[i].revents = 0;
		if (fds[i].fd >= 0 && fds[i].fd < SENDERS_PERSON_FD)
			return __real_poll(fds, n, timeout);
		if (fds[i].fd >= 0 && ready_at(fds[i].fd) < first)
			first = ready_at(fds[i].fd);
	}
	/* time passes until something is ready, or until the end of the waiting */
	if (timeout != 0 && first > now) {
		ck_assert_msg(timeout > 0 || first != INT64_MAX, "this would wait for ever");
		int64_t pass = timeout < 0 || first - now < timeout ? first - now : timeout;
		house_shift_ms += pass;
		now = clock_boot_ms();
	}
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].fd >= 0 && ready_at(fds[i].fd) <= now) {
			fds[i].revents = POLLIN;
			found++;
		}
	return found;
}

/* what poll is called in a build with _FORTIFY_SOURCE */
int __wrap___poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
int __wrap___poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	ck_assert_uint_le(n * sizeof *fds, size);
	return __wrap_poll(fds, n, timeout);
}
