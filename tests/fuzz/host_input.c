#include <security/pam_modules.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "wire/talk.h"

enum { HEADER = 8, FRAME_ASK = 3, FRAME_TELL = 4, FRAME_VERDICT = 5, FRAME_FIELD = 6 };
enum { UIDS = 65536 /* fewer digits than a code has */ };

static bool takes(const char *line, const char *key, const char **value)
{
	size_t len = strlen(key);
	if (strncmp(line, key, len) != 0)
		return false;
	*value = line + len;
	return true;
}

static const struct {
	const char *key;
	int which;
} named[] = {
	{ "user=", PAM_USER },
	{ "service=", PAM_SERVICE },
	{ "rhost=", PAM_RHOST },
	{ "tty=", PAM_TTY },
	{ "ruser=", PAM_RUSER },
	{ "authtok=", PAM_AUTHTOK },
	{ "oldauthtok=", PAM_OLDAUTHTOK },
};

static const struct {
	const char *word;
	bool *place;
} words[] = {
	{ "noconversation", &host.no_conversation },
	{ "silent", &host.silent },
	{ "change", &host.change },
	{ "expired", &host.expired },
	{ "nouser", &host.no_user },
	{ "absent", &host.socket_absent },
	{ "refused", &host.refused },
	{ "file", &host.plain_file },
	{ "nospawn", &host.spawn_fails },
	{ "closed", &host.first_descriptors },
	{ "quiet", &host.quiet },
	{ "reset", &host.reset },
	{ "deaf", &host.deaf },
};

static const struct {
	const char *key;
	unsigned *place;
} numbers[] = {
	{ "uid=", &host.uid },
	{ "euid=", &host.euid },
	{ "folder=", &host.folder_uid },
	{ "mode=", &host.folder_mode },
	{ "socket=", &host.socket_uid },
	{ "peer=", &host.peer_uid },
};

static const struct {
	const char *key;
	enum host_reply_kind kind;
} replies[] = {
	{ "type=", HOST_TYPES },
	{ "fail", HOST_FAILS },
	{ "nothing", HOST_NULL_ARRAY },
	{ "null", HOST_NULL_TEXT },
	{ "again", HOST_AGAIN },
	{ "typefail=", HOST_TYPES_AND_FAILS },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void read_word(char *line)
{
	const char *value;
	for (size_t i = 0; i < COUNT(named); i++)
		if (takes(line, named[i].key, &value))
			host.item[named[i].which] = value;
	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(line, words[i].word))
			*words[i].place = true;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (takes(line, numbers[i].key, &value))
			*numbers[i].place =
				(unsigned)strtoul(value, NULL,
					numbers[i].place == &host.folder_mode ? 8 : 10) %
				UIDS;
	for (size_t i = 0; i < COUNT(replies); i++)
		if (takes(line, replies[i].key, &value) && host.nreplies < HOST_REPLIES)
			host.replies[host.nreplies++] =
				(struct host_reply){ replies[i].kind, value };
	if (takes(line, "chunk=", &value))
		host.chunk = strtoul(value, NULL, 10);
	if (takes(line, "auth_info=", &value)) {
		host.auth_info = value;
		for (char *at = strchr(line, ';'); at; at = strchr(at, ';'))
			*at = '\n';
	}
}

static void put_frame(unsigned char type, const void *body, size_t len)
{
	const unsigned char header[HEADER] = { 'T', 1, type, 0, 0, 0, (unsigned char)(len >> 8),
		(unsigned char)len };
	if (len > HOST_STREAM - HEADER - host.nstream)
		return;
	memcpy(host.stream + host.nstream, header, HEADER);
	memcpy(host.stream + host.nstream + HEADER, body, len);
	host.nstream += HEADER + len;
}

static void put_text(unsigned char type, const unsigned char *head, size_t nhead, const char *text)
{
	unsigned char body[1024];
	size_t len = strnlen(text, sizeof body - nhead - 2);
	if (nhead > 0)
		memcpy(body, head, nhead);
	body[nhead] = (unsigned char)(len >> 8);
	body[nhead + 1] = (unsigned char)len;
	memcpy(body + nhead + 2, text, len);
	put_frame(type, body, nhead + 2 + len);
}

static void put_verdict(uint32_t kind, uint32_t reason)
{
	unsigned char body[8];
	for (int i = 0; i < 4; i++) {
		body[i] = (unsigned char)(kind >> (24 - 8 * i));
		body[4 + i] = (unsigned char)(reason >> (24 - 8 * i));
	}
	put_frame(FRAME_VERDICT, body, sizeof body);
}

static void read_frame(const char *line)
{
	const char *value;
	char *end;
	unsigned char head[2] = { 0, 0 };
	if (takes(line, "echo ", &value) || takes(line, "ask ", &value)) {
		head[0] = line[0] == 'e';
		put_text(FRAME_ASK, head, 1, value);
	} else if (takes(line, "field ", &value) || takes(line, "alone ", &value)) {
		head[0] = (unsigned char)strtoul(value, &end, 10);
		head[1] = line[0] == 'a';
		put_text(FRAME_FIELD, head, 2, *end == ' ' ? end + 1 : end);
	} else if (takes(line, "tell ", &value)) {
		put_text(FRAME_TELL, NULL, 0, value);
	} else if (takes(line, "deny ", &value)) {
		put_verdict(0, (uint32_t)strtoul(value, NULL, 10));
	} else if (takes(line, "verdict ", &value)) {
		uint32_t kind = (uint32_t)strtoul(value, &end, 16);
		put_verdict(kind, (uint32_t)strtoul(end, NULL, 10));
	} else if (!strcmp(line, "accept")) {
		put_verdict(TALK_VERDICT_ACCEPT, TALK_REASON_ACCEPTED);
	} else if (!strcmp(line, "exempt")) {
		put_verdict(TALK_VERDICT_EXEMPT, TALK_REASON_EXEMPT);
	}
}

static void read_frames(char *part, size_t len)
{
	char *end = part + len;
	for (char *line = part, *next; line < end; line = next) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		next = stop ? stop + 1 : end;
		if (stop)
			*stop = '\0';
		if (strcmp(line, "raw") != 0) {
			read_frame(line);
			continue;
		}
		size_t n = (size_t)(end - next), room = HOST_STREAM - host.nstream;
		n = n < room ? n : room;
		memcpy(host.stream + host.nstream, next, n);
		host.nstream += n;
		return;
	}
}

void host_read(char *arguments, char *items, char *engine, size_t len)
{
	char *save = NULL;
	memset(&host, 0, sizeof host);
	host.folder_mode = 0755;
	for (char *line = strtok_r(arguments, "\n", &save); line && host.argc < HOST_ARGUMENTS;
		line = strtok_r(NULL, "\n", &save))
		host.argv[host.argc++] = line;
	for (char *line = strtok_r(items, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		read_word(line);
	read_frames(engine, len);
}
