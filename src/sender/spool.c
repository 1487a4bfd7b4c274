#include "sender/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "base/text.h"
#include "sender/parcel.h"
#include "sender/reply.h"
#include "sender/template.h"

enum { FOLDER, TEMPORARY };
enum { SENT, FAILED };
enum { NAME_BYTES = 8, FILE_MODE = 0640 };

#define NAME_START "smsotp-"

/* --- reading ---------------------------------------------------------------------------------- */

static int names(const struct variables *v, struct values *known)
{
	static const char *const own[] = { "number", "text", "code" };
	if (variables_names(v, known) < 0)
		return -1;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (values_add(known, own[i], VALUES_TEXT, NULL) < 0)
			return -1;
	return 0;
}

static int check_whole(const struct tree_node *group, const struct spool *s,
	const struct values *known, struct fault *f)
{
	const struct tree_node *folders[] = { s->folder, s->temporary, s->sent, s->failed };
	if (!s->folder || !s->temporary || !s->content)
		return tree_fault(group, f, "spool wants folder, temporary and content");
	if (!s->sent != !s->failed)
		return tree_fault(group, f, "spool wants both of sent and failed, or neither");
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are counted */
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (folders[i] &&
			template_check_path(folders[i]->text, VALUES_FOLDER, known, f) < 0)
			return tree_fault_at(folders[i], f);
	if (template_check(s->content->text, known, f) < 0)
		return tree_fault_at(s->content, f);
	return s->number ? parcel_check_form(s->number, f) : 0;
}

int spool_read(
	const struct tree_node *group, const struct variables *v, struct spool *s, struct fault *f)
{
	const struct {
		const char *name;
		const struct tree_node **node;
	} keys[] = {
		{ "folder", &s->folder },
		{ "temporary", &s->temporary },
		{ "sent", &s->sent },
		{ "failed", &s->failed },
		{ "content", &s->content },
		{ "number", &s->number },
	};
	struct values known = { 0 };
	memset(s, 0, sizeof *s);
	if (group->kind != TREE_GROUP)
		return tree_fault(group, f, "`spool` is a group");
	if (names(v, &known) < 0)
		return tree_fault(group, f, "too many variables");
	for (const struct tree_node *n = group->child; n; n = n->next) {
		size_t i = 0;
		while (i < sizeof keys / sizeof *keys && strcmp(keys[i].name, n->name) != 0)
			i++;
		if (i == sizeof keys / sizeof *keys)
			return tree_fault(n, f, "`spool` has no `%s`", n->name);
		if (n->kind != TREE_TEXT)
			return tree_fault(n, f, "`%s` is a text", n->name);
		*keys[i].node = n;
	}
	return check_whole(group, s, &known, f);
}

/* --- opening ---------------------------------------------------------------------------------- */

/* One folder, if its variable is set. */
static int open_folder(const struct tree_node *n, const struct values *v, int *fd, struct fault *f)
{
	const char *path = template_path(n->text, v);
	const int how = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct stat st;
	if (!path)
		return fault_set(f, FAULT_BAD, 0, "the variable of `%s` is not set", n->name);
	*fd = open(path, O_RDONLY | how);
	/* a folder to drop files in need not be readable */
	if (*fd < 0 && errno == EACCES)
		*fd = open(path, O_PATH | how);
	if (*fd < 0 || fstat(*fd, &st) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	if (st.st_uid != 0 && (st.st_mode & S_IWOTH))
		return fault_set(f, FAULT_DAMAGED, 0,
			"%s: not root's, and everybody may write to it; chmod o-w it", path);
	return 0;
}

static int open_writable(
	const struct spool *s, const struct values *v, struct spool_place *at, struct fault *f)
{
	struct stat to, from;
	if (open_folder(s->folder, v, &at->writable[FOLDER], f) < 0 ||
		open_folder(s->temporary, v, &at->writable[TEMPORARY], f) < 0)
		return -1;
	if (fstat(at->writable[FOLDER], &to) < 0 || fstat(at->writable[TEMPORARY], &from) < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "the folders of the spool");
	if (to.st_dev != from.st_dev)
		return fault_set(
			f, FAULT_BAD, 0, "folder and temporary must be on one file system");
	if (to.st_ino == from.st_ino)
		return fault_set(f, FAULT_BAD, 0, "folder and temporary are the same");
	return 0;
}

static int open_seen(
	const struct spool *s, const struct values *v, struct spool_place *at, struct fault *f)
{
	if (open_folder(s->sent, v, &at->seen[SENT], f) < 0)
		return -1;
	return open_folder(s->failed, v, &at->seen[FAILED], f);
}

/* Nobody can guess it and be there before. */
static int make_name(char name[SPOOL_NAME_SIZE], struct fault *f)
{
	unsigned char bytes[NAME_BYTES];
	size_t start = strlen(NAME_START);
	if (random_bytes(bytes, sizeof bytes, f) < 0)
		return -1;
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): text_hex ends it */
	memcpy(name, NAME_START, start);
	text_hex(name + start, SPOOL_NAME_SIZE - start, bytes, sizeof bytes);
	return 0;
}

/* It can be told what became of a message. */
static bool reports(const struct spool *s, const struct values *v)
{
	return s->sent && template_path(s->sent->text, v) && template_path(s->failed->text, v);
}

