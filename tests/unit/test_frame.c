#include "base/frame.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fuzz.h"
#include "unit.h"

static const struct frame_treaty treaty = { 'X', 3, 600 };
static const struct frame_treaty wide = { 'X', 3, FRAME_BODY_MAX };
static struct frame fr;
static struct frame in;
static struct fault f;

static int64_t in_ms(int ms)
{
	return clock_boot_ms() + ms;
}

static void pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static int unread(int fd)
{
	int n = -1;
	ck_assert_int_eq(ioctl(fd, FIONREAD, &n), 0);
	return n;
}

static bool all_zero(const void *bytes, size_t len)
{
	const unsigned char *b = bytes;
	for (size_t i = 0; i < len; i++) {
		if (b[i])
			return false;
	}
	return true;
}

static bool wiped(const struct frame *at)
{
	return at->type == 0 && at->len == 0 && at->at == 0 &&
	       all_zero(at->body, sizeof at->body) && !frame_end(at);
}

/* A frame with one field of each kind, and its bytes as they go over the wire. */
static size_t sample(unsigned char *wire, size_t cap)
{
	int fds[2];
	struct secret s;
	pair(fds);
	ck_assert_int_eq(secret_set(&s, "493027", 6), 0);
	frame_begin(&fr, 7);
	frame_put_u8(&fr, 0xfe);
	frame_put_u32(&fr, 0xdeadbeef);
	frame_put_i64(&fr, -2);
	frame_put_bytes(&fr, "abc", 3);
	frame_put_text(&fr, "hello");
	frame_put_secret(&fr, &s);
	ck_assert_int_eq(frame_send(fds[0], &treaty, &fr, in_ms(1000), &f), 0);
	close(fds[0]);
	size_t len = fuzz_drain(fds[1], wire, cap);
	close(fds[1]);
	return len;
}

static void check_sample(struct frame *at)
{
	unsigned char three[3];
	char text[6];
	struct secret s;
	ck_assert_uint_eq(at->type, 7);
	ck_assert_uint_eq(frame_get_u8(at), 0xfe);
	ck_assert_uint_eq(frame_get_u32(at), 0xdeadbeef);
	ck_assert_int_eq(frame_get_i64(at), -2);
	frame_get_bytes(at, three, 3);
	ck_assert_mem_eq(three, "abc", 3);
	frame_get_text(at, text, sizeof text);
	ck_assert_str_eq(text, "hello");
	ck_assert(!frame_end(at));
	frame_get_secret(at, &s);
	ck_assert_uint_eq(s.len, 6);
	ck_assert_mem_eq(s.bytes, "493027", 7);
	ck_assert(frame_end(at));
}

START_TEST(a_frame_arrives_as_it_was_sent)
{
	unsigned char wire[128];
	size_t len = sample(wire, sizeof wire);
	static const unsigned char head[] = { 'X', 3, 7, 0, 0, 0, 0, 31 };
	ck_assert_uint_eq(len, FRAME_HEADER + 31);
	ck_assert_mem_eq(wire, head, sizeof head);
	int fd = fuzz_feed(wire, len);
	ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(1000), &f), 0);
	check_sample(&in);
	close(fd);
}
END_TEST

START_TEST(an_empty_body_is_a_frame)
{
	int fds[2];
	pair(fds);
	frame_begin(&fr, 9);
	ck_assert_int_eq(frame_send(fds[0], &treaty, &fr, in_ms(1000), &f), 0);
	ck_assert_int_eq(frame_receive(fds[1], &treaty, &in, in_ms(1000), &f), 0);
	ck_assert_uint_eq(in.type, 9);
	ck_assert(frame_end(&in));
}
END_TEST

START_TEST(c7_every_truncation_is_refused)
{
	unsigned char wire[128];
	size_t len = sample(wire, sizeof wire);
	for (size_t k = 0; k < len; k++) {
		int fd = fuzz_feed(wire, k);
		memset(&in, 0xa5, sizeof in);
		ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(1000), &f), -1);
		ck_assert_int_eq(f.class, k == 0 ? FAULT_GONE : FAULT_PEER);
		ck_assert(wiped(&in));
		close(fd);
	}
}
END_TEST

