#include "sender/enquiry.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sender/sandbox.h"
#include "unit.h"

#define GOOD "send = { url = \"https://a.example/\"; success = { status = 200; }; };"

static char said[65536];
static int status;

/* In a child that is nobody, as the sender is; the description comes from a pipe. */
static void enquire(const char *const *argv, const char *text, size_t len, bool as_root)
{
	int in[2], out[2];
	size_t n = 0;
	ssize_t got;
	ck_assert(pipe(in) == 0 && pipe(out) == 0);
	/* the child may end without reading */
	signal(SIGPIPE, SIG_IGN);
	pid_t pid = fork();
	if (pid == 0) {
		struct fault f = FAULT_INIT;
		struct provider_folders folders = { unit_folder(), "/nonexistent", getuid() };
		close(in[1]);
		if (!as_root && getuid() == 0 &&
			(setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
			_exit(100);
		if (sandbox_limits(&f) < 0)
			_exit(101);
		_exit(enquiry_run(&folders, argv, in[0], out[1]));
	}
	close(in[0]);
	close(out[1]);
	/* larger than a pipe holds only when the child reads */
	while (len > 0 && (got = write(in[1], text, len)) > 0)
		text += got, len -= (size_t)got;
	close(in[1]);
	while ((got = read(out[0], said + n, sizeof said - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(out[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "status %x", (unsigned)status);
	status = WEXITSTATUS(status);
}

static void judge(const char *path, const char *text, size_t len)
{
	const char *const argv[] = { "sms-otp-send", "--judge", path, NULL };
	enquire(argv, text, len, false);
}

static void write_file(const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", unit_folder(), name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	chmod(path, 0644);
	chmod(unit_folder(), 0755);
}

static void describe(const char *name)
{
	const char *const argv[] = { "sms-otp-send", "--describe", name, NULL };
	enquire(argv, "", 0, false);
}

START_TEST(arguments)
{
	static const struct {
		bool wanted;
		const char *argv[5];
	} cases[] = {
		{ true, { "s", "--describe", "x" } },
		{ true, { "s", "--judge", "x" } },
		{ true, { "s", "--judge", "x", "a=b" } },
		{ false, { "s", "--describe" } },
		{ false, { "s", "--describe", "x", "y" } },
		{ false, { "s", "--judge" } },
		{ false, { "s", "--help" } },
		{ false, { "s" } },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int argc = 0;
		while (cases[i].argv[argc])
			argc++;
		ck_assert_msg(
			enquiry_wanted(argc, cases[i].argv) == cases[i].wanted, "case %zu", i);
	}
}
END_TEST

START_TEST(a_good_one)
{
	judge("/tmp/My Draft.conf", GOOD, strlen(GOOD));
	ck_assert_int_eq(status, ENQUIRY_GOOD);
	ck_assert_str_eq(said, "call=send\nmethod=POST\nurl=https://a.example/\nend=\n");
}
END_TEST

static const struct {
	const char *name, *text;
	size_t len;
	const char *fault;
} faults[] = {
	{ "syntax", "a = 1;\nsend = ", 0, "fault=f.conf:2: syntax error\n" },
	{ "unknown", "\n\nsned = { };", 0, "fault=f.conf:3: a description has no `sned`\n" },
	{ "nothing", "", 0, "fault=f.conf:" },
	{ "a NUL byte", "a\nb\0c\nd", 7, "fault=f.conf:2: has a NUL byte\n" },
	{ "an escape", "\"\x1b\" = 1; \x1b[2J", 0, "fault=f.conf:1: " },
	{ "an include", "@include \"/etc/passwd\"\n" GOOD, 0,
		"fault=f.conf: a description cannot include" },
};

START_TEST(faults_with_their_place)
{
	size_t len = faults[_i].len ? faults[_i].len : strlen(faults[_i].text);
	judge("f.conf", faults[_i].text, len);
	ck_assert_int_eq(status, ENQUIRY_FAULTS);
	ck_assert_msg(strstr(said, faults[_i].fault) == said, "%s: %s", faults[_i].name, said);
	ck_assert_msg(!strcmp(said + strlen(said) - 5, "end=\n"), "%s", said);
	ck_assert_ptr_null(strchr(said, '\x1b'));
}
END_TEST

START_TEST(what_is_too_much)
{
	static char text[400000];
	memset(text, ' ', sizeof text);
	judge("f.conf", text, TREE_FILE_MAX + 1);
	ck_assert_str_eq(said, "fault=f.conf: larger than 65536 bytes\nend=\n");
	memset(text, '(', sizeof text);
	memcpy(text, "a = ", 4);
	judge("f.conf", text, TREE_FILE_MAX);
	ck_assert_int_eq(status, ENQUIRY_FAULTS);
	ck_assert_ptr_nonnull(strstr(said, "fault=f.conf:"));
}
END_TEST

START_TEST(names_are_described)
{
	write_file("good.conf", "vendor = \"V\"; " GOOD);
	write_file("bad.conf", "\nx = 1;");
	describe("good");
	ck_assert_int_eq(status, ENQUIRY_GOOD);
	ck_assert_ptr_nonnull(strstr(said, "/good.conf\nkind=http\nvendor=V\ncalls=send\nend=\n"));
	describe("bad");
	ck_assert_int_eq(status, ENQUIRY_FAULTS);
	ck_assert_ptr_nonnull(strstr(said, "name=bad\nfile="));
	ck_assert_ptr_nonnull(strstr(said, "/bad.conf:2: "));
	describe("missing");
	ck_assert_int_eq(status, ENQUIRY_FAULTS);
	ck_assert_ptr_nonnull(strstr(said, "name=missing\nfault=there is no"));
	describe("../x");
	ck_assert_int_eq(status, ENQUIRY_FAULTS);
	describe("outbox");
	ck_assert_int_eq(status, ENQUIRY_GOOD);
	ck_assert_ptr_nonnull(strstr(said, "kind=outbox\n"));
}
END_TEST

/* In a process of its own: a sanitizer could not live with so little. */
START_TEST(little_memory_and_time)
{
	pid_t pid = fork();
	int end = -1;
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct rlimit memory = { 0, 0 }, time = { 0, 0 };
		struct fault f = FAULT_INIT;
		int rc = enquiry_limits(&f);
		getrlimit(RLIMIT_AS, &memory);
		getrlimit(RLIMIT_CPU, &time);
		_exit(rc == 0 && memory.rlim_max <= 256 << 20 && time.rlim_max <= 10 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &end, 0), pid);
	ck_assert_int_eq(end, 0);
}
END_TEST

START_TEST(e7_not_as_root)
{
	const char *const argv[] = { "sms-otp-send", "--judge", "f.conf", NULL };
	if (getuid() != 0)
		return;
	enquire(argv, GOOD, strlen(GOOD), true);
	ck_assert_int_eq(status, ENQUIRY_TROUBLE);
	ck_assert_str_eq(said, "fault=the sender refuses to run as root\nend=\n");
}
END_TEST

START_TEST(e7_it_is_confined_before_it_reads)
{
	/* to what is open: a folder cannot be read, so the answer is a fault and not a hang */
	const char *const argv[] = { "sms-otp-send", "--judge", "f.conf", NULL };
	int in = open("/dev/zero", O_RDONLY), out[2];
	char text[256] = "";
	ck_assert_int_eq(pipe(out), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct fault f = FAULT_INIT;
		struct provider_folders folders = { "/x", "/y", 0 };
		if ((getuid() == 0 && setuid(65534) < 0) || sandbox_limits(&f) < 0)
			_exit(100);
		int rc = enquiry_run(&folders, argv, in, out[1]);
		/* what held then holds now */
		_exit(rc == ENQUIRY_FAULTS && open("/etc/passwd", O_RDONLY) < 0 ? 0 : 1);
	}
	close(out[1]);
	ck_assert_int_gt(read(out[0], text, sizeof text - 1), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_ptr_nonnull(strstr(text, "larger than"));
	close(in);
	close(out[0]);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("enquiry");
	TCase *t = tcase_create("enquiry");
	tcase_add_test(t, arguments);
	tcase_add_test(t, a_good_one);
	tcase_add_loop_test(t, faults_with_their_place, 0, sizeof faults / sizeof *faults);
	tcase_add_test(t, what_is_too_much);
	tcase_add_test(t, names_are_described);
	tcase_add_test(t, little_memory_and_time);
	tcase_add_test(t, e7_not_as_root);
	tcase_add_test(t, e7_it_is_confined_before_it_reads);
	suite_add_tcase(s, t);
	return s;
}
