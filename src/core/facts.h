/* facts: what is known about one login before anything is decided.
 *
 * Owns: the judgement of what the shim said against what the kernel says of the peer (E1).
 * MUST: normalise a numeric address (IPv4-mapped and compressed IPv6, zones dropped), never
 *       resolve a name (D13); count first-factor evidence only as D4 allows: PAM_AUTHTOK set, or
 *       for a root peer one of publickey, password, gssapi-with-mic, hostbased at the start of a
 *       line of SSH_AUTH_INFO_0; for a password change PAM_OLDAUTHTOK, or for a root peer a root
 *       caller, and nothing else; none at all for forward_pass; refuse forward_pass and two_step
 *       for a password change, and two_step to a peer that is not root (E1); ignore the address
 *       for sudo.
 * Never: looks at a clock, a file or the environment. */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/fault.h"
#include "core/language.h"
#include "wire/talk.h"

enum facts_family { FACTS_NO_ADDRESS = 0, FACTS_IPV4 = 4, FACTS_IPV6 = 6 };

struct facts_address {
	enum facts_family family;
	unsigned char bytes[16]; /* 4 or 16 used, network order */
};

/* Room for the key of an RSA pair of 4096 bits, as sshd writes it. */
enum { FACTS_KEY_MAX = TALK_KEY_MAX };

/* The session of the terminal that the host runs on, by the kernel's word. All zero: none. */
struct facts_terminal {
	uint64_t device;
	uint64_t session;
	uint64_t start; /* of the session's leader */
	unsigned char boot_id[CLOCK_BOOT_ID_SIZE];
	bool console; /* the host leads the session: nobody was here before */
};

struct facts {
	char user[TALK_USER_MAX + 1];
	char service[TALK_SERVICE_MAX + 1];
	char prompt[TALK_PROMPT_MAX + 1]; /* prompt=; "" where absent */
	enum language language;           /* lang=; NONE where absent */
	char tty[TALK_PLACE_MAX + 1];
	char ruser[TALK_PLACE_MAX + 1]; /* a hint for the log only (D12) */
	char rhost[TALK_PLACE_MAX + 1]; /* as said, for the log only */
	struct facts_address address;   /* NO_ADDRESS: unknown, not local */
	/* "ssh-ed25519 AAAA...": what sshd accepted first in this connection, for a root peer; ""
	 * where there is none, or it is too long */
	char key[FACTS_KEY_MAX + 1];
	struct facts_terminal terminal; /* set by the engine */
	bool first_factor;
	bool change; /* not a login: a password is to be changed */
	/* forward_pass: password and code are one field, and nothing can be asked beside it. No SMS
	 * is sent, so that there is no first factor to look for */
	bool forward;
	/* two_step: the code belongs to a login of its own; with forward it may be here */
	bool two_step;
	bool password_digits; /* two_step: the password itself ends like one with a code */
	/* PAM_AUTHTOK (PAM_OLDAUTHTOK) is set: the host has asked for one thing before us (D3) */
	bool password_taken;
	/* decoy: nothing is sent and nobody let in; conceal: who is refused does not learn of it
	 * (D15). For root's hosts: what another one is told, its user knows anyway */
	bool decoy, conceal;
	bool debug;
	bool trusted; /* the peer is uid 0 */
	uid_t peer;
};

/* BAD: a user or service name that cannot be one. */
int facts_from_login(const struct talk_login *login, uid_t peer, struct facts *out, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* What this service says of a remote side is one (D13). */
bool facts_has_remote(const char *service) __attribute__((nonnull));

/* NO_ADDRESS when text is not a numeric address. */
void facts_parse_address(const char *text, struct facts_address *out) __attribute__((nonnull));

/* "192.0.2.7", "2001:db8::1", "-" for none. cap >= 46. */
void facts_show_address(const struct facts_address *a, char *out, size_t cap)
	__attribute__((nonnull));

#endif
