/* Where things are installed. The one place that all programs agree on; the values come from
 * configure. A header of constants only: it has no .c file. */
#ifndef BASE_PLACES_H
#define BASE_PLACES_H

/* The settings, and the folder that relative names in them are taken from. */
#define PLACES_SETTINGS_FOLDER SMSOTP_SYSCONFDIR "/sms-otp"
#define PLACES_SETTINGS        PLACES_SETTINGS_FOLDER "/sms-otp.conf"

/* Provider descriptions: the site's own folder wins over the shipped one. */
#define PLACES_PROVIDERS_SITE    PLACES_SETTINGS_FOLDER "/providers"
#define PLACES_PROVIDERS_SHIPPED SMSOTP_DATADIR "/sms-otp/providers"

/* Catalogues: LANGUAGE/LC_MESSAGES/sms-otp.mo. */
#define PLACES_LOCALE SMSOTP_LOCALEDIR

/* Enrolments, counters, and the outbox of the route for trying; root 0700 each. */
#define PLACES_USERS  SMSOTP_LOCALSTATEDIR "/lib/sms-otp/users"
#define PLACES_STATE  SMSOTP_LOCALSTATEDIR "/lib/sms-otp/state"
#define PLACES_OUTBOX SMSOTP_LOCALSTATEDIR "/lib/sms-otp/outbox"

/* The folder of these, and what an import has begun (sms-otp-state(5)). */
#define PLACES_DATA   SMSOTP_LOCALSTATEDIR "/lib/sms-otp"
#define PLACES_IMPORT "import"

/* What `sms-otp rollout` keeps of the files in pam.d that it changed; root 0700. */
#define PLACES_ROLLOUT SMSOTP_LOCALSTATEDIR "/lib/sms-otp/rollout"

/* Damaged files that `sms-otp repair` put aside; root 0700. No login comes here. */
#define PLACES_DAMAGED SMSOTP_LOCALSTATEDIR "/lib/sms-otp/damaged"

/* The engine's socket: root:root 0666 in a folder root:root 0755 (E1). */
#define PLACES_SOCKET_FOLDER SMSOTP_RUNSTATEDIR "/sms-otp"
#define PLACES_SOCKET        PLACES_SOCKET_FOLDER "/socket"

/* The programs that start each other. */
#define PLACES_ENGINE SMSOTP_LIBEXECDIR "/sms-otpd"
#define PLACES_SENDER SMSOTP_LIBEXECDIR "/sms-otp-send"

/* The sender's system user. */
#define PLACES_SENDER_USER "_sms-otp"

#endif
