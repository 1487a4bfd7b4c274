#include "core/report.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

void report_begin(struct report *p, const struct dispatch *d, const struct settings_route *route,
	const char *e164, const struct receipt *r)
{
	report_close(p);
	if (r->reports != 1 || r->message_id[0] == '\0')
		return;
	if (text_copy(p->number, sizeof p->number, e164) < 0 ||
		text_copy(p->message_id, sizeof p->message_id, r->message_id) < 0)
		return;
	p->state = REPORT_PENDING;
	p->dispatch = d;
	p->route = route;
	p->interval_ms = REPORT_FIRST_MS;
	p->next_ms = clock_boot_ms() + REPORT_FIRST_MS;
}

void report_until(struct report *p, int64_t until_ms)
{
	p->until_ms = until_ms;
}

static void start(struct report *p, int64_t now_ms)
{
	struct dispatch_job job = {
		.action = ORDER_ACTION_POLL,
		.number = p->number,
		.text = "",
		.message_id = p->message_id,
	};
	struct receipt unused;

	p->interval_ms += p->interval_ms / 2;
	if (p->interval_ms > REPORT_MOST_MS)
		p->interval_ms = REPORT_MOST_MS;
	p->next_ms = now_ms + p->interval_ms;
	p->sender.until_ms = now_ms + REPORT_ASK_MS;
	p->runs = dispatch_start(p->dispatch, p->route, &job, &p->sender, &unused) == 0;
}

static void finish(struct report *p, int64_t now_ms)
{
	struct receipt r;

	dispatch_finish(&p->sender, &r);
	p->runs = false;
	p->next_ms = now_ms + p->interval_ms;
	/* a question that was refused is no report: a status that is there says 2xx */
	bool report = r.http_status == 0 || (r.http_status >= 200 && r.http_status < 300);
	if (r.outcome == RECEIPT_ACCEPTED && report)
		p->state = REPORT_DELIVERED;
	else if (r.outcome == RECEIPT_RECIPIENT && report)
		p->state = REPORT_FAILED;
}

static bool sender_ready(const struct report *p, int64_t now_ms)
{
	struct pollfd fd = { .fd = p->sender.fd, .events = POLLIN };

	return now_ms >= p->sender.until_ms || poll(&fd, 1, 0) > 0;
}

enum report_state report_step(struct report *p)
{
	int64_t now_ms = clock_boot_ms();

	if (p->state != REPORT_PENDING)
		return p->state;
	if (p->runs && sender_ready(p, now_ms))
		finish(p, now_ms);
	else if (!p->runs && now_ms >= p->until_ms)
		p->state = REPORT_NONE;
	else if (!p->runs && now_ms >= p->next_ms)
		start(p, now_ms);
	if (p->state == REPORT_FAILED) {
		p->state = REPORT_NONE;
		return REPORT_FAILED;
	}
	return p->state;
}

int report_fd(const struct report *p)
{
	return p->state == REPORT_PENDING && p->runs ? p->sender.fd : -1;
}

int64_t report_wake_ms(const struct report *p)
{
	if (p->state != REPORT_PENDING)
		return INT64_MAX;
	if (p->runs)
		return p->sender.until_ms;
	return p->next_ms < p->until_ms ? p->next_ms : p->until_ms;
}

void report_close(struct report *p)
{
	if (p->runs)
		dispatch_drop(&p->sender);
	memset(p, 0, sizeof *p);
}
