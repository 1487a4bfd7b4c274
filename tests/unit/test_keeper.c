/* The keeper and the way to it (borrow), with senders that are played: each does what the byte says that it reads. Time is told. */
#include "engine/keeper.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/borrow.h"
#include "unit.h"
#include "wire/word.h"

int64_t __real_clock_boot_ms(void);
int64_t __wrap_clock_boot_ms(void);
int __wrap_clock_left_ms(int64_t deadline_ms);

static volatile int64_t *ahead_ms; /* shared with the keeper */

int64_t __wrap_clock_boot_ms(void)
{
	return __real_clock_boot_ms() + (ahead_ms ? *ahead_ms : 0);
}

int __wrap_clock_left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - __wrap_clock_boot_ms();
	return left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

enum { SAY_READY = 'r', SAY_PID = 'p', SAY_TOO_MUCH = 'm', SAY_OTHER = 'o', SAY_NOTHING = 'n', END = 'e' };

static void play(int fd)
{
	struct fault f = FAULT_INIT;
	char byte;
	pid_t own = getpid();
	while (read(fd, &byte, 1) == 1) {
		if (byte == END)
			break;
		if (byte == SAY_PID && write(fd, &own, sizeof own) < 0)
			break;
		if ((byte == SAY_READY || byte == SAY_TOO_MUCH) &&
			word_say(fd, WORD_READY, clock_boot_ms() + 1000, &f) < 0)
			break;
		if (byte == SAY_TOO_MUCH && write(fd, "!", 1) < 0)
			break;
		if (byte == SAY_OTHER && word_say(fd, WORD_TAKEN, clock_boot_ms() + 1000, &f) < 0)
			break;
	}
	_exit(0);
}

static int start(void *ctx, struct spawn_child *child, int *fd, struct fault *f)
{
	int pair[2];
	(void)ctx;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_set(f, FAULT_SYSTEM, 0, "socketpair");
	child->pid = fork();
	if (child->pid == 0) {
		syscall(SYS_close_range, 3, pair[1] - 1, 0);
		syscall(SYS_close_range, pair[1] + 1, ~0U, 0);
		play(pair[1]);
	}
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	close(pair[1]);
	*fd = pair[0];
	return 0;
}

static pid_t keeper;
static const struct loan_lender *lender;

