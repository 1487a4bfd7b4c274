/* What the package's preinst asks before an upgrade: would this version take the settings that are
 * in place? */
#include <stdio.h>
#include <string.h>

#include "core/settings.h"

int main(int argc, char **argv)
{
	/* static: too large for comfort on the stack */
	static struct settings settings;
	static struct settings_faults faults;
	int rc = 1;

	if (argc != 2) {
		fputs("usage: sms-otp-judge FILE\n", stderr);
		return 2;
	}
	if (settings_load(argv[1], &settings, &faults) == 0)
		rc = 0;
	for (size_t i = 0; i < faults.n && i < SETTINGS_FAULTS_MAX; i++)
		fprintf(stderr, "%s:%d: %s\n", faults.at[i].file, faults.at[i].line,
			faults.at[i].text);
	if (faults.n > SETTINGS_FAULTS_MAX)
		fprintf(stderr, "and %zu more\n", faults.n - SETTINGS_FAULTS_MAX);
	explicit_bzero(&settings, sizeof settings);
	return rc;
}
