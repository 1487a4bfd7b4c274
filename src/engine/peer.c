#include "engine/peer.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pause.h"
#include "base/places.h"
#include "base/text.h"
#include "core/decoy.h"
#include "core/language.h"
#include "core/login.h"
#include "core/message.h"
#include "core/observation.h"
#include "core/postscript.h"
#include "core/settings_mode.h"
#include "engine/audit.h"
#include "engine/borrow.h"
#include "engine/crowd.h"
#include "engine/decoys.h"
#include "engine/herald.h"
#include "engine/logbook.h"
#include "engine/minutes.h"
#include "engine/terminal.h"
#include "engine/turnstile.h"
#include "wire/talk.h"

enum { HOST_MAX = 64, QUIET_US = 100000 };

/* A name service or a disk that hangs must not hold a slot for ever: from one step to the next so
 * long at the most. Waiting for a person has its own limit. SIGALRM then ends this process, and
 * the shim hears the connection close. */
enum { STEP_LIFE_S = 60, PERSON_LIFE_S = TALK_ANSWER_MS / 1000 + STEP_LIFE_S };

/* One connection. */
struct peer {
	int fd;
	const char *settings_path;
	bool told;      /* the person has been told why */
	bool concluded; /* the verdict is out */
	int64_t start_ms;
	struct talk_login said;
	struct facts facts;
	struct admission_entrance entrance;
	struct verdict_outcome outcome;
	char command[SETTINGS_PATH_MAX + 1]; /* to be run after an enrolment; "": none */
	struct tempo tempo;
};

int peer_uid(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	*uid = (uid_t)-1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0 || len != sizeof cred)
		return -1;
	*uid = cred.uid;
	return 0;
}

/* Where a host of root runs; another's would prove nothing (E1). */
static void find_terminal(struct peer *p)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	if (p->facts.trusted && getsockopt(p->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
		len == sizeof cred)
		terminal_read("/proc", cred.pid, p->facts.service, &p->facts.terminal);
}

static int show(void *ctx, const char *text, struct fault *f)
{
	const struct peer *p = ctx;

	if (talk_send_ask(p->fd, text, true, clock_boot_ms() + TALK_FIRST_FRAME_MS, f) < 0)
		return -1;
	alarm(PERSON_LIFE_S);
	return 0;
}

static int show_field(void *ctx, const char *text, const struct talk_field *field, struct fault *f)
{
	const struct peer *p = ctx;

	if (talk_send_field(p->fd, text, field, clock_boot_ms() + TALK_FIRST_FRAME_MS, f) < 0)
		return -1;
	alarm(PERSON_LIFE_S);
	return 0;
}

static int read_answer(void *ctx, int64_t deadline_ms, struct talk_answer *answer, struct fault *f)
{
	const struct peer *p = ctx;

	int rc = talk_receive_answer(p->fd, answer, deadline_ms, f);
	alarm(STEP_LIFE_S);
	return rc;
}

static int tell(void *ctx, const char *text, int64_t deadline_ms, struct fault *f)
{
	struct peer *p = ctx;

	p->told = true;
	return talk_send_tell(p->fd, text, deadline_ms, f);
}

/* Names as a host said them go into a log line only so. */
static void log_about(const struct peer *p, int priority, const char *text)
{
	char user[TALK_USER_MAX + 1], service[TALK_SERVICE_MAX + 1], plain[AUDIT_MAX];

	text_log(user, sizeof user, p->facts.user);
	text_log(service, sizeof service, p->facts.service);
	text_log(plain, sizeof plain, text);
	logbook_write(priority, "note user=\"%s\" service=\"%s\": %s", user, service, plain);
}

static void note(void *ctx, const char *text)
{
	log_about(ctx, LOG_WARNING, text);
}

static bool room(void *ctx, uint32_t uid)
{
	(void)ctx;
	return crowd_room(uid);
}

static void refuse(struct peer *p, enum talk_reason reason, const struct fault *f)
{
	p->outcome.verdict = VERDICT_DENY;
	p->outcome.reason = reason;
	p->outcome.fault = *f;
}

/* This machine's short name, for the SMS. */
static void host_name(char out[HOST_MAX])
{
	if (gethostname(out, HOST_MAX) < 0)
		out[0] = '\0';
	out[HOST_MAX - 1] = '\0';
	out[strcspn(out, ".")] = '\0';
}

/* D15: what a line conceals is not in the verdict either. That the settings are at fault says
 * nothing about anybody. */
static bool hushed(const struct peer *p)
{
	return (p->said.flags & (TALK_LOGIN_DECOY | TALK_LOGIN_CONCEAL)) != 0 &&
	       p->outcome.verdict == VERDICT_DENY && p->outcome.reason != TALK_REASON_SETTINGS;
}

