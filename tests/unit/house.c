#include "house.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/sms.h"
#include "senders.h"
#include "unit.h"

struct house_provider *house_provider;
int64_t house_shift_ms;
int64_t house_ahead_s;
/* Boots since house_open, and where on the real boot's clock the last one began. */
static int64_t boots, boot_began_ms;
int house_write_fails_at;
int house_write_fails_for;
int64_t house_write_ms;
void (*house_at_order)(void);
void (*house_at_compare)(void);

int64_t __real_clock_boot_ms(void);
int64_t __wrap_clock_boot_ms(void);
int64_t __wrap_clock_boot_ms(void)
{
	return __real_clock_boot_ms() + house_shift_ms - boot_began_ms;
}

void house_reboot(int64_t off_s)
{
	house_shift_ms += off_s * 1000;
	boots++;
	boot_began_ms = __real_clock_boot_ms() + house_shift_ms;
}

int __wrap_clock_left_ms(int64_t deadline_ms);
int __wrap_clock_left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - __wrap_clock_boot_ms();

	return left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

int __real_clock_read(struct clock_now *now, struct fault *f);
int __wrap_clock_read(struct clock_now *now, struct fault *f);
int __wrap_clock_read(struct clock_now *now, struct fault *f)
{
	if (__real_clock_read(now, f) < 0)
		return -1;
	now->boot_ms = __wrap_clock_boot_ms();
	now->boot_id[0] ^= (unsigned char)boots;
	now->wall_s += house_shift_ms / 1000 + house_ahead_s;
	return 0;
}

int __real_file_write_synced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f);
int __wrap_file_write_synced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f);
int __wrap_file_write_synced(int fd, const void *bytes, size_t len, int64_t offset, struct fault *f)
{
	house_shift_ms += house_write_ms;
	if (house_write_fails_at > 1) {
		house_write_fails_at--;
	} else if (house_write_fails_at == 1) {
		if (house_write_fails_for > 0 && --house_write_fails_for == 0)
			house_write_fails_at = 0;
		return fault_set(f, FAULT_SYSTEM, EIO, "write");
	}
	return __real_file_write_synced(fd, bytes, len, offset, f);
}

int __real_challenge_mac(const unsigned char key[DIGEST_SIZE],
	const unsigned char id[RECORD_CHALLENGE_ID], const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f);
int __wrap_challenge_mac(const unsigned char key[DIGEST_SIZE],
	const unsigned char id[RECORD_CHALLENGE_ID], const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f);
int __wrap_challenge_mac(const unsigned char key[DIGEST_SIZE],
	const unsigned char id[RECORD_CHALLENGE_ID], const struct secret *code,
	unsigned char out[DIGEST_SIZE], struct fault *f)
{
	if (house_at_compare)
		house_at_compare();
	return __real_challenge_mac(key, id, code, out, f);
}

static void make_folder(const char *name, char *path, size_t cap)
{
	snprintf(path, cap, "%s/%s.XXXXXX", unit_folder(), name);
	ck_assert_ptr_nonnull(mkdtemp(path));
}

static void make_settings(struct settings *s)
{
	memset(s, 0, sizeof *s);
	s->code.digits = 6;
	s->code.lifetime_s = 90;
	s->code.tries = 3;
	s->code.resends = 2;
	s->code.cooldown_s = 30;
	s->lockout.failures = 10;
	s->lockout.window_s = 86400;
	s->lockout.lock_s = 1800;
	s->budget.user.rates[0] = (struct number_rate){ 5, 3600 };
	s->budget.user.rates[1] = (struct number_rate){ 10, 86400 };
	s->budget.successes.rates[0] = (struct number_rate){ 60, 86400 };
	s->budget.all.automatic = true;
	s->budget.number = s->budget.user;
	s->budget.address.rates[0] = (struct number_rate){ 10, 3600 };
	s->budget.prefix.automatic = true;
	s->deadline_s = 10;
	s->hedge_after_s = 3;
	snprintf(s->message, sizeof s->message, "%s", SMS_DEFAULT);
	s->message_segments = 1;
	s->nprefixes = 1;
	strcpy(s->prefixes[0], "+49");
	s->nroutes = 2;
	strcpy(s->routes[0].name, "first");
	strcpy(s->routes[1].name, "second");
}

