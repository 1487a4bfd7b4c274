#include "wire/word.h"

#include "base/frame.h"

enum { TREATY = 'W', VERSION = 1 };

static const struct frame_treaty treaty = { TREATY, VERSION, 0 };

int word_say(int fd, enum word word, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	frame_begin(&fr, (uint8_t)word);
	return frame_send(fd, &treaty, &fr, deadline_ms, f);
}

int word_hear(int fd, enum word word, int64_t deadline_ms, struct fault *f)
{
	struct frame fr;
	if (frame_receive(fd, &treaty, &fr, deadline_ms, f) < 0)
		return -1;
	if (fr.type == word && frame_end(&fr))
		return 0;
	return fault_set(f, FAULT_PEER, 0, "the other side said something else");
}