/* A refusal that nobody has explained yet, where the reason is for the person's ears. */
static void explain(struct peer *p)
{
	char text[TALK_PROMPT_MAX + 1];
	struct fault f = FAULT_INIT;

	if (p->told || p->outcome.verdict != VERDICT_DENY || hushed(p))
		return;
	message_refusal(p->outcome.reason, 0, 0, text, sizeof text);
	if (text[0] != '\0' && tell(p, text, clock_boot_ms() + TALK_FIRST_FRAME_MS, &f) < 0)
		log_about(p, LOG_NOTICE, "the refusal could not be shown");
}

/* Containers may not record, and are told so only if somebody is looking for it. */
static void take_minutes(const struct peer *p)
{
	struct fault f = FAULT_INIT;
	char text[sizeof f.text + 80];

	minutes_write(&p->outcome, &p->facts, clock_boot_ms() - p->start_ms);
	if (minutes_record(&p->outcome, &p->facts, &f) < 0 && p->facts.debug)
		log_about(p, LOG_DEBUG, fault_text(&f, text, sizeof text));
}

/* The end of the connection. Its descriptor stays taken: in the engine for one login it is 0. */
static void conclude(struct peer *p)
{
	struct talk_verdict verdict;
	struct fault f = FAULT_INIT;

	verdict_for_wire(&p->outcome, &verdict);
	if (hushed(p))
		verdict.reason = TALK_REASON_WRONG;
	take_minutes(p);
	explain(p);
	tempo_end(&p->tempo);
	if (talk_send_verdict(p->fd, &verdict, clock_boot_ms() + TALK_FIRST_FRAME_MS, &f) < 0)
		log_about(p, LOG_NOTICE, "the verdict could not be delivered");
	shutdown(p->fd, SHUT_RDWR);
	p->concluded = true;
}

static void note_after(void *ctx, const char *text)
{
	log_about(ctx, LOG_NOTICE, text);
}

/* Nobody waits any more. */
static void follow_up(struct peer *p, const struct login_house *house)
{
	struct postscript after = { house, &p->facts, &p->outcome, note_after, p };

	alarm(STEP_LIFE_S);
	postscript_run(&after);
}

static void run_in_house(struct peer *p, const struct settings *settings)
{
	struct state state = { .folder = -1 };
	struct directory directory = { .folder = -1 };
	struct dispatch dispatch = { PLACES_SENDER, PLACES_OUTBOX, PLACES_SENDER_USER,
		borrow_lender(p->settings_path, settings->keep_warm_s) };
	struct dialogue_people people = { p, show, read_answer, tell, note, p->fd, show_field,
		room };
	struct fault f = FAULT_INIT;
	char host[HOST_MAX];

	if (state_open(PLACES_STATE, &state, &f) < 0 ||
		directory_open(PLACES_USERS, &directory, &f) < 0) {
		refuse(p, TALK_REASON_STATE, &f);
		goto out;
	}
	state.turn = turnstile_turn();
	host_name(host);
	struct login_house house = { settings, &state, &directory, &dispatch, host, &p->entrance,
		&p->tempo };
	struct decoy_terms terms = { settings, &state, &directory, &p->facts, &p->tempo };
	if (p->facts.decoy || p->entrance.verdict == VERDICT_DENY)
		decoy_run(&terms, &people, &p->outcome);
	else
		login_run(&house, &p->facts, &people, &p->outcome);
	conclude(p);
	follow_up(p, &house);
out:
	directory_close(&directory);
	state_close(&state);
}

/* mode = "observe": nobody is asked, nothing is sent or written. */
static void observe_in_house(struct peer *p, const struct settings *settings)
{
	struct state state = { .folder = -1 };
	struct directory directory = { .folder = -1 };
	struct login_house house = { settings, &state, &directory, NULL, "", &p->entrance, NULL };
	struct fault f = FAULT_INIT;

	if (state_open(PLACES_STATE, &state, &f) < 0 ||
		directory_open(PLACES_USERS, &directory, &f) < 0)
		refuse(p, TALK_REASON_STATE, &f);
	else
		observation_look(&house, &p->facts, &p->outcome);
	directory_close(&directory);
	state_close(&state);
}

static enum verdict enter(struct peer *p, const struct settings *settings)
{
	enum verdict v = admission_enter(settings, &p->facts, &p->entrance, &p->outcome);
	const struct fault *f = &p->entrance.rule.fault;
	char text[sizeof f->text + 160];

	if (f->class != FAULT_NONE) /* C6 */
		log_about(p, LOG_WARNING, fault_text(f, text, sizeof text));
	return v;
}

