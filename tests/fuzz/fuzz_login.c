/* The whole of the shim (src/module, with wire and base): pam_sm_authenticate and pam_sm_chauthtok in a host that is all input.
 *
 *   arguments of the line in pam.d, one a line
 *   %%
 *   user=, service=, rhost=, tty=, ruser=, authtok=, oldauthtok=, auth_info= (; for a newline); and words, see `words` in host_input.c;
 *   type=TEXT, and fail, null, nothing, again, typefail=TEXT: what comes of each prompt in turn
 *   %%
 *   what the engine sends: ask TEXT, echo TEXT, field N TEXT, alone N TEXT, tell TEXT, deny N, accept, exempt, verdict KIND REASON;
 *   or, behind a line "raw", bytes */
#include <security/pam_modules.h>
#include <string.h>

#include "base/secret.h"
#include "claim.h"
#include "host.h"
#include "input.h"
#include "wire/talk.h"

enum { HEADER = 8, FRAME_LOGIN = 1, FRAME_ANSWER = 2 };
enum { PROMPTS_MAX = 16 };

static const unsigned char accept_frame[] = { 'T', 1, 5, 0, 0, 0, 0, 8, 0x5a, 0xc3, 0xc3, 0x5a, 0,
	0, 0, 1 };
static const unsigned char exempt_frame[] = { 'T', 1, 5, 0, 0, 0, 0, 8, 0x3c, 0x69, 0x96, 0x3c, 0,
	0, 0, 2 };

/* --- the claims ------------------------------------------------------------------------------- */

static const char *argument(const char *start)
{
	for (int i = 0; i < host.argc; i++)
		if (!strncmp(host.argv[i], start, strlen(start)))
			return host.argv[i] + strlen(start);
	return NULL;
}

static bool word(const char *whole)
{
	for (int i = 0; i < host.argc; i++)
		if (!strcmp(host.argv[i], whole))
			return true;
	return false;
}

static bool ended_with(const unsigned char frame[16])
{
	size_t at = 0, last = 0;
	while (at + HEADER <= host.consumed) {
		last = at;
		size_t len = (size_t)host.stream[at + 6] << 8 | host.stream[at + 7];
		at += HEADER + len;
	}
	return at == host.consumed && at > 0 && at - last == 16 &&
	       !memcmp(host.stream + last, frame, 16);
}

/* By the word of the manual: a list with commas, and the service's name in it or not. */
static bool not_concerned(void)
{
	char list[4096];
	const char *only = argument("only="), *service = host.item[PAM_SERVICE];
	if (!only || !service || strlen(only) + 2 >= sizeof list)
		return false;
	snprintf(list, sizeof list, ",%s,", only);
	char want[4096];
	snprintf(want, sizeof want, ",%s,", service);
	return strchr(service, ',') || !strstr(list, want);
}

static void claim_result(int rc)
{
	if (rc == PAM_SUCCESS) {
		/* C1: the engine's own word, whole, and the last */
		CLAIM(ended_with(accept_frame));
		CLAIM(!word("decoy") && (!word("two_step") || word("forward_pass")));
		CLAIM(!host.failed);
	}
	if (rc == PAM_IGNORE) {
		CLAIM(ended_with(exempt_frame) || not_concerned());
		CLAIM(!word("decoy"));
	}
	/* D9 */
	CLAIM(rc == PAM_SUCCESS || rc == PAM_IGNORE || rc == PAM_AUTH_ERR || rc == PAM_MAXTRIES ||
		rc == PAM_AUTHINFO_UNAVAIL || rc == PAM_SERVICE_ERR || rc == PAM_SYSTEM_ERR ||
		rc == PAM_CONV_ERR || rc == PAM_PERM_DENIED);
	/* C4: only the engine may say so */
	if (rc == PAM_AUTHINFO_UNAVAIL)
		CLAIM(host.consumed >= 16);
}

static const char *item_then(int which)
{
	return host.item[which] ? host.item[which] : "";
}

/* D3, D10. typed: what came of the question that this answers. */
static void claim_answer(const unsigned char *text, size_t len, const char *typed)
{
	bool one_field = word("forward_pass");
	const char *field = one_field && host.item[PAM_AUTHTOK] ? host.item[PAM_AUTHTOK] : typed;
	CLAIM(field && len > 0 && len <= SECRET_MAX);
	size_t whole = strlen(field);
	CLAIM(len <= whole && !memchr(text, 0, len));
	if (one_field) {
		/* of a field its end, and not the password */
		CLAIM(!memcmp(field + whole - len, text, len));
		CLAIM(word("two_step") ? len >= 6 && len <= 10
				       : len < whole && (len == 6 || len == 19));
		return;
	}
	CLAIM(len == whole);
	/* also of a user whose name is "?" */
	if (word("decoy") || word("decoy=refused")) {
		size_t marks = 0;
		while (marks < len && text[marks] == '?')
			marks++;
		if (marks == len)
			return;
	}
	CLAIM(!memcmp(text, field, len));
	CLAIM(strcmp(field, item_then(PAM_AUTHTOK)) && strcmp(field, item_then(PAM_OLDAUTHTOK)) &&
		strcmp(field, item_then(PAM_USER)));
	for (size_t i = 0; i < len; i++)
		CLAIM(text[i] >= 0x20 && text[i] != 0x7f);
}

