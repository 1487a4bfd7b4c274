#include "cli/premises.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/places.h"
#include "core/account.h"

static void inspect_folder(struct inspection *i, const char *path, mode_t forbid)
{
	struct inode_want want = { .owner = 0, .forbid = forbid, .size = -1 };
	struct fault f = FAULT_INIT;
	int fd = -1;

	if (file_open_folder(path, &want, &fd, &f) == 0) {
		close(fd);
		inspection_add(i, INSPECTION_FINE, "folders", "%s", path);
	} else if (f.class == FAULT_ABSENT) {
		inspection_add(i, INSPECTION_TROUBLE, "folders",
			"%s is not there: install -d -o root -g root -m %s %s", path,
			forbid == 0077 ? "0700" : "0755", path);
	} else {
		inspection_add_fault(i, INSPECTION_TROUBLE, "folders", &f);
	}
}

static void inspect_program(struct inspection *i, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		inspection_add(i, INSPECTION_TROUBLE, "programs",
			"%s: %s; install the package again", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		inspection_add(i, INSPECTION_TROUBLE, "programs", "%s is no program; chmod 0755 %s",
			path, path);
	else if (st.st_uid != 0 || (st.st_mode & 0022) != 0)
		inspection_add(i, INSPECTION_TROUBLE, "programs",
			"%s may be written by others than root; chown root:root %s; chmod go-w %s",
			path, path, path);
	else
		inspection_add(i, INSPECTION_FINE, "programs", "%s", path);
}

static void inspect_sender_user(struct inspection *i)
{
	struct fault f = FAULT_INIT;
	struct account a;

	if (account_find(PLACES_SENDER_USER, &a, &f) != 0 && f.class == FAULT_ABSENT)
		inspection_add(i, INSPECTION_TROUBLE, "programs",
			"the system has no user %s, as whom messages are sent: useradd --system "
			"--user-group --no-create-home --shell /usr/sbin/nologin %s",
			PLACES_SENDER_USER, PLACES_SENDER_USER);
	else if (f.class != FAULT_NONE)
		inspection_add_fault(i, INSPECTION_TROUBLE, "programs", &f);
	else if (a.uid == 0)
		inspection_add(i, INSPECTION_TROUBLE, "programs",
			"the user %s is root: give it a uid of its own", PLACES_SENDER_USER);
	else
		inspection_add(i, INSPECTION_FINE, "programs", "user %s", PLACES_SENDER_USER);
}

/* 0: somebody listens. */
static int knock(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = PLACES_SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) != 0)
		error = errno;
	close(fd);
	return error;
}

/* E1: an engine's socket that somebody else could have made is worse than none. */
static void inspect_socket(struct inspection *i)
{
	struct stat folder, sock;
	int error;

	if (lstat(PLACES_SOCKET, &sock) != 0) {
		inspection_add(i, INSPECTION_FINE, "engine",
			"no daemon (%s is not there): hosts that run as root start an engine for "
			"each "
			"login; programs that run as the user, such as screen lockers, need the "
			"daemon",
			PLACES_SOCKET);
		return;
	}
	if (lstat(PLACES_SOCKET_FOLDER, &folder) != 0 || !S_ISDIR(folder.st_mode) ||
		folder.st_uid != 0 || (folder.st_mode & 07777) != 0755)
		inspection_add(i, INSPECTION_TROUBLE, "engine",
			"%s must be a folder of root with mode 0755; chown root:root and chmod "
			"0755 it",
			PLACES_SOCKET_FOLDER);
	if (!S_ISSOCK(sock.st_mode) || sock.st_uid != 0 || (sock.st_mode & 07777) != 0666)
		inspection_add(i, INSPECTION_TROUBLE, "engine",
			"%s must be a socket of root with mode 0666; remove it and start the "
			"daemon again",
			PLACES_SOCKET);
	error = knock();
	if (error == 0)
		inspection_add(
			i, INSPECTION_FINE, "engine", "the daemon answers at %s", PLACES_SOCKET);
	else if (error == ECONNREFUSED)
		inspection_add(i, INSPECTION_FINDING, "engine",
			"nobody listens at %s: the daemon ended; hosts that run as root start an "
			"engine "
			"for each login meanwhile; systemctl restart sms-otpd.socket",
			PLACES_SOCKET);
	else
		inspection_add(i, INSPECTION_TROUBLE, "engine",
			"%s: %s; systemctl restart sms-otpd.socket", PLACES_SOCKET,
			strerror(error));
}

void premises_inspect(struct inspection *i, bool outbox)
{
	inspect_folder(i, PLACES_SETTINGS_FOLDER, 0022);
	inspect_folder(i, PLACES_USERS, 0077);
	inspect_folder(i, PLACES_STATE, 0077);
	if (outbox)
		inspect_folder(i, PLACES_OUTBOX, 0077);
	inspect_program(i, PLACES_ENGINE);
	inspect_program(i, PLACES_SENDER);
	inspect_sender_user(i);
	inspect_socket(i);
}
