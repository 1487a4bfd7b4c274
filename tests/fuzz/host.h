/* host: a host program and its kernel in memory, as an input says, for the whole shim linked into a target.
 *
 * Owns: libpam's calls, the conversation, sockets, files' owners and the clock, in place of the real ones while `inside`; what was seen of
 *       them. Nothing of libpam is linked.
 * MUST: hand out an engine's bytes as they are; end the run where the shim uses a descriptor that it does not have, asks two things at
 *       once, frees what somebody typed without wiping it, or leaves something behind. */
#ifndef TESTS_FUZZ_HOST_H
#define TESTS_FUZZ_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HOST_ARGUMENTS = 16,
	HOST_REPLIES = 24,
	HOST_STREAM = 16384,
	HOST_SENT = 32768,
	HOST_ITEM = 64, /* above PAM's numbers of items */
	HOST_ASKED = 64,
};

enum host_reply_kind {
	HOST_FAILS = 0,
	HOST_TYPES,
	HOST_NULL_TEXT,
	HOST_NULL_ARRAY,
	HOST_AGAIN,
	HOST_TYPES_AND_FAILS
};

struct host_reply {
	enum host_reply_kind kind;
	const char *text;
};

struct host {
	/* what the input says */
	int argc;
	const char *argv[HOST_ARGUMENTS + 1];
	const char *item[HOST_ITEM];
	const char *auth_info;
	bool no_conversation, silent, change, expired, no_user;
	size_t nreplies;
	struct host_reply replies[HOST_REPLIES];
	unsigned uid, euid, folder_uid, folder_mode, socket_uid, peer_uid;
	bool socket_absent, refused, plain_file, spawn_fails, first_descriptors, quiet, reset, deaf;
	size_t chunk; /* most that one recv gives; 0: all */
	unsigned char stream[HOST_STREAM];
	size_t nstream;
	/* what was seen */
	size_t consumed; /* of stream */
	unsigned char sent[HOST_SENT];
	size_t nsent;
	int asked, told, spawned, connected;
	int styles[HOST_ASKED];
	const char *typed[HOST_ASKED]; /* by each question; NULL: no answer came */
	bool failed;                   /* a conversation failed: there may be no other */
	char taken_on[600];            /* PAM_AUTHTOK as the shim has set it */
	bool set, cleared;
	int log_lines;
};

extern struct host host;
extern bool host_inside;

/* Before a call, and after it: nothing is left open or unwiped. */
void host_begin(void);
void host_end(void);

/* host_kernel.c's part of it. */
void host_kernel_begin(void);
void host_kernel_end(void);

/* All of it from the three parts of an input (fuzz_login.c). */
void host_read(char *arguments, char *items, char *engine, size_t len);

/* What the linker puts in the place of the calls; the real ones are the harness's. */
#define INSTEAD(type, name, ...)                                                                   \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

#endif
