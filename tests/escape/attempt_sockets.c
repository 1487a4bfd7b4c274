#include "attempt_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attempt.h"

/* A kernel without the family has looked at it, too. */
static int opened(int fd)
{
	return fd >= 0 || errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT ||
			       errno == ESOCKTNOSUPPORT
		       ? 0
		       : errno;
}

int sockets_inet(void)
{
	int rc = opened(socket(AF_INET, SOCK_DGRAM, 0));
	return rc ? rc : opened(socket(AF_INET6, SOCK_STREAM, 0));
}

int sockets_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 ? 0 : errno;
}

int sockets_unix(void)
{
	return opened(socket(AF_UNIX, SOCK_STREAM, 0));
}

int sockets_netlink(void)
{
	return opened(socket(AF_NETLINK, SOCK_RAW, 0));
}

int sockets_packet(void)
{
	return socket(AF_PACKET, SOCK_DGRAM, 0) >= 0 ? 0 : errno;
}

int sockets_vsock(void)
{
	return opened(socket(AF_VSOCK, SOCK_STREAM, 0));
}

int sockets_alg(void)
{
	return opened(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

int sockets_connect(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(attempt_place.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0 ? 0 : errno;
}

int sockets_bind(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 ? 0 : errno;
}

int sockets_listen(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && listen(fd, 1) == 0 ? 0 : errno;
}

static int connect_unix(const struct sockaddr_un *a, size_t len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (const struct sockaddr *)a, (socklen_t)len) == 0 ? 0 : errno;
}

int sockets_connect_path(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	snprintf(a.sun_path, sizeof a.sun_path, "%s/listener", attempt_place.folder);
	return connect_unix(&a, sizeof a);
}

int sockets_connect_abstract(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = strlen(attempt_place.abstract);
	memcpy(a.sun_path + 1, attempt_place.abstract, len);
	return connect_unix(&a, offsetof(struct sockaddr_un, sun_path) + 1 + len);
}
