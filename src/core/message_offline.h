/* message_offline: what the codes that work without an SMS are called.
 *
 * Owns: the kinds, and the names of all their sets. Languages with cases and articles need each
 *       use by itself.
 * MUST: have a name for every set, in the language that is spoken.
 * Never: does I/O. Pure. */
#ifndef CORE_MESSAGE_OFFLINE_H
#define CORE_MESSAGE_OFFLINE_H

/* What works without an SMS; bits. */
enum message_offline { MESSAGE_RECOVERY = 1, MESSAGE_APP = 2, MESSAGE_ISSUED = 4 };

enum message_offline_use {
	MESSAGE_OFFLINE_ASKED = 0,  /* Recovery or app code */
	MESSAGE_OFFLINE_TYPED,      /* a recovery or app code */
	MESSAGE_OFFLINE_NONE_WORKS, /* No recovery or app code */
	MESSAGE_OFFLINE_IN_FIELD,   /* Password and recovery or app code in one line: */
	MESSAGE_OFFLINE_USES,
};

/* which: enum message_offline; 0 stands for a recovery code. Good until another language is
 * spoken. */
const char *message_offline_name(unsigned which, enum message_offline_use use);

#endif
