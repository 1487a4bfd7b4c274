/* nss: a name service with a million users that costs nothing to ask: u0 to u999999, uid 200000 and
 * up. So that what grows with the number of enrolled users is ours, not /etc/passwd's. */
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

enum { USERS = 1000000, FIRST_UID = 200000, ROOM = 64 };

enum nss_status _nss_bench_getpwuid_r(
	uid_t uid, struct passwd *pw, char *buffer, size_t size, int *error);
enum nss_status _nss_bench_getpwnam_r(
	const char *name, struct passwd *pw, char *buffer, size_t size, int *error);

enum nss_status _nss_bench_getpwuid_r(
	uid_t uid, struct passwd *pw, char *buffer, size_t size, int *error)
{
	static char star[] = "*", nothing[] = "", home[] = "/nonexistent", shell[] = "/bin/sh";

	if (uid < FIRST_UID || uid >= FIRST_UID + USERS)
		return NSS_STATUS_NOTFOUND;
	if (size < ROOM) {
		*error = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	snprintf(buffer, size, "u%u", uid - FIRST_UID);
	*pw = (struct passwd){ buffer, star, uid, 100, nothing, home, shell };
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_bench_getpwnam_r(
	const char *name, struct passwd *pw, char *buffer, size_t size, int *error)
{
	char *end;
	unsigned long n;

	if (name[0] != 'u' || name[1] < '0' || name[1] > '9' || (name[1] == '0' && name[2]))
		return NSS_STATUS_NOTFOUND;
	n = strtoul(name + 1, &end, 10);
	if (*end || n >= USERS)
		return NSS_STATUS_NOTFOUND;
	return _nss_bench_getpwuid_r((uid_t)(FIRST_UID + n), pw, buffer, size, error);
}