static void claim_sent(void)
{
	size_t answers = 0, at = 0;
	for (int frames = 0; at + HEADER <= host.nsent; frames++) {
		const unsigned char *f = host.sent + at;
		size_t len = (size_t)f[6] << 8 | f[7];
		CLAIM(f[0] == 'T' && f[1] == 1 && !f[3] && !f[4] && !f[5] &&
			at + HEADER + len <= host.nsent);
		at += HEADER + len;
		CLAIM(f[2] == (frames == 0 ? FRAME_LOGIN : FRAME_ANSWER));
		if (frames == 0)
			continue;
		CLAIM(len >= 3 && f[HEADER] >= TALK_ANSWER_TEXT &&
			f[HEADER] <= TALK_ANSWER_CONTROL);
		size_t n = (size_t)f[HEADER + 1] << 8 | f[HEADER + 2];
		CLAIM(n == len - 3 && (n > 0) == (f[HEADER] == TALK_ANSWER_TEXT));
		CLAIM(answers < HOST_ASKED);
		if (n > 0)
			claim_answer(f + HEADER + 3, n, host.typed[answers]);
		answers++;
	}
	CLAIM(at == host.nsent && answers <= PROMPTS_MAX);
}

/* E1, E2: to nobody but root. */
static void claim_peer(void)
{
	bool folder = host.folder_uid == 0 && (host.folder_mode & 0022) == 0;
	bool served = folder && !host.socket_absent && host.socket_uid == 0 && !host.plain_file &&
		      !host.refused && host.peer_uid == 0;
	if (!served && !host.spawned)
		CLAIM(host.nsent == 0 && host.asked == 0);
	if (host.spawned)
		CLAIM(host.euid == 0 && folder);
}

/* What the next line of pam.d finds. */
static void claim_handed_on(int rc)
{
	CLAIM((!host.set && !host.cleared) || (word("forward_pass") && !host.change));
	if (!host.set)
		return;
	const char *field = host.item[PAM_AUTHTOK] ? host.item[PAM_AUTHTOK] : host.typed[0];
	size_t len = strlen(host.taken_on);
	CLAIM(field && len > 0 && !strncmp(field, host.taken_on, len));
	/* of one with a code the part before it, and only after an acceptance */
	if (word("two_step"))
		CLAIM(rc == PAM_SUCCESS || !strcmp(field, host.taken_on));
	else
		CLAIM(rc == PAM_SUCCESS && len < strlen(field));
}

/* libpam's is nobody else's to look into. */
static char handle;
#define PAMH ((pam_handle_t *)(void *)&handle)

static int call(int flags)
{
	host_begin();
	int rc = host.change ? pam_sm_chauthtok(
				       PAMH, flags, host.argc, host.argc > 0 ? host.argv : NULL)
			     : pam_sm_authenticate(
				       PAMH, flags, host.argc, host.argc > 0 ? host.argv : NULL);
	host_inside = false;
	return rc;
}

static void visit(void)
{
	unsigned flags = host.silent ? PAM_SILENT : 0;
	if (host.expired)
		flags |= PAM_CHANGE_EXPIRED_AUTHTOK;
	int rc = call((int)(flags | (host.change ? PAM_PRELIM_CHECK : 0)));
	if (host.nsent > 0)
		fuzz_taken++;
	claim_result(rc);
	claim_sent();
	claim_peer();
	claim_handed_on(rc);
	CLAIM(host.asked <= PROMPTS_MAX && host.told <= 1);
	CLAIM(!word("forward_pass") || host.asked <= 1);
	for (int i = 0; i < host.asked; i++)
		CLAIM(host.styles[i] == PAM_PROMPT_ECHO_OFF ||
			(!word("no_echo") && !word("forward_pass")));
	if (host.change) {
		int asked = host.asked;
		host_inside = true;
		int second = pam_sm_chauthtok(
			PAMH, PAM_UPDATE_AUTHTOK, host.argc, host.argc > 0 ? host.argv : NULL);
		CLAIM(second == rc && host.asked == asked);
	}
	host_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input in;
	if (input_split(&in, bytes, len, 3)) {
		host_read(in.part[0], in.part[1], in.part[2], in.len[2]);
		visit();
	}
	input_free(&in);
	return 0;
}
