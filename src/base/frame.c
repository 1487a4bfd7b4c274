#include "base/frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

/* --- packing ---------------------------------------------------------------------------------- */

void frame_begin(struct frame *fr, uint8_t type)
{
	fr->type = type;
	fr->bad = false;
	fr->len = 0;
	fr->at = 0;
}

void frame_put_bytes(struct frame *fr, const void *bytes, size_t len)
{
	if (fr->bad || len > sizeof fr->body - fr->len) {
		fr->bad = true;
		return;
	}
	if (len > 0)
		memcpy(fr->body + fr->len, bytes, len);
	fr->len += len;
}

void frame_put_u8(struct frame *fr, uint8_t v)
{
	frame_put_bytes(fr, &v, 1);
}

static void put_u16(struct frame *fr, size_t v)
{
	if (v > UINT16_MAX) {
		fr->bad = true;
		return;
	}
	frame_put_u8(fr, (uint8_t)(v >> 8));
	frame_put_u8(fr, (uint8_t)(v & 0xff));
}

static void store_u32(unsigned char *out, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(v >> (24 - 8 * i));
}

static uint32_t load_u32(const unsigned char *in)
{
	uint32_t v = 0;
	for (int i = 0; i < 4; i++)
		v = v << 8 | in[i];
	return v;
}

void frame_put_u32(struct frame *fr, uint32_t v)
{
	unsigned char be[4];
	store_u32(be, v);
	frame_put_bytes(fr, be, sizeof be);
}

void frame_put_i64(struct frame *fr, int64_t v)
{
	uint64_t bits = (uint64_t)v;
	frame_put_u32(fr, (uint32_t)(bits >> 32));
	frame_put_u32(fr, (uint32_t)bits);
}

void frame_put_text(struct frame *fr, const char *s)
{
	size_t len = strlen(s);
	put_u16(fr, len);
	frame_put_bytes(fr, s, len);
}

void frame_put_secret(struct frame *fr, const struct secret *s)
{
	if (s->len > SECRET_MAX) {
		fr->bad = true;
		return;
	}
	put_u16(fr, s->len);
	frame_put_bytes(fr, s->bytes, s->len);
}

/* --- unpacking -------------------------------------------------------------------------------- */

/* The next len bytes, or NULL and the frame is bad. */
static const unsigned char *take(struct frame *fr, size_t len)
{
	if (fr->bad || fr->len > sizeof fr->body || fr->at > fr->len || len > fr->len - fr->at) {
		fr->bad = true;
		return NULL;
	}
	const unsigned char *here = fr->body + fr->at;
	fr->at += len;
	return here;
}

void frame_get_bytes(struct frame *fr, void *out, size_t len)
{
	const unsigned char *from = take(fr, len);
	if (from)
		memcpy(out, from, len);
	else
		memset(out, 0, len);
}

uint8_t frame_get_u8(struct frame *fr)
{
	uint8_t v;
	frame_get_bytes(fr, &v, 1);
	return v;
}

static size_t get_u16(struct frame *fr)
{
	unsigned char be[2];
	frame_get_bytes(fr, be, sizeof be);
	return (size_t)be[0] << 8 | be[1];
}

uint32_t frame_get_u32(struct frame *fr)
{
	unsigned char be[4];
	frame_get_bytes(fr, be, sizeof be);
	return load_u32(be);
}

int64_t frame_get_i64(struct frame *fr)
{
	uint64_t high = frame_get_u32(fr);
	uint64_t low = frame_get_u32(fr);
	/* half of a number is no number */
	return fr->bad ? 0 : (int64_t)(high << 32 | low);
}

void frame_get_text(struct frame *fr, char *out, size_t cap)
{
	out[0] = 0;
	size_t len = get_u16(fr);
	const unsigned char *from = take(fr, len);
	if (!from)
		return;
	if (len >= cap || memchr(from, 0, len)) {
		fr->bad = true;
		return;
	}
	memcpy(out, from, len);
	out[len] = 0;
}

void frame_get_secret(struct frame *fr, struct secret *out)
{
	secret_wipe(out);
	size_t len = get_u16(fr);
	const unsigned char *from = take(fr, len);
	if (from && secret_set(out, from, len) < 0)
		fr->bad = true;
}

bool frame_end(const struct frame *fr)
{
	return !fr->bad && fr->at == fr->len;
}

void frame_wipe(struct frame *fr)
{
	secret_wipe_bytes(fr, sizeof *fr);
	fr->bad = true;
}