static void begin(void)
{
	static const struct keeper_means means = { start, NULL };
	ahead_ms = mmap(NULL, sizeof *ahead_ms, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int asks = borrow_open();
	ck_assert_int_ge(asks, 0);
	keeper = fork();
	if (keeper == 0) {
		borrow_forget();
		keeper_run(asks, &means);
		_exit(waitpid(-1, NULL, WNOHANG) == -1 ? 0 : 1); /* no child is left */
	}
	close(asks);
	lender = borrow_lender("/x.conf", 60);
	ck_assert_ptr_nonnull(lender);
}

static void end(void)
{
	int status;
	borrow_forget();
	ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the keeper's status %x", status);
}

static int borrow(char route, char mark, struct loan *out)
{
	struct loan_wish wish = { .route = { (unsigned char)route }, .mark = { (unsigned char)mark }, .keep_s = 60 };
	return lender->borrow(lender->ctx, &wish, out);
}

static pid_t pid_of(const struct loan *l)
{
	pid_t pid = 0;
	ck_assert_int_eq(write(l->fd, "p", 1), 1);
	ck_assert_int_eq(read(l->fd, &pid, sizeof pid), sizeof pid);
	return pid;
}

static void tell(const struct loan *l, char byte)
{
	ck_assert_int_eq(write(l->fd, &byte, 1), 1);
}

/* The process has ended, soon. */
static void has_ended(int pidfd)
{
	struct pollfd p = { pidfd, POLLIN, 0 };
	ck_assert_msg(poll(&p, 1, 5000) == 1, "it lives");
	close(pidfd);
}

/* Give back with that byte to the sender, and say when the keeper must have dealt with it: its answers are in order, and a sender
 * that was told to say something has said it when it has told its pid. */
static pid_t give_back(struct loan *l, char byte)
{
	pid_t pid = pid_of(l);
	tell(l, byte);
	loan_return(l);
	return pid;
}

/* Another loan of that route: waits until the keeper has heard READY, or has ended the sender. */
static struct loan again(char route, char mark)
{
	struct loan l;
	for (int i = 0; i < 500; i++) {
		if (borrow(route, mark, &l) == 0)
			return l;
		poll(NULL, 0, 10);
	}
	ck_abort_msg("nothing is lent");
}

static struct loan first(char route, char mark)
{
	struct loan l;
	ck_assert_int_eq(borrow(route, mark, &l), 0);
	ck_assert(!l.used);
	return l;
}

START_TEST(a_sender_that_is_ready_is_lent_again_and_one_at_a_time)
{
	struct loan l, other;
	begin();
	l = first('a', '1');
	ck_assert_int_eq(borrow('a', '1', &other), -1);
	other = first('b', '1');
	pid_t pid = give_back(&l, SAY_READY);
	l = again('a', '1');
	ck_assert(l.used);
	ck_assert_int_eq(pid_of(&l), pid);
	ck_assert_int_ne(pid_of(&other), pid);
	loan_drop(&l);
	loan_drop(&other);
	end();
}
END_TEST

START_TEST(e7_a_lease_that_ends_without_a_return_ends_the_sender)
{
	struct loan l;
	begin();
	l = first('a', '1');
	int pidfd = dup(l.pidfd);
	close(l.fd), close(l.pidfd), close(l.lease); /* as a peer that was killed */
	has_ended(pidfd);
	l = again('a', '1');
	ck_assert(!l.used);
	pidfd = dup(l.pidfd);
	loan_drop(&l);
	has_ended(pidfd);
	end();
}
END_TEST

START_TEST(e7_what_is_not_exactly_ready_ends_the_sender)
{
	static const char said[] = { SAY_TOO_MUCH, SAY_OTHER, END };
	begin();
	for (size_t i = 0; i < sizeof said; i++) {
		struct loan l = first('a', (char)('1' + i));
		int pidfd = dup(l.pidfd);
		give_back(&l, said[i]);
		has_ended(pidfd);
	}
	end();
}
END_TEST

START_TEST(d11_who_does_not_become_ready_in_time_is_ended)
{
	begin();
	struct loan l = first('a', '1'), other;
	int pidfd = dup(l.pidfd);
	give_back(&l, SAY_NOTHING);
	/* until the keeper has taken it back nothing has begun */
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(borrow('a', '1', &other), -1);
		poll(NULL, 0, 5);
	}
	*ahead_ms += KEEPER_READY_MS;
	l = again('a', '1');
	ck_assert(!l.used);
	has_ended(pidfd);
	loan_drop(&l);
	end();
}
END_TEST

START_TEST(who_is_not_asked_for_in_time_is_ended)
{
	begin();
	struct loan l = first('a', '1');
	give_back(&l, SAY_READY);
	l = again('a', '1');
	ck_assert(l.used);
	int pidfd = dup(l.pidfd);
	give_back(&l, SAY_READY);
	poll(NULL, 0, 100); /* for the keeper to hear it */
	*ahead_ms += 60 * 1000;
	l = again('a', '1');
	ck_assert(!l.used);
	has_ended(pidfd);
	loan_drop(&l);
	end();
}
END_TEST

START_TEST(e7_another_mark_is_another_sender)
{
	struct loan l, other;
	begin();
	l = first('a', '1');
	int pidfd = dup(l.pidfd);
	give_back(&l, SAY_READY);
	poll(NULL, 0, 100);
	l = first('a', '2');
	has_ended(pidfd);
	/* what changes while it is lent is known when it comes back */
	ck_assert_int_eq(borrow('a', '3', &other), -1);
	pidfd = dup(l.pidfd);
	give_back(&l, SAY_READY);
	has_ended(pidfd);
	end();
}
END_TEST

START_TEST(e7_after_so_many_messages_or_so_long_a_sender_is_ended)
{
	begin();
	struct loan l = first('a', '1');
	pid_t pid = give_back(&l, SAY_READY);
	for (int i = 2; i <= KEEPER_MESSAGES; i++) {
		l = again('a', '1');
		ck_assert_int_eq(pid_of(&l), pid);
		give_back(&l, SAY_READY);
	}
	l = again('a', '1');
	ck_assert(!l.used);
	/* and its age counts also while it is used */
	int pidfd = dup(l.pidfd);
	*ahead_ms += KEEPER_AGE_MS;
	give_back(&l, SAY_READY);
	has_ended(pidfd);
	end();
}
END_TEST

