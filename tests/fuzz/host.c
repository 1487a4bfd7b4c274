#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/spawn.h"
#include "claim.h"

/* Far above any of ours. */
enum { FIRST_FD = 500000, FDS = 8, DATA_MAX = 4, NAME_BYTES = 64, PROMPT_BYTES = 512 };

struct host host;
bool host_inside;

static bool fd_open[FDS + 3]; /* the last three: 0 to 2 of a host that has closed them */
static int64_t now_ms;
static struct {
	char *text;
	size_t len;
} lent[HOST_ASKED];
static size_t nlent;
static struct {
	char name[NAME_BYTES];
	void *value;
} left[DATA_MAX];
static size_t nleft;

void host_begin(void)
{
	memset(fd_open, 0, sizeof fd_open);
	now_ms = 1000;
	nlent = nleft = 0;
	host_inside = true;
}

void host_end(void)
{
	host_inside = false;
	for (size_t i = 0; i < sizeof fd_open; i++)
		CLAIM(!fd_open[i]);
	for (size_t i = 0; i < nlent; i++)
		CLAIM(!lent[i].text);
}

/* --- libpam ----------------------------------------------------------------------------------- */

/* What one person types reaches nobody but the engine, and is gone when the shim drops it. */
static struct pam_response *reply_of(const struct host_reply *r)
{
	struct pam_response *reply = calloc(1, sizeof *reply);
	CLAIM(reply != NULL);
	if (r->kind == HOST_TYPES || r->kind == HOST_TYPES_AND_FAILS) {
		reply->resp = strdup(r->text);
		CLAIM(reply->resp != NULL && nlent < HOST_ASKED);
		lent[nlent].len = strlen(r->text);
		lent[nlent++].text = reply->resp;
	}
	return reply;
}

static void claim_text(const char *text)
{
	CLAIM(text && *text && strlen(text) <= PROMPT_BYTES);
	for (const char *at = text; *at; at++)
		CLAIM((unsigned char)*at >= 0x20 && *at != 0x7f);
}

static int ask(int n, const struct pam_message **messages, struct pam_response **replies, void *data)
{
	(void)data;
	/* D1 */
	CLAIM(n == 1 && messages && messages[0] && replies && !host.failed);
	int style = messages[0]->msg_style;
	claim_text(messages[0]->msg);
	*replies = NULL;
	if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO) {
		CLAIM(!host.silent);
		host.told++;
		*replies = calloc(1, sizeof **replies);
		return PAM_SUCCESS;
	}
	CLAIM(style == PAM_PROMPT_ECHO_ON || style == PAM_PROMPT_ECHO_OFF);
	CLAIM(host.asked < HOST_ASKED);
	static const struct host_reply none;
	const struct host_reply *r = (size_t)host.asked < host.nreplies ? &host.replies[host.asked] : &none;
	host.styles[host.asked] = style;
	host.typed[host.asked] = r->kind == HOST_TYPES ? r->text : NULL;
	host.asked++;
	host.failed = r->kind != HOST_TYPES;
	if (r->kind == HOST_NULL_ARRAY)
		return PAM_SUCCESS;
	if (r->kind == HOST_AGAIN)
		return PAM_CONV_AGAIN;
	*replies = reply_of(r);
	return r->kind == HOST_FAILS || r->kind == HOST_TYPES_AND_FAILS ? PAM_CONV_ERR : PAM_SUCCESS;
}

int pam_get_item(const pam_handle_t *pamh, int which, const void **value)
{
	static const struct pam_conv conversation = { ask, NULL };
	(void)pamh;
	*value = NULL;
	if (which == PAM_CONV)
		*value = host.no_conversation ? NULL : &conversation;
	else if (which == PAM_AUTHTOK && (host.set || host.cleared))
		*value = host.set ? host.taken_on : NULL;
	else if (which > 0 && which < HOST_ITEM)
		*value = host.item[which];
	return PAM_SUCCESS;
}

int pam_get_user(pam_handle_t *pamh, const char **user, const char *prompt)
{
	(void)pamh;
	CLAIM(!prompt);
	*user = host.item[PAM_USER];
	return host.no_user ? PAM_CONV_ERR : PAM_SUCCESS;
}

const char *pam_getenv(pam_handle_t *pamh, const char *name)
{
	(void)pamh;
	CLAIM(!strcmp(name, "SSH_AUTH_INFO_0"));
	return host.auth_info;
}

