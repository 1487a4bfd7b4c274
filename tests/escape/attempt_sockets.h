/* attempt_sockets: attempts at sockets. Each returns 0 or errno, as attempt.h says. */
#ifndef TESTS_ESCAPE_ATTEMPT_SOCKETS_H
#define TESTS_ESCAPE_ATTEMPT_SOCKETS_H

int sockets_inet(void);
int sockets_raw(void);
int sockets_unix(void);
int sockets_netlink(void);
int sockets_packet(void);
int sockets_vsock(void);
int sockets_alg(void);
int sockets_connect(void);
int sockets_bind(void);
int sockets_listen(void);
int sockets_connect_path(void);
int sockets_connect_abstract(void);

#endif
