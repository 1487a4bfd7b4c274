#include "core/dialogue.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

enum { MORE_PROMPTS = 4, NON_ANSWERS = 3 }; /* A6 */

void dialogue_begin(
	struct dialogue *d, const struct dialogue_people *people, uint32_t tries, uint32_t resends)
{
	memset(d, 0, sizeof *d);
	d->people = people;
	d->prompts_left = tries + resends + MORE_PROMPTS;
	d->non_answers_left = NON_ANSWERS;
}

void dialogue_next(struct dialogue *d, enum message_situation situation, int64_t wait_s)
{
	d->next.situation = situation;
	d->next.wait_s = wait_s;
}

/* Until there is something to read, the time is over, or the waiting fails (then read waits). */
static void wait_for_answer(const struct dialogue *d, int64_t deadline_ms)
{
	const struct dialogue_watch *w = d->watch;
	struct pollfd fds[1 + DIALOGUE_WATCH_FDS];

	if (!w || d->people->answer_fd < 0)
		return;
	fds[0] = (struct pollfd){ .fd = d->people->answer_fd, .events = POLLIN };
	do {
		w->step(w->ctx);
		nfds_t n = 1 + w->fds(w->ctx, fds + 1);
		int64_t wake_ms = w->wake_ms(w->ctx);
		if (wake_ms > deadline_ms)
			wake_ms = deadline_ms;
		fds[0].revents = 0;
		if (poll(fds, n, clock_left_ms(wake_ms)) < 0 && errno != EINTR)
			return;
	} while (fds[0].revents == 0 && clock_boot_ms() < deadline_ms);
}

static int show(const struct dialogue *d, const char *text, struct fault *f)
{
	const struct dialogue_people *p = d->people;

	if (d->field.digits == 0)
		return p->show(p->ctx, text, f);
	if (!p->show_field)
		return fault_set(f, FAULT_BAD, 0, "there is no field to ask for");
	return p->show_field(p->ctx, text, &d->field, f);
}

static int ask(struct dialogue *d, struct talk_answer *answer, struct fault *f)
{
	char text[TALK_PROMPT_MAX + 1];
	struct message_prompt shown;

	/* what has come in while the answer was judged: the prompt should know of it */
	if (d->watch)
		d->watch->step(d->watch->ctx);
	shown = d->next;
	if (d->mask && !d->mask->speak(d->mask->ctx, &shown))
		return fault_set(f, FAULT_LATE, 0, "nothing more is asked");
	message_prompt(&shown, text, sizeof text);
	d->next.news = MESSAGE_NEWS_NONE;
	d->next.offline = 0;
	if (show(d, text, f) < 0)
		return -1;
	int64_t deadline_ms =
		clock_boot_ms() + (d->patience_ms > 0 ? d->patience_ms : TALK_ANSWER_MS);
	wait_for_answer(d, deadline_ms);
	if (d->people->read(d->people->ctx, deadline_ms, answer, f) < 0)
		return -1;
	if (d->mask)
		d->mask->hear(d->mask->ctx, answer);
	return 0;
}

enum dialogue_end dialogue_ask(struct dialogue *d, struct talk_answer *answer, struct fault *f)
{
	memset(answer, 0, sizeof *answer);
	d->over = true;
	if (d->prompts_left == 0)
		return DIALOGUE_SILENT;
	d->prompts_left--;
	if (ask(d, answer, f) < 0) {
		secret_wipe(&answer->text);
		return f->class == FAULT_LATE ? DIALOGUE_SILENT : DIALOGUE_BROKEN;
	}
	switch (answer->kind) {
	case TALK_ANSWER_TEXT:
	case TALK_ANSWER_EMPTY:
	case TALK_ANSWER_OVERSIZE:
		d->answered++;
		d->over = false;
		return DIALOGUE_ANSWERED;
	case TALK_ANSWER_SAME_AS_PASSWORD:
		return DIALOGUE_ONE_FIELD;
	case TALK_ANSWER_CONTROL:
		return DIALOGUE_CONTROL;
	case TALK_ANSWER_NONE:
	case TALK_ANSWER_FAILED:
	default:
		return DIALOGUE_FAILED;
	}
}

bool dialogue_bear(struct dialogue *d)
{
	if (d->non_answers_left == 0)
		return false;
	d->non_answers_left--;
	return true;
}

void dialogue_tell_refusal(struct dialogue *d, enum talk_reason reason, int64_t until_wall_s,
	int64_t now_wall_s, int64_t deadline_ms)
{
	char text[TALK_PROMPT_MAX + 1];
	struct fault f = FAULT_INIT;

	if (d->mask)
		return;
	message_refusal(reason, until_wall_s, now_wall_s, text, sizeof text);
	if (text[0] != '\0' && d->people->tell(d->people->ctx, text, deadline_ms, &f) < 0)
		d->people->note(d->people->ctx, "the refusal could not be shown");
}
