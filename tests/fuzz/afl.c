/* afl: runs one fuzz target under AFL++: in the same process again and again, on inputs in shared memory. Without AFL++ around it, on its
 * standard input once. */
#include <string.h>
#include <unistd.h>

#include "claim.h"

#ifdef __AFL_FUZZ_TESTCASE_LEN
__AFL_FUZZ_INIT();
#endif

enum { ROUNDS = 10000 };

int main(void)
{
#ifdef __AFL_FUZZ_TESTCASE_LEN
	__AFL_INIT();
	const unsigned char *bytes = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(ROUNDS)) {
		size_t len = (size_t)__AFL_FUZZ_TESTCASE_LEN;
#else
	static unsigned char bytes[65536];
	for (ssize_t n = read(0, bytes, sizeof bytes); n > 0; n = 0) {
		size_t len = (size_t)n;
#endif
		/* of its own size, so that a sanitizer sees who reads beyond */
		unsigned char *exact = malloc(len > 0 ? len : 1);
		CLAIM(exact != NULL);
		memcpy(exact, bytes, len);
		LLVMFuzzerTestOneInput(exact, len);
		free(exact);
	}
	return 0;
}
