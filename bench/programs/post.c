/* post: the least that libcurl needs for the request that the sender makes.
 *
 *	post URL KEY BODY	one
 *	post URL KEY BODY warm	one for each line of standard input, on one connection
 *
 * Says, in ns of CLOCK_MONOTONIC, when each began and ended. With POST_STORE in the environment:
 * the folder of certificates, found by their hash, in place of the bundle that libcurl reads as a
 * whole by default. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static size_t ignore(char *data, size_t size, size_t n, void *where)
{
	(void)data;
	(void)where;
	return size * n;
}

static int post(CURL *c)
{
	long long begun = now();
	long status = 0;

	CURLcode code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK || status != 201) {
		fprintf(stderr, "post: %s, status %ld\n", curl_easy_strerror(code), status);
		return 1;
	}
	printf("%lld %lld\n", begun, now());
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	char key[200], line[64];
	int rc = 0;

	if (argc < 4)
		return 2;
	CURL *c = curl_easy_init();
	snprintf(key, sizeof key, "X-Dexatel-Key: %s", argv[2]);
	struct curl_slist *list =
		curl_slist_append(curl_slist_append(NULL, "Content-Type: application/json"), key);
	curl_easy_setopt(c, CURLOPT_URL, argv[1]);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, argv[3]);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	if (getenv("POST_STORE")) {
		curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
		curl_easy_setopt(c, CURLOPT_CAPATH, getenv("POST_STORE"));
	}
	if (argc == 4)
		rc = post(c);
	while (rc == 0 && argc > 4 && fgets(line, sizeof line, stdin))
		rc = post(c);
	curl_easy_cleanup(c);
	curl_slist_free_all(list);
	return rc;
}
