#include "core/message_offline.h"

#include "core/language.h"

/* By the bits: three kinds. */
enum { KINDS = 8 };

static const char *const offline_names[MESSAGE_OFFLINE_USES][KINDS] = {
	[MESSAGE_OFFLINE_ASKED] = {
		LANGUAGE_MARK("Recovery code"),
		LANGUAGE_MARK("Recovery code"),
		LANGUAGE_MARK("App code"),
		LANGUAGE_MARK("Recovery or app code"),
		LANGUAGE_MARK("Issued code"),
		LANGUAGE_MARK("Recovery or issued code"),
		LANGUAGE_MARK("App or issued code"),
		LANGUAGE_MARK("Recovery, app or issued code"),
	},
	[MESSAGE_OFFLINE_TYPED] = {
		LANGUAGE_MARK("a recovery code"),
		LANGUAGE_MARK("a recovery code"),
		LANGUAGE_MARK("an app code"),
		LANGUAGE_MARK("a recovery or app code"),
		LANGUAGE_MARK("an issued code"),
		LANGUAGE_MARK("a recovery or issued code"),
		LANGUAGE_MARK("an app or issued code"),
		LANGUAGE_MARK("a recovery, app or issued code"),
	},
	[MESSAGE_OFFLINE_NONE_WORKS] = {
		LANGUAGE_MARK("No recovery code"),
		LANGUAGE_MARK("No recovery code"),
		LANGUAGE_MARK("No app code"),
		LANGUAGE_MARK("No recovery or app code"),
		LANGUAGE_MARK("No issued code"),
		LANGUAGE_MARK("No recovery or issued code"),
		LANGUAGE_MARK("No app or issued code"),
		LANGUAGE_MARK("No recovery, app or issued code"),
	},
	[MESSAGE_OFFLINE_IN_FIELD] = {
		LANGUAGE_MARK("Password and recovery code in one line: "),
		LANGUAGE_MARK("Password and recovery code in one line: "),
		LANGUAGE_MARK("Password and app code in one line: "),
		LANGUAGE_MARK("Password and recovery or app code in one line: "),
		LANGUAGE_MARK("Password and issued code in one line: "),
		LANGUAGE_MARK("Password and recovery or issued code in one line: "),
		LANGUAGE_MARK("Password and app or issued code in one line: "),
		LANGUAGE_MARK("Password and recovery, app or issued code in one line: "),
	},
};

const char *message_offline_name(unsigned which, enum message_offline_use use)
{
	return language_text(offline_names[use][which % KINDS]);
}
