#include "engine/linux_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "unit.h"

/* A kernel: what it answers, and what it was told. */
static struct {
	int open_error, write_error;
	int type, result;
	unsigned int id;
	char op[32], name[300], host[80], addr[80], tty[80];
	int told, fd;
} kernel;

int __wrap_audit_open(void);
int __wrap_audit_log_acct_message(int fd, int type, const char *pgname, const char *op, const char *name,
	unsigned int id, const char *host, const char *addr, const char *tty, int result);

int __wrap_audit_open(void)
{
	if (kernel.open_error != 0) {
		errno = kernel.open_error;
		return -1;
	}
	kernel.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return kernel.fd;
}

int __wrap_audit_log_acct_message(int fd, int type, const char *pgname, const char *op, const char *name,
	unsigned int id, const char *host, const char *addr, const char *tty, int result)
{
	ck_assert_int_eq(fd, kernel.fd);
	ck_assert_ptr_null(pgname); /* libaudit finds its own */
	kernel.told++;
	kernel.type = type;
	kernel.id = id;
	kernel.result = result;
	strcpy(kernel.op, op);
	strcpy(kernel.name, name);
	strcpy(kernel.host, host);
	strcpy(kernel.addr, addr);
	strcpy(kernel.tty, tty);
	errno = kernel.write_error;
	return kernel.write_error != 0 ? -1 : 1;
}

static struct fault f;

static int write_one(const char *address, const char *tty, bool accepted)
{
	struct linux_audit_login login = { "alice", address, tty, accepted };

	memset(&f, 0, sizeof f);
	kernel.told = 0;
	return linux_audit_write(&login, &f);
}

START_TEST(a_record_says_who_where_and_what_came_of_it)
{
	ck_assert_int_eq(write_one("192.0.2.7", "ssh", true), 0);
	if (kernel.told == 0)
		return; /* built without libaudit */
	ck_assert_int_eq(kernel.type, 1100); /* AUDIT_USER_AUTH */
	ck_assert_str_eq(kernel.op, "sms-otp");
	ck_assert_str_eq(kernel.name, "alice");
	ck_assert_uint_eq(kernel.id, (unsigned int)-1); /* else libaudit would leave out the name */
	ck_assert_str_eq(kernel.addr, "192.0.2.7");
	ck_assert_str_eq(kernel.tty, "ssh");
	ck_assert_int_eq(kernel.result, 1);
	ck_assert_int_lt(fcntl(kernel.fd, F_GETFD), 0);
	ck_assert_int_eq(write_one("192.0.2.7", "ssh", false), 0);
	ck_assert_int_eq(kernel.result, 0);
}
END_TEST

START_TEST(d13_an_unknown_address_is_not_looked_up)
{
	static const char *const none[] = { "-", "" };

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(write_one(none[i], "", false), 0);
		if (kernel.told == 0)
			return;
		ck_assert_str_eq(kernel.addr, "?");
		ck_assert_str_eq(kernel.host, "?");
		ck_assert_str_eq(kernel.tty, "?");
	}
}
END_TEST

START_TEST(a_kernel_without_audit_is_no_fault_and_a_ban_is_one)
{
	static const struct {
		int error, rc;
	} cases[] = { { EINVAL, 0 }, { EPROTONOSUPPORT, 0 }, { EAFNOSUPPORT, 0 }, { ECONNREFUSED, 0 }, { EPERM, -1 },
		{ EMFILE, -1 } };

	write_one("-", "", false);
	if (kernel.told == 0)
		return;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		kernel.open_error = cases[i].error;
		ck_assert_int_eq(write_one("-", "", false), cases[i].rc);
		kernel.open_error = 0;
		kernel.write_error = cases[i].error;
		ck_assert_int_eq(write_one("-", "", false), cases[i].rc);
		ck_assert_int_lt(fcntl(kernel.fd, F_GETFD), 0);
		kernel.write_error = 0;
		if (cases[i].rc < 0)
			ck_assert_int_eq(f.errnum, cases[i].error);
	}
}
END_TEST

Suite *unit_suite(void)
{
	Suite *s = suite_create("linux_audit");
	TCase *t = tcase_create("linux_audit");
	tcase_add_test(t, a_record_says_who_where_and_what_came_of_it);
	tcase_add_test(t, d13_an_unknown_address_is_not_looked_up);
	tcase_add_test(t, a_kernel_without_audit_is_no_fault_and_a_ban_is_one);
	suite_add_tcase(s, t);
	return s;
}