/* --- the socket ------------------------------------------------------------------------------- */

/* Wait until fd may be ready; the caller tries again. LATE when the deadline comes first. */
static int wait_for(int fd, short events, int64_t deadline_ms, struct fault *f)
{
	struct pollfd p = { .fd = fd, .events = events };
	if (poll(&p, 1, clock_left_ms(deadline_ms)) < 0 && errno != EINTR)
		return fault_set(f, FAULT_SYSTEM, errno, "cannot wait for the other side");
	return 0;
}

static int late(struct fault *f)
{
	return fault_set(f, FAULT_LATE, 0, "the other side did not keep up in time");
}

static int send_all(
	int fd, const unsigned char *bytes, size_t len, int64_t deadline_ms, struct fault *f)
{
	while (len > 0) {
		if (clock_left_ms(deadline_ms) == 0)
			return late(f);
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET)
			return fault_set(f, FAULT_GONE, 0, "the other side has hung up");
		if (errno != EAGAIN && errno != EINTR)
			return fault_set(f, FAULT_SYSTEM, errno, "cannot write to the other side");
		if (errno == EAGAIN && wait_for(fd, POLLOUT, deadline_ms, f) < 0)
			return -1;
	}
	return 0;
}

int frame_send(int fd, const struct frame_treaty *t, const struct frame *fr, int64_t deadline_ms,
	struct fault *f)
{
	if (fr->bad || fr->len > sizeof fr->body || fr->len > t->body_max)
		return fault_set(f, FAULT_BAD, 0, "a message is too long for its treaty");
	unsigned char header[FRAME_HEADER] = { t->treaty, t->version, fr->type };
	store_u32(header + 4, (uint32_t)fr->len);
	if (send_all(fd, header, sizeof header, deadline_ms, f) < 0)
		return -1;
	return send_all(fd, fr->body, fr->len, deadline_ms, f);
}

/* GONE if the other side closes before the first byte, unless a part of the frame came before. */
static int receive_all(
	int fd, unsigned char *bytes, size_t len, int64_t deadline_ms, struct fault *f)
{
	size_t got = 0;
	while (got < len) {
		if (clock_left_ms(deadline_ms) == 0)
			return late(f);
		ssize_t n = recv(fd, bytes + got, len - got, MSG_DONTWAIT);
		if (n > 0) {
			got += (size_t)n;
			continue;
		}
		/* a socket that is closed with unread bytes in it resets the connection */
		if (n == 0 || errno == ECONNRESET) {
			if (got > 0)
				return fault_set(f, FAULT_PEER, 0, "the other side broke off");
			return fault_set(f, FAULT_GONE, 0, "the other side has hung up");
		}
		if (errno != EAGAIN && errno != EINTR)
			return fault_set(f, FAULT_SYSTEM, errno, "cannot read from the other side");
		if (errno == EAGAIN && wait_for(fd, POLLIN, deadline_ms, f) < 0)
			return -1;
	}
	return 0;
}

static int judge_header(const unsigned char *header, const struct frame_treaty *t, struct fault *f)
{
	if (header[0] != t->treaty)
		return fault_set(f, FAULT_PEER, 0, "the other side speaks another language");
	if (header[1] != t->version)
		return fault_set(f, FAULT_PEER, 0,
			"the other side speaks version %u, this one version %u",
			(unsigned)header[1], (unsigned)t->version);
	if (header[3] != 0)
		return fault_set(f, FAULT_PEER, 0, "the other side sent a malformed message");
	uint32_t len = load_u32(header + 4);
	if (len > t->body_max || len > FRAME_BODY_MAX)
		return fault_set(f, FAULT_PEER, 0, "the other side sent too long a message");
	return 0;
}

int frame_receive(int fd, const struct frame_treaty *t, struct frame *fr, int64_t deadline_ms,
	struct fault *f)
{
	unsigned char header[FRAME_HEADER] = { 0 };
	frame_wipe(fr);
	if (receive_all(fd, header, sizeof header, deadline_ms, f) < 0)
		return -1;
	if (judge_header(header, t, f) < 0)
		return -1;
	uint32_t len = load_u32(header + 4);
	if (receive_all(fd, fr->body, len, deadline_ms, f) < 0) {
		if (f->class == FAULT_GONE)
			fault_set(f, FAULT_PEER, 0, "the other side broke off");
		frame_wipe(fr);
		return -1;
	}
	frame_begin(fr, header[2]);
	fr->len = len;
	return 0;
}
