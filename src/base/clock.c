#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"

static int64_t read_ms(clockid_t which)
{
	struct timespec t = { 0, 0 };

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_boot_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

int64_t clock_boot_us(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int clock_left_ms(int64_t deadline_ms)
{
	int64_t now = clock_boot_ms();

	if (deadline_ms <= now)
		return 0;
	int64_t left = deadline_ms - now;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* "8ad2d8d1-6d41-4a3b-9a0e-3f1c5d6e7f80" -> 16 bytes */
static int parse_boot_id(const char *text, size_t len, unsigned char out[CLOCK_BOOT_ID_SIZE])
{
	size_t digits = 0;

	memset(out, 0, CLOCK_BOOT_ID_SIZE);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '-')
			continue;
		int v = hex_value(text[i]);
		if (v < 0 || digits >= 2 * (size_t)CLOCK_BOOT_ID_SIZE)
			return -1;
		out[digits / 2] = (unsigned char)(out[digits / 2] << 4 | v);
		digits++;
	}
	return digits == 2 * (size_t)CLOCK_BOOT_ID_SIZE ? 0 : -1;
}

int clock_read(struct clock_now *now, struct fault *f)
{
	char text[64];

	memset(now, 0, sizeof *now);
	int fd = open(BOOT_ID_PATH, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, BOOT_ID_PATH);
	ssize_t n = read(fd, text, sizeof text);
	close(fd);
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0 || parse_boot_id(text, (size_t)n, now->boot_id) < 0)
		return fault_set(f, FAULT_SYSTEM, 0, BOOT_ID_PATH ": not a boot id");
	now->boot_ms = clock_boot_ms();
	now->wall_s = read_ms(CLOCK_REALTIME) / 1000;
	return 0;
}