void house_enroll(struct house *h, const char *name)
{
	struct account account;
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	ck_assert_msg(account_find(name, &account, &f) == 0, "%s", f.text);
	ck_assert_msg(state_create_user(&h->state, &account, &f) == 0, "%s", f.text);
	memset(&e, 0, sizeof e);
	e.uid = account.uid;
	snprintf(e.name, sizeof e.name, "%s", name);
	strcpy(e.phone.e164, "+491701234512");
	strcpy(e.by, "root");
	e.verified = true;
	e.since_wall_s = 1;
	ck_assert_msg(directory_store(&h->directory, &e, &f) == 0, "%s", f.text);
}

void house_add_number(struct house *h, const char *e164)
{
	struct directory_entry e;
	struct fault f = FAULT_INIT;

	ck_assert_msg(directory_find(&h->directory, &h->account, &e, &f) == 0, "%s", f.text);
	ck_assert_uint_lt(e.nothers, ENROLMENT_OTHERS);
	struct enrolment_number *n = &e.others[e.nothers++];
	*n = (struct enrolment_number){ .verified = true, .since_wall_s = 2, .by = "root" };
	snprintf(n->phone.e164, sizeof n->phone.e164, "%s", e164);
	ck_assert_msg(directory_store(&h->directory, &e, &f) == 0, "%s", f.text);
}

void house_open(struct house *h)
{
	senders_reset();
	char path[200];
	struct fault f = FAULT_INIT;

	if (!house_provider) {
		house_provider = mmap(NULL, sizeof *house_provider, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		ck_assert_ptr_ne(house_provider, MAP_FAILED);
	}
	memset(house_provider, 0, sizeof *house_provider);
	house_provider->answer = RECEIPT_ACCEPTED;
	house_shift_ms = 0;
	house_ahead_s = 0;
	boots = boot_began_ms = 0;
	house_write_fails_at = house_write_fails_for = 0;
	house_write_ms = 0;
	house_at_order = house_at_compare = NULL;
	memset(h, 0, sizeof *h);
	make_settings(&h->settings);
	make_folder("state", path, sizeof path);
	ck_assert_msg(state_prepare(path, &h->state, &f) == 0, "%s", f.text);
	make_folder("users", path, sizeof path);
	ck_assert_msg(directory_open(path, &h->directory, &f) == 0, "%s", f.text);
	house_enroll(h, "root");
	ck_assert_int_eq(account_find("root", &h->account, &f), 0);
	h->rooms = (struct login_house){ &h->settings, &h->state, &h->directory, &h->dispatch, "web01", NULL, NULL };
	strcpy(h->facts.user, "root");
	strcpy(h->facts.service, "sshd");
	h->facts.first_factor = true;
	h->facts.password_taken = true;
	h->facts.trusted = true;
}

void house_close(struct house *h)
{
	directory_close(&h->directory);
	state_close(&h->state);
}

void house_record(const struct house *h, struct record *out)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_msg(state_begin(&h->state, STATE_USER, &h->account, &ch, &f) == 0, "%s", f.text);
	*out = ch.user;
	state_abandon(&ch);
}

void house_site(const struct house *h, struct site *out)
{
	struct state_change ch;
	struct fault f = FAULT_INIT;

	ck_assert_msg(state_begin(&h->state, STATE_SITE, NULL, &ch, &f) == 0, "%s", f.text);
	*out = ch.site;
	state_abandon(&ch);
}

void house_code(char out[7])
{
	memcpy(out, house_provider->text + strcspn(house_provider->text, "0123456789"), 6);
	out[6] = '\0';
}
