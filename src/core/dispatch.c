#include "core/dispatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "core/launch.h"

#define OUTBOX_DESCRIPTION "outbox"
#define OUTBOX_FILE        "messages"
#define USER_CHARACTERS    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

enum {
	SENDER_MARGIN_MS =
		200, /* the sender's own limit ends before ours, so that it can tell its outcome */
	SENDER_MIN_MS = 100,   /* ORDER's lower bound */
	SENDER_MAX_MS = 20000, /* ORDER's upper bound */
	/* A sender says its receipt in one breath: one that stops in the middle of it must not
	 * hold up the next route, nor the person's answer */
	RECEIPT_MS = 500,
	SENDER_END_MS =
		/* to end by itself after its receipt; a resolver's thread can hold it for 10 s
		 * (seen) */
	50,
};

static void refuse(struct receipt *out, enum receipt_outcome outcome, const char *note)
{
	memset(out, 0, sizeof *out);
	out->outcome = outcome;
	snprintf(out->note, sizeof out->note, "%s", note);
}

/* A variable of the settings, {user} in it replaced by the login's user: for mailboxes, and nothing
 * else, since a user's name must not choose where a message goes to (E5). A name with characters
 * that an address would take for something else has none. */
static int fill_user(const char *user, struct secret *value, struct fault *f)
{
	static const char place[] = "{user}";
	const size_t width = sizeof place - 1, len = strlen(user);
	const unsigned char *at = memmem(value->bytes, value->len, place, width);
	struct secret filled = { 0 };

	if (!at)
		return 0;
	size_t head = (size_t)(at - value->bytes), tail = value->len - head - width;
	/* no host, URL or path can be made of what has an @ and no slash (E5) */
	if (!memchr(at + width, '@', tail) || memchr(value->bytes, '/', value->len))
		return fault_set(
			f, FAULT_BAD, 0, "{user} stands in a mail address only, before its @");
	if (len == 0)
		return fault_set(f, FAULT_BAD, 0, "{user}: this message is for no user");
	if (strspn(user, USER_CHARACTERS) != len)
		return fault_set(f, FAULT_BAD, 0, "{user}: this user's name cannot stand there");
	if (head + len + tail > SECRET_MAX)
		return fault_set(f, FAULT_BAD, 0, "{user}: too long with this user's name");
	memcpy(filled.bytes, value->bytes, head);
	memcpy(filled.bytes + head, user, len);
	memcpy(filled.bytes + head + len, at + width, tail);
	filled.len = head + len + tail;
	*value = filled;
	secret_wipe(&filled);
	return 0;
}

/* A check asks for nobody and sends nothing: any name does, so that the rest can be judged. */
static const char *user_of(const struct dispatch_job *job)
{
	bool named = job->user && job->user[0] != '\0';

	return named ? job->user : job->action == ORDER_ACTION_CHECK ? "nobody" : "";
}