int spool_open(const struct spool *s, const struct order *o, const struct values *v,
	struct spool_place *at, struct fault *f)
{
	bool writes = o->action == ORDER_ACTION_SEND || o->action == ORDER_ACTION_CHECK;
	bool looks = o->action == ORDER_ACTION_POLL || o->action == ORDER_ACTION_CHECK;
	*at = (struct spool_place){ .writable = { -1, -1 }, .seen = { -1, -1 } };
	if ((writes && open_writable(s, v, at, f) < 0) ||
		(looks && reports(s, v) && open_seen(s, v, at, f) < 0) ||
		(o->action == ORDER_ACTION_SEND && make_name(at->name, f) < 0)) {
		spool_close(at);
		return -1;
	}
	return 0;
}

void spool_close(struct spool_place *at)
{
	for (int i = 0; i < 2; i++) {
		if (at->writable[i] >= 0)
			close(at->writable[i]);
		if (at->seen[i] >= 0)
			close(at->seen[i]);
		at->writable[i] = at->seen[i] = -1;
	}
}

/* --- delivering ------------------------------------------------------------------------------- */

static int write_all(int fd, const struct buffer *b)
{
	size_t done = 0;
	while (done < b->len) {
		ssize_t n = write(fd, b->bytes + done, b->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* The daemon reads by its group, which need not be that of its folder (smsd of Debian has another),
 * so it is that of temporary: by its set-group-id bit, or because we are a member. */
static int hand_to_group(int fd, int temporary)
{
	struct stat st, to;
	if (fstat(fd, &st) < 0 || fstat(temporary, &to) < 0)
		return -1;
	if (st.st_gid != to.st_gid && fchown(fd, (uid_t)-1, to.st_gid) < 0 && errno != EPERM)
		return -1;
	return fchmod(fd, FILE_MODE);
}

static int write_new(const struct spool_place *at, const struct buffer *b, struct fault *f)
{
	int fd = openat(at->writable[TEMPORARY], at->name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = 0;
	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "no file can be made in temporary");
	if (write_all(fd, b) < 0 || hand_to_group(fd, at->writable[TEMPORARY]) < 0 || fsync(fd) < 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "the file cannot be written");
	close(fd);
	if (rc == 0 &&
		renameat(at->writable[TEMPORARY], at->name, at->writable[FOLDER], at->name) < 0)
		rc = fault_set(f, FAULT_SYSTEM, errno, "the file cannot be put into the folder");
	if (rc < 0)
		unlinkat(at->writable[TEMPORARY], at->name, 0);
	return rc;
}

int spool_fill(const struct spool *s, const struct order *o, const struct values *v,
	struct buffer *out, struct fault *f)
{
	struct parcel p = { 0 };
	struct values all = *v;
	int rc = parcel_pack(&p, s->number, o, &all, f);
	if (rc == 0 && values_add(&all, "text", VALUES_TEXT, o->text) < 0)
		rc = fault_set(f, FAULT_MEMORY, 0, "out of memory");
	if (rc == 0)
		rc = template_expand(s->content->text, TEMPLATE_PLAIN, &all, out, f);
	parcel_wipe(&p);
	return rc;
}

static void send(const struct spool *s, const struct spool_place *at, const struct order *o,
	const struct values *v, struct receipt *r)
{
	struct fault f = FAULT_INIT;
	struct buffer content = { 0 };
	char text[320];
	if (spool_fill(s, o, v, &content, &f) < 0) {
		reply_refuse(r, &f);
	} else if (write_new(at, &content, &f) < 0) {
		reply_say(r, RECEIPT_TEMPORARY, fault_text(&f, text, sizeof text));
	} else {
		/* it is there now; after a power cut it may be gone, and that is all */
		fsync(at->writable[FOLDER]);
		reply_say(r, RECEIPT_ACCEPTED, "put into the spool");
		reply_id(r, at->name, o->number);
	}
	buffer_wipe(&content);
}

static bool is_name(const char *id)
{
	size_t start = strlen(NAME_START), len = strlen(id);
	return len == SPOOL_NAME_SIZE - 1 && text_starts(id, NAME_START) &&
	       strspn(id + start, "0123456789abcdef") == len - start;
}

static bool holds(int folder, const char *name)
{
	struct stat st;
	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void poll_folders(const struct spool_place *at, const struct order *o, struct receipt *r)
{
	if (at->seen[SENT] < 0)
		reply_no_such_call(r, o->action);
	else if (!is_name(o->message_id))
		reply_say(r, RECEIPT_REQUEST, "not a message id of this spool");
	else if (holds(at->seen[SENT], o->message_id))
		reply_say(r, RECEIPT_ACCEPTED, "among the sent");
	else if (holds(at->seen[FAILED], o->message_id))
		reply_say(r, RECEIPT_RECIPIENT, "among the failed");
	else
		reply_say(r, RECEIPT_PENDING, "on its way");
}

static void check(const struct spool *s, const struct spool_place *at, struct receipt *r)
{
	const struct tree_node *nodes[] = { s->folder, s->temporary };
	struct fault f = FAULT_INIT;
	for (int i = 0; i < 2; i++) {
		if (faccessat(at->writable[i], ".", W_OK | X_OK, AT_EACCESS) == 0)
			continue;
		fault_set(&f, FAULT_SYSTEM, errno, "no file can be made in %s", nodes[i]->name);
		reply_refuse(r, &f);
		return;
	}
	reply_say(r, RECEIPT_ACCEPTED, "files can be put into the spool");
}

void spool_deliver(const struct spool *s, const struct spool_place *at, const struct order *o,
	const struct values *v, struct receipt *r)
{
	if (o->action == ORDER_ACTION_SEND)
		send(s, at, o, v, r);
	else if (o->action == ORDER_ACTION_POLL)
		poll_folders(at, o, r);
	else if (o->action == ORDER_ACTION_CHECK)
		check(s, at, r);
	else
		reply_no_such_call(r, o->action);
}
