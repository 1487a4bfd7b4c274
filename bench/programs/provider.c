/* provider: an HTTPS server on loopback that notes when each request was whole, and answers at once
 * as Dexatel does.
 *
 *	provider CERTIFICATE KEY RECORD
 *
 * Says its port on standard output; ends with its standard input. A line of RECORD is "NUMBER NS
 * PEER": the number of the message, the moment in CLOCK_MONOTONIC, the client's port. The code,
 * which the text begins with, goes to /dev/shm/mail/+NUMBER. One thread a connection. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 8192, BACKLOG = 1024 };

static SSL_CTX *context;
static int record;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static size_t needed(const char *request)
{
	const char *body = strstr(request, "\r\n\r\n");
	const char *length = strcasestr(request, "\r\ncontent-length:");

	if (!body)
		return REQUEST_MAX;
	return (size_t)(body - request) + 4 +
	       (length && length < body ? strtoul(length + 17, NULL, 10) : 0);
}

/* The first run of digits behind a key: the number in "to":["..."], the code in "text":"...". */
static void digits_behind(const char *request, const char *key, char out[32])
{
	const char *at = strstr(request, key);
	size_t n = 0;

	if (at) {
		at += strlen(key);
		at += strcspn(at, "0123456789");
		n = strspn(at, "0123456789");
	}
	snprintf(out, 32, "%.*s", (int)(n < 31 ? n : 31), at ? at : "");
}

static void note(const char *request, int peer)
{
	char number[32], code[32], path[64], line[96];
	long long moment = now();

	digits_behind(request, "\"to\"", number);
	digits_behind(request, "\"text\"", code);
	snprintf(path, sizeof path, "/dev/shm/mail/+%s", number);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd >= 0 && write(fd, code, strlen(code)) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
	int n = snprintf(line, sizeof line, "%s %lld %d\n", number, moment, peer);
	if (write(record, line, (size_t)n) != n)
		perror("record");
}

static int answer(SSL *s)
{
	static const char body[] = "{\"data\":{\"id\":\"1\",\"username\":\"bench\"}}";
	char text[256];
	int n = snprintf(text, sizeof text,
		"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: "
		"%zu\r\n\r\n%s",
		sizeof body - 1, body);

	return SSL_write(s, text, n) == n;
}

static void *serve(void *argument)
{
	int fd = (int)(intptr_t)argument, one = 1, got = 0, n;
	struct sockaddr_in peer = { 0 };
	socklen_t len = sizeof peer;
	char request[REQUEST_MAX + 1];
	SSL *s = SSL_new(context);

	getpeername(fd, (struct sockaddr *)&peer, &len);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	SSL_set_fd(s, fd);
	if (SSL_accept(s) == 1) {
		while ((n = SSL_read(s, request + got, REQUEST_MAX - got)) > 0) {
			got += n;
			request[got] = 0;
			if ((size_t)got < needed(request))
				continue;
			note(request, ntohs(peer.sin_port));
			got = 0;
			if (!answer(s))
				break;
		}
		SSL_shutdown(s);
	}
	ERR_clear_error();
	SSL_free(s);
	close(fd);
	return NULL;
}

static void *watch(void *unused)
{
	char c;

	(void)unused;
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	pthread_attr_t small;
	pthread_t thread;

	if (argc != 4)
		return 2;
	signal(SIGPIPE, SIG_IGN); /* a client may have gone before the answer */
	context = SSL_CTX_new(TLS_server_method());
	record = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (!context || SSL_CTX_use_certificate_chain_file(context, argv[1]) != 1 ||
		SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1 ||
		record < 0) {
		ERR_print_errors_fp(stderr);
		return 1;
	}
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
		perror("provider");
		return 1;
	}
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 * 1024);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	pthread_create(&thread, &small, watch, NULL);
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	for (;;) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (client >= 0 &&
			pthread_create(&thread, &small, serve, (void *)(intptr_t)client) != 0)
			close(client);
	}
}
