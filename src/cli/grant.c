#include "cli/grant.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

int grant_length(const struct invocation *a, int64_t most_s, int64_t *out, struct fault *f)
{
	const char *text = invocation_value(a, OPTION_FOR);
	char span[MOMENT_MAX];
	int64_t length_s;

	if (text == NULL)
		return 0;
	if (number_duration(text, &length_s, f) != 0 || length_s < GRANT_LEAST_S ||
		length_s > most_s)
		return fault_set(f, FAULT_BAD, 0, "--for: write 1m to %s, such as 15m or 4h",
			moment_span(most_s, span));
	*out = length_s;
	return 0;
}

int grant_reason(const struct invocation *a, const char **out, struct fault *f)
{
	const char *text = invocation_value(a, OPTION_REASON);

	*out = text;
	if (text == NULL ||
		(text[0] != 0 && strlen(text) <= GRANT_REASON_MAX && text_printable(text)))
		return 0;
	return fault_set(f, FAULT_BAD, 0, "--reason: write 1 to %d printable ASCII characters",
		GRANT_REASON_MAX);
}

int64_t grant_until(const struct span *s, const struct state_change *ch)
{
	int64_t rest_s = span_rest_s(s, &ch->now);

	return rest_s > 0 ? ch->clock_wall_s + rest_s : 0;
}