int pam_set_item(pam_handle_t *pamh, int which, const void *value)
{
	(void)pamh;
	CLAIM(which == PAM_AUTHTOK);
	host.set = value != NULL;
	host.cleared = !value;
	if (value) {
		CLAIM(strlen(value) < sizeof host.taken_on);
		memcpy(host.taken_on, value, strlen(value) + 1);
	}
	return PAM_SUCCESS;
}

int pam_set_data(pam_handle_t *pamh, const char *name, void *value,
	void (*cleanup)(pam_handle_t *pamh, void *data, int status))
{
	(void)pamh;
	CLAIM(!cleanup && strlen(name) < NAME_BYTES);
	size_t i = 0;
	while (i < nleft && strcmp(left[i].name, name) != 0)
		i++;
	CLAIM(i < DATA_MAX);
	nleft = i == nleft ? nleft + 1 : nleft;
	memcpy(left[i].name, name, strlen(name) + 1);
	left[i].value = value;
	return PAM_SUCCESS;
}

int pam_get_data(const pam_handle_t *pamh, const char *name, const void **value)
{
	(void)pamh;
	for (size_t i = 0; i < nleft; i++)
		if (!strcmp(left[i].name, name)) {
			*value = left[i].value;
			return PAM_SUCCESS;
		}
	return PAM_NO_MODULE_DATA;
}

/* G1: the corpus has these words for what is typed and what is kept secret. A line of pam.d is no place for either. */
static bool tells(const char *line, const char *secret)
{
	for (int i = 0; i < host.argc; i++)
		if (strstr(host.argv[i], secret))
			return false;
	return strstr(line, secret) != NULL;
}