START_TEST(d7_there_are_so_many_and_the_next_takes_an_idle_ones_place)
{
	struct loan l[KEEPER_SENDERS], more;
	begin();
	for (int i = 0; i < KEEPER_SENDERS; i++)
		l[i] = first((char)('A' + i), '1');
	ck_assert_int_eq(borrow('z', '1', &more), -1);
	int pidfd = dup(l[3].pidfd);
	give_back(&l[3], SAY_READY);
	poll(NULL, 0, 100);
	/* the first question makes room, a later one finds it */
	more = again('z', '1');
	ck_assert(!more.used);
	has_ended(pidfd);
	loan_drop(&more);
	for (int i = 0; i < KEEPER_SENDERS; i++)
		if (i != 3)
			loan_drop(&l[i]);
	end();
}
END_TEST

START_TEST(d7_what_is_no_question_is_not_answered_and_disturbs_nobody)
{
	struct loan_wish wish = { .keep_s = 60 };
	int pair[2];
	ahead_ms = NULL;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	keeper = fork();
	if (keeper == 0) {
		static const struct keeper_means means = { start, NULL };
		close(pair[0]);
		keeper_run(pair[1], &means);
		_exit(0);
	}
	close(pair[1]);
	/* no lease, too short, too long */
	ck_assert_int_eq(send(pair[0], &wish, sizeof wish, 0), sizeof wish);
	ck_assert_int_eq(send(pair[0], "x", 1, 0), 1);
	char much[400] = "";
	ck_assert_int_eq(send(pair[0], much, sizeof much, 0), sizeof much);
	close(pair[0]);
	int status;
	ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(d7_without_a_keeper_nobody_waits_long)
{
	struct loan l;
	int asks = borrow_open();
	lender = borrow_lender("/x.conf", 60);
	int64_t before = clock_boot_ms();
	ck_assert_int_eq(borrow('a', '1', &l), -1);
	ck_assert_int_lt(clock_boot_ms(), before + 2000);
	close(asks);
	ck_assert_int_eq(borrow('a', '1', &l), -1);
	borrow_forget();
	ck_assert_ptr_null(borrow_lender("/x.conf", 60));
}
END_TEST

START_TEST(keep_warm_0_borrows_from_nobody)
{
	ck_assert_int_ge(borrow_open(), 0);
	ck_assert_ptr_null(borrow_lender("/x.conf", 0));
	ck_assert_ptr_nonnull(borrow_lender("/x.conf", 1));
}
END_TEST

START_TEST(senders_end_with_the_keeper)
{
	begin();
	struct loan idle = first('a', '1');
	int idle_pidfd = dup(idle.pidfd);
	give_back(&idle, SAY_READY);
	end();
	has_ended(idle_pidfd);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("keeper");
	TCase *t = tcase_create("keeper");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_sender_that_is_ready_is_lent_again_and_one_at_a_time);
	tcase_add_test(t, e7_a_lease_that_ends_without_a_return_ends_the_sender);
	tcase_add_test(t, e7_what_is_not_exactly_ready_ends_the_sender);
	tcase_add_test(t, d11_who_does_not_become_ready_in_time_is_ended);
	tcase_add_test(t, who_is_not_asked_for_in_time_is_ended);
	tcase_add_test(t, e7_another_mark_is_another_sender);
	tcase_add_test(t, e7_after_so_many_messages_or_so_long_a_sender_is_ended);
	tcase_add_test(t, d7_there_are_so_many_and_the_next_takes_an_idle_ones_place);
	tcase_add_test(t, d7_what_is_no_question_is_not_answered_and_disturbs_nobody);
	tcase_add_test(t, d7_without_a_keeper_nobody_waits_long);
	tcase_add_test(t, keep_warm_0_borrows_from_nobody);
	tcase_add_test(t, senders_end_with_the_keeper);
	suite_add_tcase(s, t);
	return s;
}
