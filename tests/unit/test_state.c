#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "core/state.h"
#include "killer.h"

static char here[128];
static struct state state;
static const struct account alice = { .name = "alice", .uid = 1000 };

/* The clock that state reads; the link wraps clock_read. */
static struct clock_now told;
static bool tell_it, clock_fails;
int __real_clock_read(struct clock_now *now, struct fault *f);
int __wrap_clock_read(struct clock_now *now, struct fault *f);
int __wrap_clock_read(struct clock_now *now, struct fault *f)
{
	if (clock_fails)
		return fault_set(f, FAULT_SYSTEM, EINVAL, "no clock");
	if (!tell_it)
		return __real_clock_read(now, f);
	*now = told;
	return 0;
}

static void new_folder(void)
{
	snprintf(here, sizeof here, "%s/XXXXXX", unit_folder());
	ck_assert_ptr_nonnull(mkdtemp(here));
}

static void setup(void)
{
	struct fault f = FAULT_INIT;

	tell_it = false;
	new_folder();
	ck_assert_msg(state_prepare(here, &state, &f) == 0, "%s", f.text);
	ck_assert_msg(state_create_user(&state, &alice, &f) == 0, "%s", f.text);
}

static void teardown(void)
{
	state_close(&state);
}

static const char *in(const char *name)
{
	static char paths[2][256];
	static int turn;

	turn = !turn;
	snprintf(paths[turn], sizeof paths[turn], "%s/%s", here, name);
	return paths[turn];
}

/* The counter that the tests count with. */
static int count(struct fault *f)
{
	struct state_change ch;

	if (state_begin(&state, STATE_USER, &alice, &ch, f) < 0)
		return -1;
	state_abandon(&ch);
	return (int)ch.user.purse[0].consecutive;
}