/* The fields of a body that ends early: each get says so, and so does the end. */
START_TEST(c7_fields_beyond_the_end_are_zero_and_bad)
{
	unsigned char wire[128];
	size_t len = sample(wire, sizeof wire);
	for (size_t k = FRAME_HEADER; k < len; k++) {
		char text[16] = "x";
		struct secret s;
		memset(&s, 0xa5, sizeof s);
		wire[7] = (unsigned char)(k - FRAME_HEADER);
		int fd = fuzz_feed(wire, k);
		ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(1000), &f), 0);
		close(fd);
		frame_get_u8(&in);
		frame_get_u32(&in);
		frame_get_i64(&in);
		frame_get_bytes(&in, text, 3);
		frame_get_text(&in, text, sizeof text);
		frame_get_secret(&in, &s);
		ck_assert(!frame_end(&in));
		ck_assert(all_zero(&s, sizeof s));
		/* bad stays bad */
		ck_assert_uint_eq(frame_get_u8(&in), 0);
		ck_assert_int_eq(frame_get_i64(&in), 0);
		ck_assert(!frame_end(&in));
	}
}
END_TEST

START_TEST(c7_trailing_bytes_are_no_end)
{
	frame_begin(&fr, 1);
	frame_put_u8(&fr, 1);
	frame_put_u8(&fr, 2);
	frame_get_u8(&fr);
	ck_assert(!frame_end(&fr));
	frame_get_u8(&fr);
	ck_assert(frame_end(&fr));
}
END_TEST

static const struct {
	const char *name;
	unsigned char header[FRAME_HEADER];
} bad_headers[] = {
	{ "another treaty", { 'Y', 3, 7, 0, 0, 0, 0, 4 } },
	{ "an older version", { 'X', 2, 7, 0, 0, 0, 0, 4 } },
	{ "a newer version", { 'X', 4, 7, 0, 0, 0, 0, 4 } },
	{ "the reserved byte", { 'X', 3, 7, 1, 0, 0, 0, 4 } },
	{ "one byte over the treaty's cap", { 'X', 3, 7, 0, 0, 0, 0x02, 0x59 } },
	{ "one byte over the room", { 'X', 3, 7, 0, 0, 0, 0x40, 0x01 } },
	{ "2 GiB", { 'X', 3, 7, 0, 0x80, 0, 0, 0 } },
	{ "4 GiB", { 'X', 3, 7, 0, 0xff, 0xff, 0xff, 0xff } },
};

START_TEST(e3_foreign_headers_are_refused_before_the_body)
{
	unsigned char wire[FRAME_HEADER + 4] = { 0 };
	memcpy(wire, bad_headers[_i].header, FRAME_HEADER);
	int fd = fuzz_feed(wire, sizeof wire);
	ck_assert_msg(
		frame_receive(fd, &treaty, &in, in_ms(1000), &f) == -1, "%s", bad_headers[_i].name);
	ck_assert_int_eq(f.class, FAULT_PEER);
	ck_assert(wiped(&in));
	ck_assert_int_eq(unread(fd), 4);
	close(fd);
}
END_TEST

START_TEST(e3_a_treaty_cannot_raise_the_rooms_cap)
{
	static const struct frame_treaty greedy = { 'X', 3, UINT32_MAX };
	unsigned char header[FRAME_HEADER] = { 'X', 3, 7, 0, 0, 0, 0x40, 0x01 };
	int fd = fuzz_feed(header, sizeof header);
	ck_assert_int_eq(frame_receive(fd, &greedy, &in, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_PEER);
}
END_TEST

START_TEST(no_byte_beyond_the_frame_is_read)
{
	unsigned char wire[256];
	size_t len = sample(wire, sizeof wire);
	memcpy(wire + len, wire, len);
	int fd = fuzz_feed(wire, 2 * len);
	ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(1000), &f), 0);
	ck_assert_int_eq(unread(fd), (int)len);
	ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(1000), &f), 0);
	check_sample(&in);
	ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
}
END_TEST

/* --- building --------------------------------------------------------------------------------- */

