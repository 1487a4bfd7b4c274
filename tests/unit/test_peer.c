/* One connection, as the shim sees it: in a mount namespace of its own with an empty /var/lib. */
#include "engine/peer.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/state.h"
#include "unit.h"
#include "wire/talk.h"

static char settings_path[300];
static uint32_t more_flags;
static char told[TALK_PROMPT_MAX + 1]; /* what the person was told before the verdict */

static void write_settings(const char *text)
{
	snprintf(settings_path, sizeof settings_path, "%s/sms-otp.conf", unit_folder());
	unlink(settings_path);
	int fd = open(settings_path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void empty_var_lib(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("tmpfs", "/var/lib", "tmpfs", 0, "mode=755"), 0);
}

/* Serve one login in a child, and return what the engine says first. */
static struct talk_event serve(uid_t peer, const char *user, const char *service, int *rc)
{
	struct talk_login login;
	struct talk_event event;
	struct fault f = FAULT_INIT;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(pair[0]);
		peer_serve(pair[1], settings_path, peer);
		_exit(0);
	}
	close(pair[1]);
	memset(&login, 0, sizeof login);
	strcpy(login.user, user);
	strcpy(login.service, service);
	login.flags = TALK_LOGIN_AUTHTOK | more_flags;
	ck_assert_int_eq(talk_send_login(pair[0], &login, clock_boot_ms() + 5000, &f), 0);
	memset(&event, 0, sizeof event);
	told[0] = '\0';
	*rc = talk_receive_event(pair[0], &event, clock_boot_ms() + 15000, &f);
	if (*rc == 0 && event.kind == TALK_EVENT_TELL) {
		strcpy(told, event.text);
		*rc = talk_receive_event(pair[0], &event, clock_boot_ms() + 15000, &f);
	}
	close(pair[0]);
	waitpid(pid, NULL, 0);
	return event;
}

#define GOOD                           \
	"routes = [ \"outbox\" ];\n"   \
	"numbers = { prefixes = [ \"+49\" ]; };\n"

static void check(uid_t peer, const char *user, const char *service, struct talk_verdict want)
{
	int rc;
	struct talk_event e = serve(peer, user, service, &rc);

	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(e.kind, TALK_EVENT_VERDICT);
	ck_assert_int_eq(e.verdict.kind, want.kind);
	ck_assert_int_eq(e.verdict.reason, want.reason);
}

static const struct talk_verdict broken_settings = { TALK_VERDICT_DENY, TALK_REASON_SETTINGS };
static const struct talk_verdict broken_state = { TALK_VERDICT_DENY, TALK_REASON_STATE };

START_TEST(c2_no_settings_no_login)
{
	empty_var_lib();
	snprintf(settings_path, sizeof settings_path, "%s/absent.conf", unit_folder());
	check(0, "root", "sshd", broken_settings);
	ck_assert_ptr_nonnull(strstr(told, "Ask the administrator"));
	write_settings("routes = [ \"outbox\" ;\n");
	check(0, "root", "sshd", broken_settings);
	write_settings(GOOD "unknown_key = 1;\n");
	check(0, "root", "sshd", broken_settings);
	write_settings(GOOD);
	ck_assert_int_eq(chmod(settings_path, 0666), 0);
	check(0, "root", "sshd", broken_settings);
}
END_TEST

START_TEST(c5_no_state_no_login)
{
	empty_var_lib();
	write_settings(GOOD);
	check(0, "root", "sshd", broken_state);
}
END_TEST

START_TEST(an_exempt_service_needs_no_state)
{
	struct talk_verdict exempt = { TALK_VERDICT_EXEMPT, TALK_REASON_EXEMPT };

	empty_var_lib();
	write_settings(GOOD "services = [ \"sshd\" ]; unlisted = \"ignore\";\n");
	check(0, "root", "cron", exempt);
	ck_assert_str_eq(told, "");
	check(0, "root", "sshd", broken_state);
}
END_TEST

START_TEST(c3_unlisted_is_refused)
{
	struct talk_verdict unlisted = { TALK_VERDICT_DENY, TALK_REASON_UNLISTED };

	empty_var_lib();
	write_settings(GOOD "services = [ \"sshd\" ];\n");
	check(0, "root", "cron", unlisted);
	ck_assert_ptr_nonnull(strstr(told, "service"));
}
END_TEST

static void make_state(void)
{
	struct state state;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(mkdir("/var/lib/sms-otp", 0700), 0);
	ck_assert_int_eq(mkdir("/var/lib/sms-otp/state", 0700), 0);
	ck_assert_int_eq(mkdir("/var/lib/sms-otp/users", 0700), 0);
	ck_assert_msg(state_prepare("/var/lib/sms-otp/state", &state, &f) == 0, "%s", f.text);
	state_close(&state);
}

