#include "cli/observed.h"

#include "core/settings_mode.h"

#define MEANS                                                                                      \
	"nobody is asked for a code and nobody refused, whatever the log says would be; when you " \
	"have seen enough, take it out"

/* Nothing but the code is asked for there, so that without it nobody has shown anything. */
static void inspect_codes_alone(struct inspection *i, const struct settings *s)
{
	for (size_t k = 0; k < s->nwithout_password; k++)
		if (settings_mode_observes(s, s->without_password[k]))
			inspection_add(i, INSPECTION_FINDING, "mode",
				"%s is in without_password and observed: who shows no password or "
				"key there is refused, since nobody asks for the code",
				s->without_password[k]);
}

void observed_inspect(struct inspection *i, const struct settings *s)
{
	if (s->mode == SETTINGS_OBSERVE)
		inspection_add(i, INSPECTION_FINDING, "mode", "mode = \"observe\": " MEANS);
	for (size_t k = 0; k < s->nobserved; k++)
		inspection_add(i, INSPECTION_FINDING, "mode", "%s is observed: through it " MEANS,
			s->observed[k]);
	inspect_codes_alone(i, s);
}