static int add_variables(const struct settings_route *route, const struct dispatch_job *job,
	struct order *o, struct fault *f)
{
	for (size_t i = 0; i < route->nvariables; i++) {
		const struct settings_variable *v = &route->variables[i];
		struct secret value = { 0 };
		int rc = settings_read_secret(v, &value, f);

		if (rc == 0 && !v->is_file)
			rc = fill_user(user_of(job), &value, f);
		if (rc == 0)
			rc = order_add_variable(o, v->name, &value, f);
		secret_wipe(&value);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int copy_texts(
	const struct settings_route *route, const struct dispatch_job *job, struct order *o)
{
	if (text_copy(o->description, sizeof o->description, route->description) < 0 ||
		text_copy(o->number, sizeof o->number, job->number) < 0 ||
		text_copy(o->text, sizeof o->text, job->text) < 0 ||
		text_copy(o->message_id, sizeof o->message_id, job->message_id) < 0)
		return -1;
	if (text_copy(o->ca_file, sizeof o->ca_file, route->ca_file) < 0 ||
		text_copy(o->proxy, sizeof o->proxy, route->proxy) < 0)
		return -1;
	return 0;
}

static void set_time(struct order *o, int64_t until_ms)
{
	int left = clock_left_ms(until_ms) - SENDER_MARGIN_MS;

	o->time_ms = (uint32_t)(left < SENDER_MIN_MS ? SENDER_MIN_MS : left);
	if (o->time_ms > SENDER_MAX_MS)
		o->time_ms = SENDER_MAX_MS;
}

static int write_order(const struct settings_route *route, const struct dispatch_job *job,
	int64_t until_ms, struct order *o, struct fault *f)
{
	memset(o, 0, sizeof *o);
	o->action = job->action;
	set_time(o, until_ms);
	o->loopback_http = route->loopback_http ? 1 : 0;
	if (copy_texts(route, job, o) < 0)
		return fault_set(f, FAULT_BAD, 0, "the message does not fit an order");
	return add_variables(route, job, o, f);
}

/* The outbox's file, made at its first message. The sender gets the descriptor: it needs no right
 * to any folder. */
static int open_outbox(const struct dispatch *d, int *fd, struct fault *f)
{
	struct inode_want want = {
		.owner = 0, .forbid = 0077, .size = -1, .flags = O_WRONLY | O_APPEND
	};
	int folder = -1;

	if (file_open_folder(d->outbox_path, &want, &folder, f) < 0)
		return -1;
	int rc = file_open_at(folder, OUTBOX_FILE, &want, fd, f);
	if (rc < 0 && f->class == FAULT_ABSENT) {
		rc = file_create_at(folder, OUTBOX_FILE, "", 0, f);
		if (rc == 0 || f->errnum == EEXIST)
			rc = file_open_at(folder, OUTBOX_FILE, &want, fd, f);
	}
	close(folder);
	return rc;
}

static int start_sender(
	const struct dispatch *d, bool outbox, struct dispatch_sender *s, struct fault *f)
{
	struct launch how = { d->sender_path, d->sender_user, -1, false };

	if (outbox && open_outbox(d, &how.box, f) < 0)
		return -1;
	int rc = launch_sender(&how, &s->child, &s->fd, f);
	if (how.box >= 0)
		close(how.box);
	return rc;
}

static void refuse_for(struct receipt *out, enum receipt_outcome outcome, const struct fault *f)
{
	char text[sizeof f->text + 80];

	refuse(out, outcome, fault_text(f, text, sizeof text));
}

/* What is no message has time, and leaves a sender that waits to those that are. */
static bool borrow(const struct dispatch *d, const struct settings_route *route,
	const struct order *o, struct dispatch_sender *s)
{
	bool message = o->action == ORDER_ACTION_SEND || o->action == ORDER_ACTION_VOICE;

	if (!d->lender || d->lender->keep_s == 0 || !message ||
		loan_order(d->lender, route->name, o, s->until_ms, &s->loan) < 0)
		return false;
	s->fd = s->loan.fd;
	s->lent = true;
	return true;
}

int dispatch_start(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, struct dispatch_sender *s, struct receipt *out)
{
	struct fault f = FAULT_INIT;
	struct order o;
	bool outbox = strcmp(route->description, OUTBOX_DESCRIPTION) == 0;
	int rc = -1;

	s->fd = -1;
	s->lent = false;
	if (write_order(route, job, s->until_ms, &o, &f) < 0)
		goto out;
	if (!outbox && borrow(d, route, &o, s)) {
		rc = 0;
		goto out;
	}
	if (start_sender(d, outbox, s, &f) < 0)
		goto out;
	set_time(&o, s->until_ms); /* a lent one may have taken its time */
	rc = order_send(s->fd, &o, s->until_ms, &f);
	if (rc < 0) /* not the whole order: a sender refuses a part of one (C7) */
		dispatch_drop(s);
out:
	if (rc < 0)
		refuse_for(out, RECEIPT_LOCAL, &f);
	order_wipe(&o);
	return rc;
}

static void end(struct dispatch_sender *s, int64_t until_ms)
{
	spawn_end(&s->child, until_ms);
	close(s->fd);
	s->fd = -1;
}

/* Wait for the first word of the receipt; the time by which it must be whole. */
static int64_t receipt_end_ms(const struct dispatch_sender *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int n;

	do {
		n = poll(&p, 1, clock_left_ms(s->until_ms));
	} while (n < 0 && errno == EINTR && clock_left_ms(s->until_ms) > 0);
	return n > 0 ? clock_boot_ms() + RECEIPT_MS : s->until_ms;
}

/* The order is written: "nobody took it" is only what the sender says (E9). What it has said by now
 * counts also when we come late. */
void dispatch_finish(struct dispatch_sender *s, struct receipt *out)
{
	struct fault f = FAULT_INIT;
	int rc = order_receive_receipt(s->fd, out, receipt_end_ms(s), &f);

	if (rc < 0)
		refuse(out, RECEIPT_UNKNOWN,
			f.class == FAULT_LATE ? "no answer in time"
					      : "the sender ended without a receipt");
	if (!s->lent)
		end(s, clock_boot_ms() + SENDER_END_MS);
	else if (rc == 0)
		loan_return(&s->loan);
	else
		loan_drop(&s->loan);
}

void dispatch_drop(struct dispatch_sender *s)
{
	if (!s->lent)
		end(s, 0);
	else
		loan_drop(&s->loan);
}

void dispatch_run(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, int64_t until_ms, struct receipt *out)
{
	struct dispatch_sender s = { .until_ms = until_ms };

	if (dispatch_start(d, route, job, &s, out) == 0)
		dispatch_finish(&s, out);
}