/* Waits for a second or two, as a decoy does where no login was before. */
START_TEST(d15_lines_with_decoy_say_wrong_and_nothing_else)
{
	struct talk_verdict wrong = { TALK_VERDICT_DENY, TALK_REASON_WRONG };
	static const uint32_t kinds[] = { TALK_LOGIN_DECOY, TALK_LOGIN_CONCEAL };
	int rc;

	empty_var_lib();
	for (size_t i = 0; i < 2; i++) {
		more_flags = kinds[i];
		write_settings(GOOD "unknown_key = 1;\n");
		check(0, "root", "sshd", broken_settings);
		write_settings(GOOD);
		check(0, "root", "sshd", wrong);
		ck_assert_str_eq(told, "");
		/* E1: no decoy for a host that is not root's, and no other user's login */
		check(1000, "root", "sshd", wrong);
		ck_assert_str_eq(told, "");
	}
	make_state();
	more_flags = TALK_LOGIN_DECOY;
	check(1000, "root", "sshd", wrong);
	write_settings(GOOD "services = [ \"sshd\" ];\n");
	for (size_t i = 0; i < 4; i++) {
		more_flags = kinds[i / 2];
		struct talk_event e = serve(0, i % 2 ? "root" : "nobody-here", i == 1 ? "cron" : "sshd", &rc);
		ck_assert_int_eq(rc, 0);
		ck_assert_int_eq(e.kind, TALK_EVENT_ASK);
		ck_assert_ptr_nonnull(strstr(e.text, "Code sent to ..."));
	}
	/* an exemption is one for the real line only */
	write_settings(GOOD "services = [ \"sshd\" ]; unlisted = \"ignore\";\n");
	check(0, "root", "cron", (struct talk_verdict){ TALK_VERDICT_EXEMPT, TALK_REASON_EXEMPT });
	more_flags = TALK_LOGIN_DECOY;
	ck_assert_int_eq(serve(0, "root", "cron", &rc).kind, TALK_EVENT_ASK);
	more_flags = 0;
}
END_TEST

/* mode = "observe": faults of the settings deny as ever, those of the state do not; a decoy stays shut, and asks for nothing. */
START_TEST(c2_observe_is_no_way_around_settings)
{
	const struct talk_verdict exempt = { TALK_VERDICT_EXEMPT, TALK_REASON_EXEMPT };
	const struct talk_verdict wrong = { TALK_VERDICT_DENY, TALK_REASON_WRONG };
	const struct talk_verdict refused = { TALK_VERDICT_DENY, TALK_REASON_REFUSED };

	empty_var_lib();
	write_settings(GOOD "mode = \"observe\";\nunknown_key = 1;\n");
	check(0, "root", "sshd", broken_settings);
	write_settings(GOOD "mode = \"Observe\";\n");
	check(0, "root", "sshd", broken_settings);
	write_settings(GOOD "mode = \"observe\";\n");
	for (int made = 0; made < 2; made++) {
		check(0, "root", "sshd", exempt);
		ck_assert_str_eq(told, "");
		check(0, "nobody-here", "sshd", exempt);
		check(1, "daemon", "sshd", exempt);
		check(1, "root", "sshd", refused); /* E1 */
		more_flags = TALK_LOGIN_CONCEAL;
		check(0, "root", "sshd", exempt);
		more_flags = TALK_LOGIN_DECOY;
		check(0, "root", "sshd", wrong);
		check(1, "daemon", "sshd", wrong);
		more_flags = 0;
		if (!made)
			make_state();
	}
	write_settings(GOOD "mode = { sshd = \"observe\"; };\n");
	check(0, "root", "sshd", exempt);
	check(0, "root", "sudo", (struct talk_verdict){ TALK_VERDICT_DENY, TALK_REASON_NOT_ENROLLED });
	write_settings(GOOD "mode = { sshd = \"enforce\"; };\n");
	check(0, "root", "sshd", (struct talk_verdict){ TALK_VERDICT_DENY, TALK_REASON_NOT_ENROLLED });
}
END_TEST

START_TEST(e3_a_stranger_to_the_treaty_gets_nothing)
{
	int pair[2], status;
	char c;

	write_settings(GOOD);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(pair[0]);
		peer_serve(pair[1], settings_path, 0);
		_exit(0);
	}
	close(pair[1]);
	ck_assert_int_eq(write(pair[0], "GET / HTTP/1.0\r\n\r\n", 18), 18);
	ck_assert_int_le(read(pair[0], &c, 1), 0);
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
}
END_TEST

/* Waits ten seconds because that is the promise. */
START_TEST(e1_ten_seconds_to_the_first_frame)
{
	int pair[2];
	char c;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	int64_t start = clock_boot_ms();
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(pair[0]);
		peer_serve(pair[1], settings_path, 0);
		_exit(0);
	}
	close(pair[1]);
	ck_assert_int_eq(read(pair[0], &c, 1), 0);
	int64_t took = clock_boot_ms() - start;
	ck_assert_msg(took >= 9900 && took < 13000, "%lld ms", (long long)took);
	waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(e1_the_kernel_says_who_it_is)
{
	int pair[2];
	uid_t uid = 77;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert_int_eq(peer_uid(pair[0], &uid), 0);
	ck_assert_uint_eq(uid, geteuid());
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(peer_uid(null, &uid), -1);
	ck_assert_uint_ne(uid, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("peer");
	TCase *t = tcase_create("peer");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, c2_no_settings_no_login);
	tcase_add_test(t, c5_no_state_no_login);
	tcase_add_test(t, an_exempt_service_needs_no_state);
	tcase_add_test(t, c3_unlisted_is_refused);
	tcase_add_test(t, d15_lines_with_decoy_say_wrong_and_nothing_else);
	tcase_add_test(t, c2_observe_is_no_way_around_settings);
	tcase_add_test(t, e3_a_stranger_to_the_treaty_gets_nothing);
	tcase_add_test(t, e1_ten_seconds_to_the_first_frame);
	tcase_add_test(t, e1_the_kernel_says_who_it_is);
	suite_add_tcase(s, t);
	return s;
}