START_TEST(beyond_the_cap_nothing_is_sent)
{
	int fds[2];
	unsigned char big[601] = { 0 };
	pair(fds);
	frame_begin(&fr, 1);
	frame_put_bytes(&fr, big, sizeof big);
	ck_assert_int_eq(frame_send(fds[0], &treaty, &fr, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert_int_eq(unread(fds[1]), 0);
	fr.len = 600;
	ck_assert_int_eq(frame_send(fds[0], &treaty, &fr, in_ms(1000), &f), 0);
}
END_TEST

START_TEST(beyond_the_room_the_frame_is_bad)
{
	static unsigned char big[FRAME_BODY_MAX];
	int fds[2];
	pair(fds);
	frame_begin(&fr, 1);
	frame_put_bytes(&fr, big, sizeof big);
	ck_assert(!fr.bad);
	frame_put_u8(&fr, 1);
	ck_assert(fr.bad);
	ck_assert_uint_eq(fr.len, FRAME_BODY_MAX);
	frame_put_bytes(&fr, NULL, 0);
	ck_assert(fr.bad);
	ck_assert_int_eq(frame_send(fds[0], &wide, &fr, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_BAD);
	ck_assert(!frame_end(&fr));
	frame_begin(&fr, 1);
	ck_assert(frame_end(&fr));
	frame_put_bytes(&fr, big, SIZE_MAX);
	ck_assert(fr.bad);
}
END_TEST

START_TEST(a_text_of_64_kib_is_bad)
{
	static char big[0x10001];
	memset(big, 'a', sizeof big - 1);
	frame_begin(&fr, 1);
	frame_put_text(&fr, big);
	ck_assert(fr.bad);
}
END_TEST

START_TEST(a_secret_with_an_impossible_length_is_bad)
{
	struct secret s = { .len = SECRET_MAX + 1 };
	frame_begin(&fr, 1);
	frame_put_secret(&fr, &s);
	ck_assert(fr.bad);
}
END_TEST

static const struct {
	const char *name;
	unsigned char body[8];
	size_t len;
	const char *text; /* NULL: bad */
} texts[] = {
	{ "empty", { 0, 0 }, 2, "" },
	{ "three of cap 4", { 0, 3, 'a', 'b', 'c' }, 5, "abc" },
	{ "four of cap 4", { 0, 4, 'a', 'b', 'c', 'd' }, 6, NULL },
	{ "NUL inside", { 0, 3, 'a', 0, 'c' }, 5, NULL },
	{ "NUL at the end", { 0, 3, 'a', 'b', 0 }, 5, NULL },
	{ "longer than the body", { 0, 4, 'a', 'b', 'c' }, 5, NULL },
	{ "65535 bytes said", { 0xff, 0xff, 'a', 'b', 'c' }, 5, NULL },
	{ "half a length", { 0 }, 1, NULL },
	{ "nothing", { 0 }, 0, NULL },
};

START_TEST(texts_are_taken_whole_or_not_at_all)
{
	char out[5] = "zzzz";
	frame_begin(&fr, 1);
	frame_put_bytes(&fr, texts[_i].body, texts[_i].len);
	frame_get_text(&fr, out, 4);
	ck_assert_msg(frame_end(&fr) == (texts[_i].text != NULL), "%s", texts[_i].name);
	ck_assert_str_eq(out, texts[_i].text ? texts[_i].text : "");
}
END_TEST

START_TEST(a_secret_that_is_too_long_is_bad_and_wiped)
{
	unsigned char body[2 + SECRET_MAX + 1];
	struct secret s;
	memset(&s, 0xa5, sizeof s);
	memset(body, '7', sizeof body);
	body[0] = 0x02;
	body[1] = 0x00; /* 512 */
	frame_begin(&fr, 1);
	frame_put_bytes(&fr, body, sizeof body);
	frame_get_secret(&fr, &s);
	ck_assert(!frame_end(&fr));
	ck_assert(all_zero(&s, sizeof s));
	body[0] = 0x01;
	body[1] = 0xff; /* 511 */
	frame_begin(&fr, 1);
	frame_put_bytes(&fr, body, sizeof body - 1);
	frame_get_secret(&fr, &s);
	ck_assert(frame_end(&fr));
	ck_assert_uint_eq(s.len, SECRET_MAX);
}
END_TEST

static const int64_t numbers[] = { 0, 1, -1, 255, 256, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };

START_TEST(numbers_keep_their_sign)
{
	frame_begin(&fr, 1);
	frame_put_i64(&fr, numbers[_i]);
	frame_put_u32(&fr, (uint32_t)numbers[_i]);
	ck_assert_int_eq(frame_get_i64(&fr), numbers[_i]);
	ck_assert_uint_eq(frame_get_u32(&fr), (uint32_t)numbers[_i]);
	ck_assert(frame_end(&fr));
}
END_TEST

START_TEST(a_wiped_frame_holds_nothing_and_ends_nowhere)
{
	frame_begin(&fr, 1);
	frame_put_text(&fr, "493027");
	frame_wipe(&fr);
	ck_assert(wiped(&fr));
	char text[8] = "x";
	frame_get_text(&fr, text, sizeof text);
	ck_assert_str_eq(text, "");
	ck_assert(!frame_end(&fr));
}
END_TEST

/* --- the socket ------------------------------------------------------------------------------- */

struct dribble {
	int fd;
	const unsigned char *bytes;
	size_t len;
	useconds_t pause_us;
};

static void *dribble(void *arg)
{
	const struct dribble *d = arg;
	for (size_t i = 0; i < d->len; i++) {
		if (send(d->fd, d->bytes + i, 1, MSG_NOSIGNAL) != 1)
			break;
		usleep(d->pause_us);
	}
	return NULL;
}

START_TEST(short_reads_are_put_together)
{
	unsigned char wire[128];
	int fds[2];
	pthread_t thread;
	size_t len = sample(wire, sizeof wire);
	pair(fds);
	struct dribble d = { fds[0], wire, len, 500 };
	ck_assert_int_eq(pthread_create(&thread, NULL, dribble, &d), 0);
	ck_assert_int_eq(frame_receive(fds[1], &treaty, &in, in_ms(3000), &f), 0);
	check_sample(&in);
	pthread_join(thread, NULL);
}
END_TEST

static unsigned char taken[FRAME_HEADER + FRAME_BODY_MAX];

static void *sip(void *arg)
{
	const int *fd = arg;
	for (size_t i = 0; i < sizeof taken; i++) {
		if (recv(*fd, taken + i, 1, 0) != 1)
			break;
		if (i % 1024 == 0)
			usleep(1000);
	}
	return NULL;
}

START_TEST(short_writes_are_carried_on)
{
	int fds[2], small = 1;
	pthread_t thread;
	struct fuzz fz = { 99 };
	pair(fds);
	ck_assert_int_eq(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, sip, &fds[1]), 0);
	frame_begin(&fr, 5);
	fuzz_bytes(&fz, fr.body, sizeof fr.body);
	fr.len = sizeof fr.body;
	ck_assert_int_eq(frame_send(fds[0], &wide, &fr, in_ms(3000), &f), 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(taken[2], 5);
	ck_assert_mem_eq(taken + FRAME_HEADER, fr.body, sizeof fr.body);
}
END_TEST

/* Waits 60 ms: a deadline can only be seen to pass. */
static void assert_late(int rc, int64_t began_ms)
{
	int64_t took = clock_boot_ms() - began_ms;
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_msg(took >= 60 && took < 3060, "took %d ms", (int)took);
}

START_TEST(a_silent_peer_is_late)
{
	int fds[2];
	pair(fds);
	int64_t began = clock_boot_ms();
	assert_late(frame_receive(fds[1], &treaty, &in, began + 60, &f), began);
	ck_assert(wiped(&in));
}
END_TEST

START_TEST(a_peer_that_stops_in_the_middle_is_late)
{
	unsigned char wire[128];
	int fds[2];
	size_t len = sample(wire, sizeof wire);
	pair(fds);
	ck_assert_int_eq(send(fds[0], wire, len - 1, 0), (ssize_t)(len - 1));
	int64_t began = clock_boot_ms();
	assert_late(frame_receive(fds[1], &treaty, &in, began + 60, &f), began);
	ck_assert(wiped(&in));
}
END_TEST

/* Each byte comes in time, the whole does not: a deadline is absolute. */
START_TEST(a_dribbling_peer_is_late)
{
	unsigned char wire[128];
	int fds[2];
	pthread_t thread;
	size_t len = sample(wire, sizeof wire);
	pair(fds);
	struct dribble d = { fds[0], wire, len, 10000 };
	ck_assert_int_eq(pthread_create(&thread, NULL, dribble, &d), 0);
	int64_t began = clock_boot_ms();
	assert_late(frame_receive(fds[1], &treaty, &in, began + 60, &f), began);
	close(fds[1]);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_late)
{
	int fds[2], small = 1;
	pair(fds);
	ck_assert_int_eq(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
	frame_begin(&fr, 1);
	fr.len = sizeof fr.body;
	int64_t began = clock_boot_ms();
	assert_late(frame_send(fds[0], &wide, &fr, began + 60, &f), began);
}
END_TEST

START_TEST(a_deadline_in_the_past_is_late_at_once)
{
	unsigned char wire[128];
	size_t len = sample(wire, sizeof wire);
	int fd = fuzz_feed(wire, len);
	ck_assert_int_eq(frame_receive(fd, &treaty, &in, in_ms(-1), &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	ck_assert_int_eq(frame_receive(fd, &treaty, &in, INT64_MIN, &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
	frame_begin(&fr, 1);
	ck_assert_int_eq(frame_send(fd, &treaty, &fr, in_ms(0), &f), -1);
	ck_assert_int_eq(f.class, FAULT_LATE);
}
END_TEST

static volatile sig_atomic_t alarms;

static void on_alarm(int signo)
{
	(void)signo;
	alarms++;
}

START_TEST(signals_do_not_end_a_wait)
{
	unsigned char wire[128];
	int fds[2];
	size_t len = sample(wire, sizeof wire);
	struct sigaction sa = { .sa_handler = on_alarm }; /* no SA_RESTART */
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } }, never = { { 0, 0 }, { 0, 0 } };
	pair(fds);
	pid_t pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		struct dribble d = { fds[0], wire, len, 1000 };
		dribble(&d);
		_exit(0);
	}
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	int rc = frame_receive(fds[1], &treaty, &in, in_ms(3000), &f);
	setitimer(ITIMER_REAL, &never, NULL);
	waitpid(pid, NULL, 0);
	ck_assert_int_eq(rc, 0);
	ck_assert_int_gt(alarms, 2);
	check_sample(&in);
}
END_TEST

START_TEST(a_peer_that_hangs_up_is_gone)
{
	int fds[2];
	pair(fds);
	close(fds[0]);
	ck_assert_int_eq(frame_receive(fds[1], &treaty, &in, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
}
END_TEST

/* Closing with unread bytes in it makes the kernel say ECONNRESET once. */
START_TEST(a_peer_that_hangs_up_on_us_unread_is_gone)
{
	int fds[2];
	pair(fds);
	ck_assert_int_eq(send(fds[1], "x", 1, 0), 1);
	close(fds[0]);
	ck_assert_int_eq(frame_receive(fds[1], &treaty, &in, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
}
END_TEST

/* SIGPIPE keeps its default, which would end this test. */
START_TEST(sending_to_nobody_is_gone_without_sigpipe)
{
	int fds[2];
	pair(fds);
	close(fds[1]);
	signal(SIGPIPE, SIG_DFL);
	frame_begin(&fr, 1);
	ck_assert_int_eq(frame_send(fds[0], &treaty, &fr, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_GONE);
}
END_TEST

START_TEST(a_bad_descriptor_is_a_system_fault)
{
	frame_begin(&fr, 1);
	ck_assert_int_eq(frame_send(-1, &treaty, &fr, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert_int_eq(f.errnum, EBADF);
	ck_assert_int_eq(frame_receive(-1, &treaty, &in, in_ms(1000), &f), -1);
	ck_assert_int_eq(f.class, FAULT_SYSTEM);
	ck_assert(wiped(&in));
}
END_TEST

/* --- fuzzing ---------------------------------------------------------------------------------- */

/* Take fields in any order until something is bad; nothing may be read beyond the body. */
static void take_anything(struct fuzz *fz, struct frame *at)
{
	unsigned char bytes[40];
	struct secret s;
	for (int i = 0; i < 40 && !at->bad; i++) {
		switch (fuzz_below(fz, 6)) {
		case 0:
			frame_get_u8(at);
			break;
		case 1:
			frame_get_u32(at);
			break;
		case 2:
			frame_get_i64(at);
			break;
		case 3:
			frame_get_bytes(at, bytes, fuzz_below(fz, sizeof bytes));
			break;
		case 4:
			frame_get_text(at, (char *)bytes, sizeof bytes);
			ck_assert_uint_lt(strnlen((char *)bytes, sizeof bytes), sizeof bytes);
			break;
		default:
			frame_get_secret(at, &s);
			ck_assert_uint_le(s.len, SECRET_MAX);
			ck_assert_uint_eq(s.bytes[s.len], 0);
		}
		ck_assert_uint_le(at->at, at->len);
	}
}

START_TEST(e3_random_and_mutated_frames_do_no_harm)
{
	unsigned char good[128], wire[700];
	struct fuzz fz = { 20240501 };
	size_t len = sample(good, sizeof good);
	int whole = 0;
	for (int i = 0; i < 20000; i++) {
		size_t n = fuzz_below(&fz, sizeof wire);
		fuzz_bytes(&fz, wire, n);
		if (i % 2) {
			memcpy(wire, good, len);
			n = fuzz_mutate(&fz, wire, len, sizeof wire);
		}
		int fd = fuzz_feed(wire, n);
		if (frame_receive(fd, &treaty, &in, in_ms(1000), &f) == 0) {
			ck_assert_uint_le(FRAME_HEADER + in.len, n);
			ck_assert_mem_eq(in.body, wire + FRAME_HEADER, in.len);
			take_anything(&fz, &in);
			whole++;
		} else {
			ck_assert(f.class == FAULT_PEER || (n == 0 && f.class == FAULT_GONE));
			ck_assert(wiped(&in));
		}
		close(fd);
	}
	/* the mutations reach what stands behind the header */
	ck_assert_int_gt(whole, 1000);
}
END_TEST

static void add_packing(Suite *s)
{
	TCase *tc = tcase_create("packing");
	suite_add_tcase(s, tc);
	tcase_add_test(tc, a_frame_arrives_as_it_was_sent);
	tcase_add_test(tc, an_empty_body_is_a_frame);
	tcase_add_test(tc, c7_every_truncation_is_refused);
	tcase_add_test(tc, c7_fields_beyond_the_end_are_zero_and_bad);
	tcase_add_test(tc, c7_trailing_bytes_are_no_end);
	tcase_add_loop_test(tc, e3_foreign_headers_are_refused_before_the_body, 0,
		sizeof bad_headers / sizeof bad_headers[0]);
	tcase_add_test(tc, e3_a_treaty_cannot_raise_the_rooms_cap);
	tcase_add_test(tc, no_byte_beyond_the_frame_is_read);
	tcase_add_test(tc, beyond_the_cap_nothing_is_sent);
	tcase_add_test(tc, beyond_the_room_the_frame_is_bad);
	tcase_add_test(tc, a_text_of_64_kib_is_bad);
	tcase_add_test(tc, a_secret_with_an_impossible_length_is_bad);
	tcase_add_loop_test(
		tc, texts_are_taken_whole_or_not_at_all, 0, sizeof texts / sizeof texts[0]);
	tcase_add_test(tc, a_secret_that_is_too_long_is_bad_and_wiped);
	tcase_add_loop_test(tc, numbers_keep_their_sign, 0, sizeof numbers / sizeof numbers[0]);
	tcase_add_test(tc, a_wiped_frame_holds_nothing_and_ends_nowhere);
}

static void add_socket(Suite *s)
{
	TCase *tc = tcase_create("socket");
	suite_add_tcase(s, tc);
	tcase_add_test(tc, short_reads_are_put_together);
	tcase_add_test(tc, short_writes_are_carried_on);
	tcase_add_test(tc, a_silent_peer_is_late);
	tcase_add_test(tc, a_peer_that_stops_in_the_middle_is_late);
	tcase_add_test(tc, a_dribbling_peer_is_late);
	tcase_add_test(tc, a_peer_that_does_not_read_is_late);
	tcase_add_test(tc, a_deadline_in_the_past_is_late_at_once);
	tcase_add_test(tc, signals_do_not_end_a_wait);
	tcase_add_test(tc, a_peer_that_hangs_up_is_gone);
	tcase_add_test(tc, a_peer_that_hangs_up_on_us_unread_is_gone);
	tcase_add_test(tc, sending_to_nobody_is_gone_without_sigpipe);
	tcase_add_test(tc, a_bad_descriptor_is_a_system_fault);
}

Suite *unit_suite(void)
{
	Suite *s = suite_create("frame");
	add_packing(s);
	add_socket(s);
	TCase *tc = tcase_create("fuzz");
	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, e3_random_and_mutated_frames_do_no_harm);
	return s;
}
