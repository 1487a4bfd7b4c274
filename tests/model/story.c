#include "story.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/talk.h"

enum { WORDS = 5, HEADER = 8, ASK = 3, VERDICT = 5 };

static void put(char to[STORY_WORD], const char *word)
{
	size_t n = strnlen(word, STORY_WORD - 1);

	memmove(to, word, n);
	to[n] = '\0';
}

static int user_of(struct story *s, const char *name)
{
	for (int i = 0; i < s->nusers; i++)
		if (strcmp(s->users[i].name, name) == 0)
			return i;
	if (s->nusers == STORY_USERS)
		errx(2, "too many users");
	struct story_user *u = &s->users[s->nusers];
	put(u->name, name);
	u->gone = true;
	return s->nusers++;
}

static struct story_login *login_of(struct story *s, uint32_t pid)
{
	for (int i = s->nlogins - 1; i >= 0; i--)
		if (s->logins[i].pid == pid)
			return &s->logins[i];
	return NULL;
}

/* --- commands --- */

static void start(struct story_user *u, const char *command, const char *value)
{
	if (strcmp(command, "enroll") == 0) {
		char name[STORY_WORD];
		memcpy(name, u->name, sizeof name);
		memset(u, 0, sizeof *u); /* a fresh record */
		memcpy(u->name, name, sizeof name);
	} else if (strcmp(command, "forget") == 0) {
		u->enrolled = false;
	} else if (strcmp(command, "unlock") == 0) {
		u->wrong = 0;
		u->locked = false;
	} else if (strcmp(command, "number") == 0) {
		u->number[0] = '\0';
		u->nplaces = 0;
	} else if (strcmp(command, "recovery") == 0) {
		u->nrecovery = 0;
	}
	bool number = strcmp(command, "enroll") == 0 || strcmp(command, "number") == 0;
	if (number && u->nnumbers < 8)
		put(u->numbers[u->nnumbers++], value);
}

static void done(struct story_user *u, const char *command, const char *value)
{
	bool enroll = strcmp(command, "enroll") == 0;

	if (enroll)
		u->enrolled = true;
	if (enroll || strcmp(command, "number") == 0)
		put(u->number, value);
	if (strcmp(command, "forget") == 0) {
		u->gone = true;
		u->ndead = 0;
	}
	if (strcmp(command, "unlock") == 0)
		u->unlocked = true;
	if (strcmp(command, "app") == 0)
		u->app = true;
	if (strcmp(command, "recovery") == 0 && u->nrecovery < STORY_RECOVERY) {
		/* one mark for each code */
		put(u->recovery[u->nrecovery].code, value);
		u->recovery[u->nrecovery++].is = STORY_RECOVERY_FRESH;
	}
}

/* --- logins --- */

static void answer(struct story *s, struct story_login *l)
{
	struct story_user *u = &s->users[l->user];

	u->unlocked = false;
	if (strcmp(l->kind, "wrong") == 0 || strcmp(l->kind, "other") == 0)
		return;
	if (strcmp(l->kind, "recovery") == 0)
		for (unsigned i = 0; i < u->nrecovery; i++)
			if (strcmp(u->recovery[i].code, l->value) == 0 &&
				u->recovery[i].is == STORY_RECOVERY_FRESH)
				u->recovery[i].is = STORY_RECOVERY_TYPED;
	if (!l->forgiven)
		u->forgivable += l->handed;
	l->forgiven = true;
}

static void mark(struct story *s, const char *words[WORDS])
{
	if (strcmp(words[0], "start") == 0) {
		start(&s->users[user_of(s, words[2])], words[1], words[3]);
	} else if (strcmp(words[0], "done") == 0) {
		done(&s->users[user_of(s, words[2])], words[1], words[3]);
	} else if (strcmp(words[0], "login") == 0) {
		if (s->nlogins == STORY_LOGINS)
			errx(2, "too many logins");
		struct story_login *l = &s->logins[s->nlogins++];
		l->pid = (uint32_t)strtoul(words[1], NULL, 10);
		l->user = user_of(s, words[2]);
		put(l->place, words[3]);
	} else {
		struct story_login *l = login_of(s, (uint32_t)strtoul(words[1], NULL, 10));
		if (!l)
			errx(2, "a mark of no login: %s %s", words[0], words[1]);
		if (strcmp(words[0], "code") == 0) {
			put(l->code, words[2]);
			return;
		}
		put(l->kind, words[2]);
		put(l->value, words[3]);
		answer(s, l);
	}
}

static void accepted(struct story_user *u, const struct story_login *l)
{
	unsigned i = 0;

	for (unsigned k = 0; k < u->nrecovery; k++)
		if (strcmp(l->kind, "recovery") == 0 && strcmp(u->recovery[k].code, l->value) == 0)
			u->recovery[k].is = STORY_RECOVERY_SPENT;
	if (strcmp(l->kind, "app") == 0)
		u->app_step = strtoll(l->value, NULL, 10);
	while (i < u->nplaces && strcmp(u->places[i], l->place) != 0)
		i++;
	if (i == u->nplaces && i < 8)
		put(u->places[u->nplaces++], l->place);
}

static void told_wrong(struct story_user *u, struct story_login *l)
{
	if (strcmp(l->kind, "wrong") == 0)
		u->wrong++;
	l->kind[0] = '\0';
}

static void verdict(struct story *s, struct story_login *l, const unsigned char body[HEADER])
{
	struct story_user *u = &s->users[l->user];
	unsigned reason = body[7];

	if (l->code[0] && u->ndead < STORY_CODES)
		put(u->dead[u->ndead++], l->code);
	if (reason == TALK_REASON_ACCEPTED) {
		accepted(u, l);
		return;
	}
	if (reason == TALK_REASON_WRONG)
		told_wrong(u, l);
	if (reason == TALK_REASON_LOCKED) {
		told_wrong(u, l);
		u->locked = true;
	}
}

/* Header and body of a frame are sent one after the other (base/frame.c). */
static void said(struct story *s, struct story_login *l, const unsigned char *b, size_t len)
{
	if (l->body) {
		l->body = false;
		if (len == HEADER)
			verdict(s, l, b);
	} else if (len == HEADER && b[0] == 'O') {
		l->handed++;
		s->users[l->user].handed++;
		s->handed++;
	} else if (len == HEADER && b[0] == 'T' && b[2] == ASK) {
		told_wrong(&s->users[l->user], l);
	} else if (len == HEADER && b[0] == 'T' && b[2] == VERDICT) {
		l->body = true;
	}
}

void story_play(struct story *s, const struct stream_entry *e)
{
	char text[256], *at = text;
	const char *words[WORDS] = { "", "", "", "", "" };

	if (e->h.kind == STREAM_SAID) {
		struct story_login *l = login_of(s, e->h.pid);
		if (l)
			said(s, l, e->data, e->h.data_len);
		return;
	}
	snprintf(text, sizeof text, "%.*s", (int)e->h.data_len, (const char *)e->data);
	for (int i = 0; i < WORDS && at; i++)
		words[i] = strsep(&at, " ");
	mark(s, words);
}