/* A decoy stays shut, as for who has brought a wrong password, but asks for nothing either. */
static void observe(struct peer *p, const struct settings *settings)
{
	if (p->facts.decoy)
		return;
	if (enter(p, settings) == VERDICT_CHALLENGE)
		observe_in_house(p, settings);
	observation_end(&p->facts, &p->entrance, &p->outcome);
}

/* Who is sent home by service, account or rule needs no rooms. */
static bool needs_rooms(struct peer *p, const struct settings *settings)
{
	enum verdict v = enter(p, settings);

	/* who is refused here goes in to be asked all the same (D15) */
	return v == VERDICT_CHALLENGE || (v == VERDICT_DENY && p->facts.conceal);
}

/* A line that nobody gets through does not ask who comes: its rules let nobody off (D15). */
static bool is_decoy(struct peer *p)
{
	struct fault f = FAULT_INIT;

	if (p->facts.decoy)
		refuse(p, p->facts.trusted ? TALK_REASON_WRONG : TALK_REASON_REFUSED, &f);
	return p->facts.decoy;
}

/* Until it is known who it is; core/login says it where a catalogue is not good. */
static void speak(const struct peer *p, const char *site)
{
	struct fault unused = FAULT_INIT;

	if (language_speak(language_choose(LANGUAGE_NONE, p->facts.language, site), &unused) < 0)
		return;
}

static void decide(struct peer *p, uid_t uid)
{
	/* static: too large for comfort on the stack, and a process serves one login only */
	static struct settings settings;
	static struct settings_faults faults;
	struct fault f = FAULT_INIT;

	if (facts_from_login(&p->said, uid, &p->facts, &f) < 0) {
		refuse(p, TALK_REASON_REFUSED, &f);
		return;
	}
	find_terminal(p);
	speak(p, "");
	if (settings_load_once(p->settings_path, &settings, &faults) < 0) {
		settings_first_fault(&faults, f.text, sizeof f.text);
		f.class = FAULT_BAD;
		refuse(p, TALK_REASON_SETTINGS, &f);
		return;
	}
	memcpy(p->command, settings.unenrolled_terms.command, sizeof p->command);
	speak(p, settings.language);
	bool decoy = is_decoy(p);
	if (settings_mode_observes(&settings, p->facts.service))
		observe(p, &settings);
	else if (decoy ? p->facts.trusted : needs_rooms(p, &settings))
		run_in_house(p, &settings);
	settings_forget(&settings);
}

/* Nobody waits for this any more; but a process that goes on working, or ends at once, can be felt
 * by a host that has just been woken: all of them are quiet for a while. */
static void keep_tempo(const struct peer *p)
{
	struct state state = { .folder = -1 };
	struct fault f = FAULT_INIT;

	if ((p->said.flags & (TALK_LOGIN_DECOY | TALK_LOGIN_CONCEAL)) == 0)
		return;
	pause_until(clock_boot_us() + QUIET_US);
	if (p->tempo.n > 0 &&
		(state_open(PLACES_STATE, &state, &f) < 0 || tempo_keep(&p->tempo, &state, &f) < 0))
		log_about(p, LOG_WARNING, f.text);
	state_close(&state);
}

/* Comes after the verdict: the person does not wait for it. */
static void announce(const struct peer *p)
{
	struct fault f = FAULT_INIT;
	char text[sizeof f.text + 160];

	if (!p->outcome.enrolled || p->command[0] == '\0')
		return;
	alarm(STEP_LIFE_S);
	if (herald_tell(p->command, &p->facts, &p->outcome, HERALD_MS, &f) < 0)
		log_about(p, LOG_WARNING, fault_text(&f, text, sizeof text));
}

void peer_serve(int fd, const char *settings, uid_t uid)
{
	static struct peer p;
	struct fault f = FAULT_INIT;

	memset(&p, 0, sizeof p);
	p.fd = fd;
	p.settings_path = settings;
	p.start_ms = clock_boot_ms();
	p.outcome.uid = -1;
	p.tempo.patience_ms = decoys_patience_ms;
	tempo_begin(&p.tempo);
	alarm(STEP_LIFE_S);
	language_folder(PLACES_LOCALE);
	if (talk_receive_login(fd, &p.said, p.start_ms + TALK_FIRST_FRAME_MS, &f) < 0) {
		/* nobody who speaks the treaty: no login, and nothing to write one line about but
		 * this */
		logbook_write(
			LOG_NOTICE, "connection peer=%u refused: %s", (unsigned int)uid, f.text);
		close(fd);
		return;
	}
	decide(&p, uid);
	if (!p.concluded)
		conclude(&p);
	close(fd);
	announce(&p);
	keep_tempo(&p);
}