void pam_syslog(const pam_handle_t *pamh, int priority, const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	(void)pamh;
	(void)priority;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	CLAIM(*line && !tells(line, "s3cret") && !tells(line, "493027"));
	for (const char *at = line; *at; at++)
		CLAIM((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
	host.log_lines++;
}

/* --- the kernel ------------------------------------------------------------------------------- */

/* What the linker puts in the place of the calls; the real ones are the harness's. */
#define INSTEAD(type, name, ...)                                                                   \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

static bool *slot_of(int fd)
{
	if (fd >= 0 && fd < 3 && fd_open[FDS + fd])
		return &fd_open[FDS + fd];
	CLAIM(fd >= FIRST_FD && fd < FIRST_FD + FDS && fd_open[fd - FIRST_FD]);
	return &fd_open[fd - FIRST_FD];
}

static int open_one(bool low)
{
	if (low) {
		fd_open[FDS + 1] = true;
		return 1;
	}
	for (int i = 0; i < FDS; i++)
		if (!fd_open[i]) {
			fd_open[i] = true;
			return FIRST_FD + i;
		}
	CLAIM(!"a descriptor is left");
	return -1;
}

INSTEAD(void, free, void *at)
{
	for (size_t i = 0; host_inside && at && i < nlent; i++) {
		if (lent[i].text != at)
			continue;
		for (size_t k = 0; k < lent[i].len; k++)
			CLAIM(lent[i].text[k] == 0);
		lent[i].text = NULL;
	}
	__real_free(at);
}

INSTEAD(int, close, int fd)
{
	if (!host_inside)
		return __real_close(fd);
	*slot_of(fd) = false;
	return 0;
}

INSTEAD(int, socket, int domain, int type, int protocol)
{
	if (!host_inside)
		return __real_socket(domain, type, protocol);
	CLAIM(type & SOCK_CLOEXEC);
	return open_one(host.first_descriptors);
}

INSTEAD(int, socketpair, int domain, int type, int protocol, int pair[2])
{
	if (!host_inside)
		return __real_socketpair(domain, type, protocol, pair);
	CLAIM(type & SOCK_CLOEXEC);
	pair[0] = open_one(host.first_descriptors);
	pair[1] = open_one(false);
	return 0;
}

int __real_fcntl64(int fd, int cmd, ...);
int __wrap_fcntl64(int fd, int cmd, ...)
{
	va_list ap;
	va_start(ap, cmd);
	long value = va_arg(ap, long);
	va_end(ap);
	if (!host_inside)
		return __real_fcntl64(fd, cmd, value);
	CLAIM(cmd == F_DUPFD_CLOEXEC && (int)value == 3);
	CLAIM(*slot_of(fd));
	return open_one(false);
}

INSTEAD(int, connect, int fd, const struct sockaddr *sa, socklen_t len)
{
	if (!host_inside)
		return __real_connect(fd, sa, len);
	CLAIM(*slot_of(fd) && !host.connected);
	if (host.refused) {
		errno = ECONNREFUSED;
		return -1;
	}
	host.connected++;
	return 0;
}

INSTEAD(int, getsockopt, int fd, int level, int name, void *value, socklen_t *len)
{
	if (!host_inside)
		return __real_getsockopt(fd, level, name, value, len);
	CLAIM(*slot_of(fd) && level == SOL_SOCKET && name == SO_PEERCRED);
	struct ucred who = { 7, host.peer_uid, host.peer_uid };
	CLAIM(*len == sizeof who);
	memcpy(value, &who, sizeof who);
	return 0;
}

static int owner_of(const char *path, struct stat *st)
{
	memset(st, 0, sizeof *st);
	bool is_socket = strstr(path, "/socket") != NULL;
	if (is_socket && host.socket_absent) {
		errno = ENOENT;
		return -1;
	}
	st->st_uid = is_socket ? host.socket_uid : host.folder_uid;
	st->st_mode = is_socket ? (host.plain_file ? S_IFREG : S_IFSOCK) | 0666 : S_IFDIR | host.folder_mode;
	return 0;
}

/* As the build calls them: with 64-bit offsets everywhere. */
INSTEAD(int, stat64, const char *path, struct stat *st)
{
	return host_inside ? owner_of(path, st) : __real_stat64(path, st);
}

INSTEAD(int, lstat64, const char *path, struct stat *st)
{
	return host_inside ? owner_of(path, st) : __real_lstat64(path, st);
}

INSTEAD(uid_t, getuid, void)
{
	return host_inside ? host.uid : __real_getuid();
}

INSTEAD(uid_t, geteuid, void)
{
	return host_inside ? host.euid : __real_geteuid();
}

INSTEAD(ssize_t, recv, int fd, void *bytes, size_t len, int flags)
{
	if (!host_inside)
		return __real_recv(fd, bytes, len, flags);
	CLAIM(*slot_of(fd) && (host.connected || host.spawned));
	size_t n = host.nstream - host.consumed;
	n = n < len ? n : len;
	n = host.chunk > 0 && host.chunk < n ? host.chunk : n;
	memcpy(bytes, host.stream + host.consumed, n);
	host.consumed += n;
	if (n > 0)
		return (ssize_t)n;
	if (!host.quiet && !host.reset)
		return 0;
	errno = host.reset ? ECONNRESET : EAGAIN;
	return -1;
}

INSTEAD(ssize_t, send, int fd, const void *bytes, size_t len, int flags)
{
	if (!host_inside)
		return __real_send(fd, bytes, len, flags);
	CLAIM(*slot_of(fd) && (host.connected || host.spawned) && (flags & MSG_NOSIGNAL));
	if (host.deaf) {
		errno = EPIPE;
		return -1;
	}
	size_t n = host.chunk > 0 && host.chunk < len ? host.chunk : len;
	CLAIM(n <= HOST_SENT - host.nsent);
	memcpy(host.sent + host.nsent, bytes, n);
	host.nsent += n;
	return (ssize_t)n;
}

/* Nothing more comes: the time passes. */
INSTEAD(int, poll, struct pollfd *fds, nfds_t n, int timeout_ms)
{
	if (!host_inside)
		return __real_poll(fds, n, timeout_ms);
	CLAIM(timeout_ms >= 0);
	now_ms += timeout_ms;
	return 0;
}

INSTEAD(int64_t, clock_boot_ms, void)
{
	return host_inside ? now_ms : __real_clock_boot_ms();
}

INSTEAD(int, clock_left_ms, int64_t deadline_ms)
{
	if (!host_inside)
		return __real_clock_left_ms(deadline_ms);
	return deadline_ms > now_ms ? (int)(deadline_ms - now_ms) : 0;
}

INSTEAD(int, spawn_orphan, const struct spawn_plan *plan, struct fault *f)
{
	/* E2 */
	CLAIM(host_inside && host.euid == 0 && !host.connected && (host.socket_absent || host.refused));
	CLAIM(plan->argv[0] && !strcmp(plan->argv[1], "--one-shot") && *slot_of(plan->fds[0]));
	if (host.spawn_fails)
		return fault_set(f, FAULT_SYSTEM, EAGAIN, "no process can be made");
	host.spawned++;
	return 0;
}
