#include "core/dispatch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "core/account.h"

#define OUTBOX_DESCRIPTION "outbox"
#define OUTBOX_FILE        "messages"

enum {
	SENDER_MARGIN_MS =
		200, /* the sender's own limit ends before ours, so that it can tell its outcome */
	SENDER_MIN_MS = 100,   /* ORDER's lower bound */
	SENDER_MAX_MS = 20000, /* ORDER's upper bound */
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

static int add_variables(const struct settings_route *route, struct order *o, struct fault *f)
{
	for (size_t i = 0; i < route->nvariables; i++) {
		const struct settings_variable *v = &route->variables[i];
		struct secret value = { 0 };
		int rc = settings_read_secret(v, &value, f);

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

static int write_order(const struct settings_route *route, const struct dispatch_job *job,
	int64_t until_ms, struct order *o, struct fault *f)
{
	int left = clock_left_ms(until_ms) - SENDER_MARGIN_MS;

	memset(o, 0, sizeof *o);
	o->action = job->action;
	o->time_ms = (uint32_t)(left < SENDER_MIN_MS ? SENDER_MIN_MS : left);
	if (o->time_ms > SENDER_MAX_MS)
		o->time_ms = SENDER_MAX_MS;
	o->loopback_http = route->loopback_http ? 1 : 0;
	if (copy_texts(route, job, o) < 0)
		return fault_set(f, FAULT_BAD, 0, "the message does not fit an order");
	return add_variables(route, o, f);
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

static int plan_sender(const struct dispatch *d, struct spawn_plan *plan, struct fault *f)
{
	static const char *const argv[] = { "sms-otp-send", NULL };
	struct account sender;

	if (account_find(d->sender_user, &sender, f) < 0)
		return fault_prefix(f, "the sender's system user %s", d->sender_user);
	if (sender.uid == 0)
		return fault_set(
			f, FAULT_BAD, 0, "the sender's system user %s is root", d->sender_user);
	memset(plan, 0, sizeof *plan);
	plan->path = d->sender_path;
	plan->argv = argv;
	plan->drop = true;
	plan->uid = sender.uid;
	plan->gid = sender.gid;
	plan->no_new_privs = true;
	return 0;
}

/* One running sender, seen from here. */
struct sender {
	struct spawn_child child;
	int fd;
};

static int start_sender(const struct dispatch *d, bool outbox, struct sender *s, struct fault *f)
{
	struct spawn_plan plan;
	int pair[2] = { -1, -1 };
	int box = -1;
	int result = -1;

	if (plan_sender(d, &plan, f) < 0)
		return -1;
	if (outbox && open_outbox(d, &box, f) < 0)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		fault_set(f, FAULT_SYSTEM, errno, "socketpair");
		goto out;
	}
	plan.fds[0] = plan.fds[1] = pair[1];
	plan.fds[2] = -1;
	plan.fds[3] = box;
	plan.nfds = outbox ? 4 : 3;
	if (spawn_child(&plan, &s->child, f) < 0)
		goto out;
	s->fd = pair[0], pair[0] = -1;
	result = 0;
out:
	if (pair[0] >= 0)
		close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	if (box >= 0)
		close(box);
	return result;
}

/* The order is written; from here on "nobody took it" is only what the sender says (E9). */
static void take_receipt(struct sender *s, int64_t until_ms, struct receipt *out)
{
	struct fault f = FAULT_INIT;

	if (order_receive_receipt(s->fd, out, until_ms, &f) == 0)
		return;
	refuse(out, RECEIPT_UNKNOWN,
		f.class == FAULT_LATE ? "no answer in time" : "the sender ended without a receipt");
}

static void refuse_for(struct receipt *out, enum receipt_outcome outcome, const struct fault *f)
{
	char text[sizeof f->text + 80];

	refuse(out, outcome, fault_text(f, text, sizeof text));
}

void dispatch_run(const struct dispatch *d, const struct settings_route *route,
	const struct dispatch_job *job, int64_t until_ms, struct receipt *out)
{
	struct fault f = FAULT_INIT;
	struct sender s = { { -1, -1 }, -1 };
	struct order o;
	bool outbox = strcmp(route->description, OUTBOX_DESCRIPTION) == 0;

	refuse(out, RECEIPT_LOCAL, "not tried");
	if (write_order(route, job, until_ms, &o, &f) < 0) {
		refuse_for(out, RECEIPT_LOCAL, &f);
		goto wipe;
	}
	if (start_sender(d, outbox, &s, &f) < 0) {
		refuse_for(out, RECEIPT_LOCAL, &f);
		goto wipe;
	}
	if (order_send(s.fd, &o, until_ms, &f) == 0)
		take_receipt(&s, until_ms, out);
	else /* not the whole order: a sender refuses a part of one (C7) */
		refuse_for(out, RECEIPT_LOCAL, &f);
	spawn_end(&s.child, clock_boot_ms() + SENDER_END_MS);
	close(s.fd);
wipe:
	order_wipe(&o);
}