static int site_count(struct fault *f)
{
	struct state_change ch;

	if (state_begin(&state, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	state_abandon(&ch);
	return (int)ch.site.enrolled;
}

/* The link wraps pwrite, fdatasync and close too: their order, and a disk that does not take it. */
static char calls[64];
static int sync_fails; /* so many of them */
static bool write_fails;

static void call(char letter)
{
	size_t n = strlen(calls);

	if (n + 1 < sizeof calls)
		calls[n] = letter;
}

ssize_t __real_pwrite64(int fd, const void *buf, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *buf, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *buf, size_t n, off_t at)
{
	call('w');
	if (write_fails) {
		errno = EIO;
		return -1;
	}
	return __real_pwrite64(fd, buf, n, at);
}

/* The last file that was synced, as it was then: before the head of the old slot was cleared. */
static unsigned char at_sync[2 * SITE_SLOT_SIZE];

int __real_close(int fd);

/* By another open file than fd's own. */
static bool locked(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int other = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(other, 0);
	ck_assert_int_eq(fcntl(other, F_OFD_GETLK, &whole), 0);
	__real_close(other);
	return whole.l_type != F_UNLCK;
}

/* 'u': a sync when somebody else may have changed the file already. */
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	call(locked(fd) ? 's' : 'u');
	ck_assert_int_gt(pread(fd, at_sync, sizeof at_sync, 0), 0);
	if (sync_fails > 0) {
		sync_fails--;
		errno = EIO;
		return -1;
	}
	return __real_fdatasync(fd);
}

/* What another process does while we wait for a lock; and a judgement of the locked file that fails. */
static void (*while_waiting)(void);
static bool judging_fails;
static int last_locked = -1;

int __real_file_lock(int fd, enum file_lock_kind kind, int64_t deadline_ms, struct fault *f);
int __wrap_file_lock(int fd, enum file_lock_kind kind, int64_t deadline_ms, struct fault *f);
int __wrap_file_lock(int fd, enum file_lock_kind kind, int64_t deadline_ms, struct fault *f)
{
	if (while_waiting)
		while_waiting();
	int result = __real_file_lock(fd, kind, deadline_ms, f);
	last_locked = fd;
	return result;
}

int __wrap_close(int fd);
int __wrap_close(int fd)
{
	call('c');
	if (fd == last_locked)
		last_locked = -1;
	return __real_close(fd);
}

int __real_fstat64(int fd, struct stat *st);
int __wrap_fstat64(int fd, struct stat *st);
int __wrap_fstat64(int fd, struct stat *st)
{
	if (judging_fails && fd == last_locked) {
		errno = EIO;
		return -1;
	}
	return __real_fstat64(fd, st);
}

/* A file that the disk does not give: the n-th from now on; 0: all are read. */
static int read_fails_at;

int __real_file_read_exact(int fd, void *bytes, size_t len, struct fault *f);
int __wrap_file_read_exact(int fd, void *bytes, size_t len, struct fault *f);
int __wrap_file_read_exact(int fd, void *bytes, size_t len, struct fault *f)
{
	if (read_fails_at > 0 && --read_fails_at == 0)
		return fault_set(f, FAULT_SYSTEM, EIO, "cannot be read");
	return __real_file_read_exact(fd, bytes, len, f);
}

static int add_one(enum state_part part, struct fault *f)
{
	struct state_change ch;

	if (state_begin(&state, part, &alice, &ch, f) < 0)
		return -1;
	ch.user.purse[0].consecutive++;
	ch.site.enrolled++;
	return state_commit(&ch, f);
}

START_TEST(a_change_is_kept_and_an_abandoned_one_is_not)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	ck_assert_int_eq(count(&f), 0);
	for (int i = 1; i <= 5; i++) {
		ck_assert_msg(add_one(STATE_BOTH, &f) == 0, "%s", f.text);
		ck_assert_int_eq(count(&f), i);
		ck_assert_int_eq(site_count(&f), i);
	}
	ck_assert_int_eq(add_one(STATE_USER, &f), 0);
	ck_assert_int_eq(add_one(STATE_SITE, &f), 0);
	ck_assert_int_eq(add_one(STATE_SITE, &f), 0);
	ck_assert_int_eq(count(&f), 6);
	ck_assert_int_eq(site_count(&f), 7);
	ck_assert_int_eq(state_begin(&state, STATE_BOTH, &alice, &ch, &f), 0);
	ck_assert_uint_eq(ch.user.uid, 1000);
	ck_assert_str_eq(ch.user.name, "alice");
	ch.user.purse[0].consecutive = 99;
	ch.site.enrolled = 99;
	state_abandon(&ch);
	state_abandon(&ch);
	ck_assert_int_eq(count(&f), 6);
	ck_assert_int_eq(site_count(&f), 7);
	/* what was given up cannot be committed */
	ck_assert_int_eq(state_commit(&ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(state_begin(&state, STATE_USER, NULL, &ch, &f), -1);
	ck_assert_int_eq(count(&f), 6);
}
END_TEST

START_TEST(c5_a_value_that_cannot_be_stored_charges_nothing)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	ck_assert_int_eq(state_begin(&state, STATE_BOTH, &alice, &ch, &f), 0);
	ch.site.enrolled = 5;
	ch.user.block = 77;
	ck_assert_int_eq(state_commit(&ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(site_count(&f), 0);
	ck_assert_int_eq(count(&f), 0);
}
END_TEST

/* The same the other way round: what the site cannot store is not half charged to the user. */
START_TEST(c5_a_site_that_cannot_be_stored_charges_nobody)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	ck_assert_int_eq(state_begin(&state, STATE_BOTH, &alice, &ch, &f), 0);
	ch.user.purse[0].consecutive = 5;
	ch.site.high.wall_s = -1;
	ck_assert_int_eq(state_commit(&ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_ptr_nonnull(strstr(f.text, "/site: "));
	ck_assert_int_eq(site_count(&f), 0);
	ck_assert_int_eq(count(&f), 0);
}
END_TEST

/* Only what was begun, and is open still, is written: each part by itself. */
START_TEST(b1_what_was_not_begun_is_not_committed)
{
	static const enum state_part parts[] = { STATE_USER, STATE_SITE, STATE_BOTH };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		ck_assert_int_eq(state_begin(&state, parts[i], &alice, &ch, &f), 0);
		state_abandon(&ch);
		ch.user.purse[0].consecutive = ch.site.enrolled = 9;
		f = (struct fault)FAULT_INIT;
		ck_assert_int_eq(state_commit(&ch, &f), -1);
		ck_assert_int_eq(f.class, FAULT_BAD);
	}
	/* of nothing at all there is the time, and no change */
	tell_it = true;
	told = (struct clock_now){ .wall_s = 1000000, .boot_ms = 1000 };
	ck_assert_int_eq(state_begin(&state, (enum state_part)0, NULL, &ch, &f), 0);
	ck_assert_int_eq(ch.now.wall_s, 1000000);
	ck_assert_int_eq(ch.site_ahead_s, 0);
	f = (struct fault)FAULT_INIT;
	ck_assert_int_eq(state_commit(&ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	tell_it = false;
	ck_assert_int_eq(count(&f), 0);
	ck_assert_int_eq(site_count(&f), 0);
}
END_TEST

/* Each thing that the system refuses denies, by a fault with the path, and leaves no lock and no descriptor. */
START_TEST(c5_what_the_system_refuses_denies)
{
	enum { KEY_READ, SITE_READ, USER_READ, CLOCK, JUDGE, KINDS };
	struct fault f = FAULT_INIT;
	struct state other;
	struct stat st;

	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(next);
	for (int kind = 0; kind < KINDS; kind++) {
		f = (struct fault)FAULT_INIT;
		read_fails_at = kind == KEY_READ || kind == SITE_READ ? 1 : kind == USER_READ ? 2 : 0;
		clock_fails = kind == CLOCK;
		judging_fails = kind == JUDGE;
		int rc = kind == KEY_READ ? state_open(here, &other, &f) : add_one(STATE_BOTH, &f);
		clock_fails = judging_fails = false;
		ck_assert_msg(rc == -1, "kind %d", kind);
		ck_assert_msg(f.class == FAULT_SYSTEM, "kind %d: %s", kind, f.text);
		const char *says = kind == JUDGE ? "site: cannot be judged" : "";
		ck_assert_msg(f.text[0] != '\0' && strstr(f.text, says) != NULL, "kind %d: %s", kind, f.text);
		ck_assert_msg(fstat(next, &st) == -1 && errno == EBADF, "kind %d", kind);
		ck_assert_int_eq(count(&f), 0);
		ck_assert_int_eq(site_count(&f), 0);
	}
	ck_assert_int_eq(other.folder, -1);
	ck_assert_int_eq(add_one(STATE_BOTH, &f), 0);
}
END_TEST

START_TEST(f4_a_hundred_processes_lose_nothing)
{
	enum { PROCESSES = 100 };
	struct fault f = FAULT_INIT;
	int status;

	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		ck_assert_int_ge(child, 0);
		if (child == 0) {
			/* a slow disk may make the last of a hundred late: it tries again, the count must be right all the same */
			int tries = 50, rc;
			do {
				f = (struct fault)FAULT_INIT;
				rc = add_one(i % 2 ? STATE_BOTH : STATE_USER, &f);
			} while (rc < 0 && f.class == FAULT_LATE && --tries > 0);
			_exit(rc == 0 ? 0 : 1);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(count(&f), PROCESSES);
	ck_assert_int_eq(site_count(&f), PROCESSES / 2);
}
END_TEST

/* A child that holds both locks and waits. */
static pid_t hold(void)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;
	int ready[2];
	char c;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	pid_t child = fork();
	if (child == 0) {
		if (state_begin(&state, STATE_BOTH, &alice, &ch, &f) == 0 &&
			write(ready[1], "x", 1) == 1) {
			for (;;)
				pause();
		}
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

/* Takes 2 s: that is STATE_LOCK_MS, the patience that is tested. */
START_TEST(f3_a_stopped_holder_makes_others_late_and_a_killed_one_frees)
{
	struct fault f = FAULT_INIT;

	pid_t holder = hold();
	kill(holder, SIGSTOP);
	int64_t start = clock_boot_ms();
	ck_assert_int_eq(add_one(STATE_BOTH, &f), -1);
	int64_t took = clock_boot_ms() - start;
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_msg(
		took >= STATE_LOCK_MS && took < STATE_LOCK_MS + 1000, "%lld ms", (long long)took);
	ck_assert_msg(strncmp(f.text, here, strlen(here)) == 0, "%s", f.text);
	ck_assert_ptr_nonnull(strstr(f.text, "fuser"));
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	start = clock_boot_ms();
	ck_assert_int_eq(add_one(STATE_BOTH, &f), 0);
	ck_assert_int_lt(clock_boot_ms() - start, 1000);
	ck_assert_int_eq(count(&f), 1);
}
END_TEST

/* --- damage (C5, F1) --- */

static void spoil(const char *name, const char *how)
{
	const char *path = in(name);
	struct stat st;
	int fd;

	ck_assert_int_eq(lstat(path, &st), 0);
	if (strcmp(how, "mode") == 0) {
		ck_assert_int_eq(chmod(path, 0640), 0);
	} else if (strcmp(how, "short") == 0) {
		ck_assert_int_eq(truncate(path, st.st_size - 1), 0);
	} else if (strcmp(how, "long") == 0) {
		ck_assert_int_eq(truncate(path, st.st_size + 1), 0);
	} else if (strcmp(how, "empty") == 0) {
		ck_assert_int_eq(truncate(path, 0), 0);
	} else if (strcmp(how, "zeros") == 0) {
		ck_assert_int_eq(truncate(path, 0), 0);
		ck_assert_int_eq(truncate(path, st.st_size), 0);
	} else if (strcmp(how, "link") == 0) {
		ck_assert_int_eq(link(path, in("second")), 0);
	} else if (strcmp(how, "symlink") == 0) {
		ck_assert_int_eq(rename(path, in("elsewhere")), 0);
		ck_assert_int_eq(symlink("elsewhere", in(name)), 0);
	} else if (strcmp(how, "fifo") == 0) {
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	} else if (strcmp(how, "folder") == 0) {
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(mkdir(path, 0700), 0);
	} else if (strcmp(how, "missing") == 0) {
		ck_assert_int_eq(unlink(path), 0);
	} else if (strcmp(how, "bits") == 0) {
		/* one in each slot */
		fd = open(path, O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(pwrite(fd, "\xff", 1, 30), 1);
		ck_assert_int_eq(pwrite(fd, "\xff", 1, st.st_size / 2 + 30), 1);
		close(fd);
	} else {
		ck_abort_msg("%s", how);
	}
}

static const struct {
	const char *how;
	const char *remedy; /* for a user's record; "" where another row tests it */
} damages[] = {
	{ "mode", "chmod go-rwx " },
	{ "short", "restore it from a backup" },
	{ "long", "restore it from a backup" },
	{ "empty", "restore it from a backup" },
	{ "zeros", "sms-otp repair alice" },
	{ "bits", "sms-otp repair alice" },
	{ "link", "remove the others" },
	{ "symlink", "put the real one there" },
	{ "fifo", "put the real one there" },
	{ "folder", "put the real one there" },
	{ "missing", "sms-otp repair alice" },
};

START_TEST(c5_a_damaged_record_denies_and_names_the_remedy)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	ck_assert_int_eq(add_one(STATE_BOTH, &f), 0);
	spoil("1000", damages[_i].how);
	for (int i = 0; i < 2; i++) {
		f = (struct fault)FAULT_INIT;
		ck_assert_int_eq(
			state_begin(&state, i ? STATE_BOTH : STATE_USER, &alice, &ch, &f), -1);
		ck_assert_msg(
			f.class == FAULT_DAMAGED, "%s: %d %s", damages[_i].how, f.class, f.text);
		ck_assert_msg(strncmp(f.text, here, strlen(here)) == 0, "%s", f.text);
		ck_assert_msg(strstr(f.text, "1000") != NULL, "%s", f.text);
		ck_assert_msg(strstr(f.text, damages[_i].remedy) != NULL, "%s", f.text);
	}
	/* nobody else is touched, nothing stays locked, nothing was mended in passing */
	ck_assert_int_eq(site_count(&f), 1);
	ck_assert_int_eq(state_begin(&state, STATE_USER, &alice, &ch, &f), -1);
}
END_TEST

START_TEST(c5_a_damaged_site_denies_and_names_the_remedy)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	spoil("site", damages[_i].how);
	ck_assert_int_eq(state_begin(&state, STATE_BOTH, &alice, &ch, &f), -1);
	ck_assert_msg(f.class == FAULT_DAMAGED, "%s: %d %s", damages[_i].how, f.class, f.text);
	ck_assert_msg(strncmp(f.text, here, strlen(here)) == 0, "%s", f.text);
	ck_assert_msg(strstr(f.text, "; ") != NULL, "%s", f.text);
	ck_assert_int_eq(count(&f), 0);
}
END_TEST

START_TEST(c5_a_damaged_key_is_not_opened)
{
	struct fault f = FAULT_INIT;
	struct state other;

	spoil("key", damages[_i].how);
	if (strcmp(damages[_i].how, "bits") == 0)
		return; /* any 32 bytes are a key */
	ck_assert_int_eq(state_open(here, &other, &f), -1);
	ck_assert_int_eq(other.folder, -1);
	bool missing = strcmp(damages[_i].how, "missing") == 0;
	ck_assert_msg(f.class == (missing ? FAULT_ABSENT : FAULT_DAMAGED), "%s: %s",
		damages[_i].how, f.text);
}
END_TEST

START_TEST(c5_a_foreign_owner_is_refused)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	/* in a user namespace there is nobody else to give it to: test_file has the rest */
	if (chown(in("1000"), 1000, 0) < 0)
		return;
	ck_assert_int_eq(state_begin(&state, STATE_USER, &alice, &ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "owned by uid 1000, must be root; chown root "));
}
END_TEST

START_TEST(d12_another_users_record_is_damage)
{
	static const struct account renamed = { .name = "bob", .uid = 1000 };
	static const struct account reused = { .name = "alice", .uid = 1001 };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	ck_assert_int_eq(state_begin(&state, STATE_USER, &renamed, &ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "belongs to alice (uid 1000); sms-otp repair bob"));
	ck_assert_int_eq(rename(in("1000"), in("1001")), 0);
	ck_assert_int_eq(state_begin(&state, STATE_USER, &reused, &ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
}
END_TEST

/* A good seal over what nothing here writes: a newer version's record, or a forged one. */
START_TEST(c7_a_sealed_record_that_makes_no_sense_denies)
{
	static const struct {
		const char *file;
		enum state_part part;
		size_t size, at;
	} cases[] = { { "1000", STATE_USER, RECORD_SLOT_SIZE, 315 }, { "site", STATE_SITE, SITE_SLOT_SIZE, 20 } };
	static unsigned char slot[SITE_SLOT_SIZE];
	struct state_change ch;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fault f = FAULT_INIT;
		size_t body = cases[i].size - SLOT_SEAL;
		int fd = open(in(cases[i].file), O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(pread(fd, slot, cases[i].size, 0), (ssize_t)cases[i].size);
		slot[cases[i].at] = 0x99;
		ck_assert_int_eq(digest_sha256(slot, body, slot + body, &f), 0);
		ck_assert_int_eq(pwrite(fd, slot, cases[i].size, 0), (ssize_t)cases[i].size);
		close(fd);
		ck_assert_int_eq(state_begin(&state, cases[i].part, &alice, &ch, &f), -1);
		ck_assert_int_eq(f.class, FAULT_DAMAGED);
		ck_assert_msg(strstr(f.text, in(cases[i].file)) != NULL && strstr(f.text, "; ") != NULL, "%s", f.text);
		ck_assert_int_eq(ch.user_fd, -1);
		ck_assert_int_eq(ch.site_fd, -1);
	}
}
END_TEST

/* --- F2: the power goes while a slot is written --- */

static void image(const char *name, unsigned char *bytes, size_t len)
{
	int fd = open(in(name), O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(pread(fd, bytes, len, 0), (ssize_t)len);
	close(fd);
}

static void set_image(const char *name, const unsigned char *bytes, size_t len)
{
	int fd = open(in(name), O_WRONLY | O_CLOEXEC);

	ck_assert_int_eq(pwrite(fd, bytes, len, 0), (ssize_t)len);
	close(fd);
}

enum { PAIR = 2 * RECORD_SLOT_SIZE, SECTOR = 512 };

START_TEST(f2_every_prefix_of_a_write_leaves_the_old_or_the_new_record)
{
	unsigned char before[PAIR], after[PAIR], torn[PAIR];
	struct fault f = FAULT_INIT;

	for (int i = 0; i < _i; i++)
		ck_assert_int_eq(add_one(STATE_USER, &f), 0);
	image("1000", before, PAIR);
	ck_assert_int_eq(add_one(STATE_USER, &f), 0);
	memcpy(after, at_sync, PAIR);
	size_t at = memcmp(before, after, RECORD_SLOT_SIZE) != 0 ? 0 : RECORD_SLOT_SIZE;
	/* one slot only was written, and not the one that held */
	ck_assert_mem_eq(before + (RECORD_SLOT_SIZE - at), after + (RECORD_SLOT_SIZE - at),
		RECORD_SLOT_SIZE);
	for (size_t len = 0; len <= RECORD_SLOT_SIZE; len++) {
		memcpy(torn, before, PAIR);
		memcpy(torn + at, after + at, len);
		set_image("1000", torn, PAIR);
		int got = count(&f);
		/* the new one from where the last changed byte is there */
		bool whole = memcmp(torn, after, PAIR) == 0;
		ck_assert_msg(got == _i + (whole ? 1 : 0), "%zu bytes: %d %s", len, got, f.text);
	}
}
END_TEST

START_TEST(f2_every_subset_of_sectors_leaves_the_old_or_the_new_record)
{
	unsigned char before[PAIR], after[PAIR], torn[PAIR];
	struct fault f = FAULT_INIT;

	for (int i = 0; i < _i; i++)
		ck_assert_int_eq(add_one(STATE_USER, &f), 0);
	image("1000", before, PAIR);
	ck_assert_int_eq(add_one(STATE_USER, &f), 0);
	memcpy(after, at_sync, PAIR);
	for (unsigned subset = 0; subset < 1u << (PAIR / SECTOR); subset += 7) {
		memcpy(torn, before, PAIR);
		for (size_t k = 0; k < PAIR / SECTOR; k++) {
			if (subset & 1u << k)
				memcpy(torn + k * SECTOR, after + k * SECTOR, SECTOR);
		}
		set_image("1000", torn, PAIR);
		int got = count(&f);
		bool whole = memcmp(torn, after, PAIR) == 0;
		ck_assert_msg(got == _i + (whole ? 1 : 0), "%x: %d %s", subset, got, f.text);
		/* and the next change works on it */
		if (subset % 1001 == 0) {
			ck_assert_int_eq(add_one(STATE_USER, &f), 0);
			ck_assert_int_eq(count(&f), got + 1);
		}
	}
}
END_TEST

START_TEST(f2_the_same_for_the_site)
{
	static unsigned char before[2 * SITE_SLOT_SIZE], after[2 * SITE_SLOT_SIZE],
		torn[2 * SITE_SLOT_SIZE];
	struct fault f = FAULT_INIT;

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(add_one(STATE_SITE, &f), 0);
	image("site", before, sizeof before);
	ck_assert_int_eq(add_one(STATE_SITE, &f), 0);
	memcpy(after, at_sync, sizeof after);
	for (size_t len = 0; len <= sizeof after; len += len < 4096 ? 64 : SECTOR) {
		memcpy(torn, before, sizeof torn);
		memcpy(torn, after, len);
		set_image("site", torn, sizeof torn);
		bool whole = memcmp(torn, after, sizeof torn) == 0;
		ck_assert_int_eq(site_count(&f), whole ? 5 : 4);
	}
}
END_TEST

/* --- lazy writes of the site --- */

static int add_lazily(struct fault *f)
{
	struct state_change ch;

	if (state_begin(&state, STATE_SITE, NULL, &ch, f) < 0)
		return -1;
	ch.site.services[0].streak++; /* lazy ones are counted here */
	memcpy(ch.site.services[0].name, "lazy", 5);
	return state_commit_lazily(&ch, f);
}

/* After every order of lazy and synced changes: all that was written since the last sync is torn
 * at many places, and the synced ones are there. */
START_TEST(f2_a_power_cut_takes_lazy_changes_only)
{
	enum { CHANGES = 5 };
	static unsigned char synced[2 * SITE_SLOT_SIZE], now[2 * SITE_SLOT_SIZE], torn[2 * SITE_SLOT_SIZE];
	struct fault f = FAULT_INIT;
	int done = 0;

	image("site", synced, sizeof synced);
	for (int i = 0; i < CHANGES; i++) {
		bool lazily = (_i >> i & 1) != 0;
		memset(calls, 0, sizeof calls);
		ck_assert_msg((lazily ? add_lazily(&f) : add_one(STATE_SITE, &f)) == 0, "%s", f.text);
		ck_assert(lazily == (strchr(calls, 's') == NULL));
		done += !lazily;
		image("site", now, sizeof now);
		if (!lazily)
			memcpy(synced, now, sizeof synced);
		ck_assert_int_eq(site_count(&f), done);
		for (size_t cut = 0; cut <= sizeof torn; cut += 7 * SECTOR) {
			memcpy(torn, synced, sizeof torn);
			memcpy(torn, now, cut); /* a prefix */
			set_image("site", torn, sizeof torn);
			ck_assert_msg(site_count(&f) == done, "order %d, %zu: %s", _i, cut, f.text);
			memcpy(torn, now, sizeof torn);
			memcpy(torn, synced, cut); /* the rest */
			set_image("site", torn, sizeof torn);
			ck_assert_msg(site_count(&f) == done, "order %d, %zu: %s", _i, cut, f.text);
		}
		set_image("site", now, sizeof now);
	}
}
END_TEST

START_TEST(c5_a_lazy_change_that_is_not_written_has_not_happened)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	ck_assert_int_eq(add_lazily(&f), 0);
	write_fails = true;
	int rc = add_lazily(&f);
	write_fails = false;
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(f.errnum, EIO);
	ck_assert_int_eq(state_begin(&state, STATE_SITE, NULL, &ch, &f), 0);
	ck_assert_uint_eq(ch.site.services[0].streak, 1);
	state_abandon(&ch);
}
END_TEST

START_TEST(b1_only_the_site_is_written_lazily)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(state_begin(&state, i ? STATE_BOTH : STATE_USER, &alice, &ch, &f), 0);
		ch.user.purse[0].consecutive = 9;
		ch.site.enrolled = 9;
		ck_assert_int_eq(state_commit_lazily(&ch, &f), -1);
		ck_assert_int_eq(f.class, FAULT_BAD);
	}
	ck_assert_int_eq(count(&f), 0);
	ck_assert_int_eq(site_count(&f), 0);
	ck_assert_int_eq(state_commit_lazily(&ch, &f), -1);
}
END_TEST

static void step(void *arg)
{
	struct fault f = FAULT_INIT;

	(void)arg;
	if (add_one(STATE_BOTH, &f) < 0)
		_exit(1);
}

START_TEST(f2_killed_after_every_system_call_of_a_change)
{
	struct fault f = FAULT_INIT;
	int n = 0, user = 0, site = 0;

	for (bool killed = true; killed; n++) {
		killed = killed_at(n, step, NULL);
		int64_t start = clock_boot_ms();
		int now = count(&f), site_now = site_count(&f);
		/* the lock went with its holder */
		ck_assert_int_lt(clock_boot_ms() - start, 1000);
		ck_assert_msg(now == user || now == user + 1, "%d: %s", n, f.text);
		ck_assert_msg(site_now == site || site_now == site + 1, "%d: %s", n, f.text);
		/* the site is charged first: a crash may overcharge it, never the other way round */
		ck_assert(now == user || site_now == site + 1);
		ck_assert(killed || now == user + 1);
		user = now;
		site = site_now;
	}
	ck_assert_int_gt(n, 20);
}
END_TEST

/* --- removing and making --- */

START_TEST(a_user_is_made_once_and_removed)
{
	static const struct account top = { .name = "nobody", .uid = 4294967294u };
	struct fault f = FAULT_INIT;
	struct stat st;

	ck_assert_int_eq(add_one(STATE_USER, &f), 0);
	ck_assert_int_eq(state_create_user(&state, &alice, &f), -1);
	ck_assert_int_eq(f.errnum, EEXIST);
	ck_assert_int_eq(count(&f), 1);
	ck_assert_int_eq(state_remove_user(&state, &alice, &f), 0);
	ck_assert_int_eq(state_remove_user(&state, &alice, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_int_eq(count(&f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_int_eq(state_create_user(&state, &alice, &f), 0);
	ck_assert_int_eq(count(&f), 0);
	ck_assert_int_eq(state_create_user(&state, &top, &f), 0);
	ck_assert_int_eq(stat(in("4294967294"), &st), 0);
	ck_assert_int_eq(st.st_size, PAIR);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	/* fully allocated */
	ck_assert_int_ge(st.st_blocks * 512, PAIR);
}
END_TEST

START_TEST(a_damaged_record_can_be_removed)
{
	struct fault f = FAULT_INIT;

	spoil("1000", damages[_i].how);
	int rc = state_remove_user(&state, &alice, &f);
	if (strcmp(damages[_i].how, "missing") == 0) {
		ck_assert_int_eq(f.class, FAULT_ABSENT);
	} else if (strcmp(damages[_i].how, "folder") == 0) {
		ck_assert_int_eq(rc, -1);
		return;
	} else {
		ck_assert_msg(rc == 0, "%s: %s", damages[_i].how, f.text);
	}
	ck_assert_int_eq(state_create_user(&state, &alice, &f), 0);
	ck_assert_int_eq(count(&f), 0);
}
END_TEST

/* Who waits for a lock on a record that is removed meanwhile must not count in the removed one. */
START_TEST(c5_a_record_removed_while_waiting_is_noticed)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;
	int status;

	ck_assert_int_eq(state_begin(&state, STATE_USER, &alice, &ch, &f), 0);
	pid_t waiter = fork();
	if (waiter == 0) {
		state_abandon(&ch); /* the lock is the parent's as long as that has it open */
		int rc = add_one(STATE_USER, &f);
		if (_i == 0)
			_exit(rc < 0 && f.class == FAULT_DAMAGED && strstr(f.text, "missing") ? 0
											      : 1);
		_exit(rc == 0 ? 0 : 2);
	}
	usleep(100000); /* until it waits; too short makes the test easier, not red */
	ck_assert_int_eq(unlink(in("1000")), 0);
	if (_i == 1)
		ck_assert_int_eq(state_create_user(&state, &alice, &f), 0);
	state_abandon(&ch);
	ck_assert_int_eq(waitpid(waiter, &status, 0), waiter);
	ck_assert_int_eq(status, 0);
	if (_i == 1)
		ck_assert_int_eq(count(&f), 1);
}
END_TEST

static int replacements;

static void replace_it(void)
{
	struct fault f = FAULT_INIT;

	if (replacements-- <= 0)
		return;
	ck_assert_int_eq(unlink(in("1000")), 0);
	ck_assert_msg(state_create_user(&state, &alice, &f) == 0, "%s", f.text);
}

/* However often it is replaced while we wait, we count in the one that stands; and do not try for ever. */
START_TEST(c5_a_record_that_is_replaced_is_looked_for_again)
{
	enum { TRIES = 16 };
	struct fault f = FAULT_INIT;

	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
	close(next);
	while_waiting = replace_it;
	replacements = TRIES - 1;
	ck_assert_msg(add_one(STATE_USER, &f) == 0, "%s", f.text);
	ck_assert_int_eq(count(&f), 1);
	replacements = TRIES;
	ck_assert_int_eq(add_one(STATE_USER, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_str_eq(f.text, "state/1000: is replaced all the time");
	ck_assert_int_eq(replacements, 0);
	while_waiting = NULL;
	ck_assert_int_eq(count(&f), 0);
	ck_assert_int_eq(fcntl(next, F_GETFD), -1);
}
END_TEST

START_TEST(removing_waits_for_the_lock)
{
	struct fault f = FAULT_INIT;

	pid_t holder = hold();
	ck_assert_int_eq(state_remove_user(&state, &alice, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_int_eq(access(in("1000"), F_OK), 0);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
}
END_TEST

/* --- F5: time --- */

static struct clock_now now_of(enum state_part part, int64_t wall_s, int64_t boot_ms, int boot)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	tell_it = true;
	told.wall_s = wall_s;
	told.boot_ms = boot_ms;
	memset(told.boot_id, boot, sizeof told.boot_id);
	ck_assert_msg(state_begin(&state, part, &alice, &ch, &f) == 0, "%s", f.text);
	ck_assert_int_eq(state_commit(&ch, &f), 0);
	ck_assert_int_eq(ch.now.boot_ms, boot_ms);
	return ch.now;
}

START_TEST(f5_a_clock_set_back_does_not_go_back)
{
	ck_assert_int_eq(now_of(STATE_USER, 1000000, 1000, 1).wall_s, 1000000);
	ck_assert_int_eq(now_of(STATE_USER, 900000, 2000, 1).wall_s, 1000001);
	ck_assert_int_eq(now_of(STATE_USER, 900000, 61000, 1).wall_s, 1000060);
	/* after a reboot with the battery empty */
	ck_assert_int_eq(now_of(STATE_USER, 0, 500, 2).wall_s, 1000060);
	ck_assert_int_eq(now_of(STATE_USER, -7, 1500, 2).wall_s, 1000061);
	/* the next boot has lasted for an hour when somebody looks again */
	ck_assert_int_eq(now_of(STATE_BOTH, 5, 3600000, 4).wall_s, 1003661);
	ck_assert_int_eq(now_of(STATE_USER, 2000000, 2500, 3).wall_s, 2000000);
}
END_TEST

START_TEST(f5_a_clock_set_ahead_within_the_boot_empties_nothing)
{
	ck_assert_int_eq(now_of(STATE_BOTH, 1000000, 1000, 1).wall_s, 1000000);
	ck_assert_int_eq(now_of(STATE_BOTH, 1097200, 2000, 1).wall_s, 1000001);
	ck_assert_int_eq(now_of(STATE_USER, 5000000, 3000, 1).wall_s, 1000002);
	/* a reboot may follow it: how long the machine was off only the clock can say */
	ck_assert_int_eq(now_of(STATE_USER, 1097200, 500, 2).wall_s, 1097200);
}
END_TEST

static int64_t site_time(int64_t wall_s, int64_t boot_ms, int boot)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	(void)now_of(STATE_BOTH, wall_s, boot_ms, boot);
	ck_assert_int_eq(state_begin(&state, STATE_BOTH, &alice, &ch, &f), 0);
	state_abandon(&ch);
	return ch.now.wall_s + ch.site_ahead_s;
}

/* Whichever was looked at while the clock was wrong, the other does not follow it. */
START_TEST(f5_each_record_has_its_own_time)
{
	ck_assert_int_eq(now_of(STATE_SITE, 1000000, 1000, 1).wall_s, 1000000);
	ck_assert_int_eq(now_of(STATE_USER, 900000, 1000, 1).wall_s, 900000);
	ck_assert_int_eq(now_of(STATE_BOTH, 900000, 1000, 1).wall_s, 900000);
	ck_assert_int_eq(site_time(900000, 1000, 1), 1000000);
	ck_assert_int_eq(now_of(STATE_USER, 3000000, 500, 3).wall_s, 3000000);
	ck_assert_int_eq(now_of(STATE_BOTH, 900000, 500, 3).wall_s, 3000000);
	ck_assert_int_eq(site_time(900000, 500, 3), 1000000);
	ck_assert_int_eq(site_time(900000, 60500, 3), 1000060);
	ck_assert_int_eq(now_of(STATE_SITE, 1, 60500, 3).wall_s, 1000060);
}
END_TEST

START_TEST(f5_a_nonsense_clock_is_refused_and_not_kept)
{
	struct fault f = FAULT_INIT;
	struct state_change ch;

	tell_it = true;
	told.wall_s = INT64_C(253402300800);
	ck_assert_int_eq(state_begin(&state, STATE_BOTH, &alice, &ch, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(now_of(STATE_BOTH, 1000, 1000, 1).wall_s, 1000);
}
END_TEST

/* --- the folder --- */

START_TEST(preparing_makes_key_and_site_once)
{
	struct fault f = FAULT_INIT;
	struct state again;

	ck_assert_int_eq(add_one(STATE_BOTH, &f), 0);
	ck_assert_int_eq(state_prepare(here, &again, &f), 0);
	ck_assert_mem_eq(again.key, state.key, sizeof state.key);
	state_close(&again);
	ck_assert_int_eq(again.folder, -1);
	ck_assert_int_eq(again.key[0] | again.key[31], 0);
	ck_assert_int_eq(count(&f), 1);
	ck_assert_int_eq(site_count(&f), 1);
}
END_TEST

START_TEST(closing_leaves_no_descriptor)
{
	struct fault f = FAULT_INIT;
	struct state other;

	ck_assert_int_eq(state_open(here, &other, &f), 0);
	int fd = other.folder;
	state_close(&other);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	state_close(&other);
}
END_TEST

/* 0 is a descriptor like any other where a program was started without a standard input. */
START_TEST(b1_a_change_may_have_any_descriptor)
{
	static const enum state_part parts[] = { STATE_USER, STATE_SITE };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	int input = fcntl(0, F_DUPFD_CLOEXEC, 10);
	for (size_t i = 0; i < 2; i++) {
		close(0);
		ck_assert_int_eq(state_begin(&state, parts[i], &alice, &ch, &f), 0);
		ck_assert_int_eq(i == 0 ? ch.user_fd : ch.site_fd, 0);
		int rc = state_commit(&ch, &f);
		int left = fcntl(0, F_GETFD);
		if (input >= 0)
			ck_assert_int_eq(dup2(input, 0), 0);
		ck_assert_int_eq(rc, 0);
		ck_assert_int_eq(left, -1);
	}
	if (input >= 0)
		close(input);
}
END_TEST

START_TEST(a_long_name_is_cut_in_a_fault)
{
	struct account somebody = { .uid = 1001 };
	struct fault f = FAULT_INIT;
	struct state_change ch;

	memset(somebody.name, 'a', 40);
	ck_assert_int_eq(state_begin(&state, STATE_USER, &somebody, &ch, &f), -1);
	const char *name = strstr(f.text, "; sms-otp repair ");
	ck_assert_msg(name != NULL, "%s", f.text);
	ck_assert_uint_eq(strlen(name + strlen("; sms-otp repair ")), 32);
	/* and of who had the uid before */
	ck_assert_int_eq(state_create_user(&state, &somebody, &f), 0);
	strcpy(somebody.name, "bob");
	ck_assert_int_eq(state_begin(&state, STATE_USER, &somebody, &ch, &f), -1);
	ck_assert_msg(strstr(f.text, "belongs to aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (uid 1001)") != NULL, "%s", f.text);
}
END_TEST

START_TEST(c5_half_a_folder_is_not_prepared)
{
	struct fault f = FAULT_INIT;
	struct state other;

	ck_assert_int_eq(unlink(in("site")), 0);
	ck_assert_int_eq(state_prepare(here, &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_int_eq(other.folder, -1);
	ck_assert_int_ne(access(in("site"), F_OK), 0);
}
END_TEST

/* What no login could ever read is not made. */
START_TEST(d12_a_record_for_no_name_is_not_made)
{
	static const struct account nameless = { .name = "", .uid = 1001 };
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_create_user(&state, &nameless, &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(state_create_candidate(&state, &nameless, &f), -1);
	ck_assert_int_ne(access(in("1001"), F_OK), 0);
}
END_TEST

/* C3: who cannot be looked for is not somebody who was never enrolled. */
START_TEST(c3_a_record_that_cannot_be_looked_for_is_there)
{
	static const struct account bob = { .name = "bob", .uid = 1001 };
	static const struct state closed = { .folder = -1 };
	struct fault f = FAULT_INIT;
	bool has = false;

	ck_assert_int_eq(state_has_user(&state, &alice, &has, &f), 0);
	ck_assert(has);
	ck_assert_int_eq(state_has_user(&state, &bob, &has, &f), 0);
	ck_assert(!has);
	ck_assert_int_eq(state_has_user(&closed, &bob, &has, &f), -1);
	ck_assert(has);
	ck_assert_int_eq(f.errnum, EBADF);
	/* whatever it is that bears the name */
	ck_assert_int_eq(symlink("nowhere", in("1001")), 0);
	ck_assert_int_eq(state_has_user(&state, &bob, &has, &f), 0);
	ck_assert(has);
}
END_TEST

START_TEST(f1_the_folder_is_judged)
{
	struct fault f = FAULT_INIT;
	struct state other;

	ck_assert_int_eq(state_open("/nonexistent/state", &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_int_eq(state_prepare("/nonexistent/state", &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_ABSENT);
	ck_assert_int_eq(chmod(here, 0750), 0);
	ck_assert_int_eq(state_open(here, &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
	ck_assert_ptr_nonnull(strstr(f.text, "chmod go-rwx "));
	ck_assert_int_eq(state_prepare(here, &other, &f), -1);
	ck_assert_int_eq(f.class, FAULT_DAMAGED);
}
END_TEST

/* A tiny file system that is full: what was allocated at enrolment is enough to go on. */
START_TEST(f2_a_full_disk_stops_no_count)
{
	static const struct account bob = { .name = "bob", .uid = 1001 };
	struct fault f = FAULT_INIT;
	char rubbish[4096] = { 0 };

	state_close(&state);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	new_folder();
	ck_assert_int_eq(mount("none", here, "tmpfs", 0, "size=256k,mode=0700"), 0);
	ck_assert_int_eq(state_prepare(here, &state, &f), 0);
	ck_assert_int_eq(state_create_user(&state, &alice, &f), 0);
	int fd = open(in("rubbish"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, rubbish, sizeof rubbish) > 0)
		;
	ck_assert_int_eq(errno, ENOSPC);
	close(fd);
	for (int i = 1; i <= 5; i++) {
		ck_assert_msg(add_one(STATE_BOTH, &f) == 0, "%s", f.text);
		ck_assert_int_eq(count(&f), i);
		ck_assert_int_eq(site_count(&f), i);
	}
	/* a new user finds no room, and leaves nothing behind */
	ck_assert_int_eq(state_create_user(&state, &bob, &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(f.errnum, ENOSPC);
	ck_assert_int_ne(access(in("1001"), F_OK), 0);
}
END_TEST

static void add_damage_tests(TCase *t)
{
	int n = sizeof damages / sizeof damages[0];

	tcase_add_loop_test(t, c5_a_damaged_record_denies_and_names_the_remedy, 0, n);
	tcase_add_loop_test(t, c5_a_damaged_site_denies_and_names_the_remedy, 0, n);
	tcase_add_loop_test(t, c5_a_damaged_key_is_not_opened, 0, n);
	tcase_add_loop_test(t, a_damaged_record_can_be_removed, 0, n);
	tcase_add_test(t, c5_a_foreign_owner_is_refused);
	tcase_add_test(t, d12_another_users_record_is_damage);
	tcase_add_test(t, c7_a_sealed_record_that_makes_no_sense_denies);
	tcase_add_test(t, c5_what_the_system_refuses_denies);
}

/* A killed process does not lose the page cache; a power cut does. So the sync itself is looked at. */
START_TEST(b1_f2_a_change_is_synced_before_the_lock_goes)
{
	static const struct {
		enum state_part part;
		const char *calls;
	} cases[] = { { STATE_USER, "wswc" }, { STATE_SITE, "wswc" }, { STATE_BOTH, "wswwswcc" } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct state_change ch;
		struct fault f = FAULT_INIT;
		ck_assert_int_eq(state_begin(&state, cases[i].part, &alice, &ch, &f), 0);
		memset(calls, 0, sizeof calls);
		ck_assert_int_eq(state_commit(&ch, &f), 0);
		ck_assert_str_eq(calls, cases[i].calls);
	}
}
END_TEST

START_TEST(b1_c5_a_change_that_is_not_synced_has_not_happened)
{
	/* of both it is the site's that fails, and the user's is not even written */
	static const enum state_part parts[] = { STATE_USER, STATE_SITE, STATE_BOTH };
	struct fault f = FAULT_INIT;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		f = (struct fault)FAULT_INIT;
		sync_fails = 1;
		int rc = add_one(parts[i], &f);
		ck_assert_int_eq(sync_fails, 0);
		ck_assert_int_eq(rc, -1);
		ck_assert_int_eq(f.errnum, EIO);
		ck_assert_uint_gt(strlen(f.text), 0);
		ck_assert_int_eq(count(&f), 0);
		ck_assert_int_eq(site_count(&f), 0);
	}
}
END_TEST

START_TEST(a_candidates_record_has_its_mark_and_replaces_none)
{
	static const struct account bob = { .name = "bob", .uid = 1001 };
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_int_eq(state_create_candidate(&state, &alice, &f), -1);
	ck_assert_int_eq(f.errnum, EEXIST);
	ck_assert_int_eq(state_begin(&state, STATE_USER, &alice, &ch, &f), 0);
	ck_assert_uint_eq(ch.user.candidate, 0);
	state_abandon(&ch);
	ck_assert_int_eq(state_create_candidate(&state, &bob, &f), 0);
	ck_assert_int_eq(state_begin(&state, STATE_USER, &bob, &ch, &f), 0);
	ck_assert_uint_eq(ch.user.candidate, 1);
	state_abandon(&ch);
	ck_assert_int_eq(state_create_user(&state, &bob, &f), -1);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("state");
	TCase *t = tcase_create("state");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_change_is_kept_and_an_abandoned_one_is_not);
	tcase_add_test(t, c5_a_value_that_cannot_be_stored_charges_nothing);
	tcase_add_test(t, c5_a_site_that_cannot_be_stored_charges_nobody);
	tcase_add_test(t, b1_what_was_not_begun_is_not_committed);
	tcase_add_test(t, b1_f2_a_change_is_synced_before_the_lock_goes);
	tcase_add_test(t, b1_c5_a_change_that_is_not_synced_has_not_happened);
	tcase_add_test(t, f4_a_hundred_processes_lose_nothing);
	tcase_add_test(t, f3_a_stopped_holder_makes_others_late_and_a_killed_one_frees);
	add_damage_tests(t);
	tcase_add_loop_test(t, f2_every_prefix_of_a_write_leaves_the_old_or_the_new_record, 0, 3);
	tcase_add_loop_test(t, f2_every_subset_of_sectors_leaves_the_old_or_the_new_record, 0, 3);
	tcase_add_test(t, f2_the_same_for_the_site);
	tcase_add_loop_test(t, f2_a_power_cut_takes_lazy_changes_only, 0, 32);
	tcase_add_test(t, c5_a_lazy_change_that_is_not_written_has_not_happened);
	tcase_add_test(t, b1_only_the_site_is_written_lazily);
	tcase_add_test(t, f2_killed_after_every_system_call_of_a_change);
	tcase_add_test(t, a_user_is_made_once_and_removed);
	tcase_add_loop_test(t, c5_a_record_removed_while_waiting_is_noticed, 0, 2);
	tcase_add_test(t, c5_a_record_that_is_replaced_is_looked_for_again);
	tcase_add_test(t, removing_waits_for_the_lock);
	tcase_add_test(t, f5_a_clock_set_back_does_not_go_back);
	tcase_add_test(t, f5_a_clock_set_ahead_within_the_boot_empties_nothing);
	tcase_add_test(t, f5_each_record_has_its_own_time);
	tcase_add_test(t, f5_a_nonsense_clock_is_refused_and_not_kept);
	tcase_add_test(t, preparing_makes_key_and_site_once);
	tcase_add_test(t, closing_leaves_no_descriptor);
	tcase_add_test(t, b1_a_change_may_have_any_descriptor);
	tcase_add_test(t, a_long_name_is_cut_in_a_fault);
	tcase_add_test(t, c5_half_a_folder_is_not_prepared);
	tcase_add_test(t, d12_a_record_for_no_name_is_not_made);
	tcase_add_test(t, c3_a_record_that_cannot_be_looked_for_is_there);
	tcase_add_test(t, f1_the_folder_is_judged);
	tcase_add_test(t, f2_a_full_disk_stops_no_count);
	tcase_add_test(t, a_candidates_record_has_its_mark_and_replaces_none);
	suite_add_tcase(s, t);
	return s;
}
