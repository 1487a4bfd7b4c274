#include "sender/trust.h"

#include <dirent.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { HASH_DIGITS = 8 };

/* What OpenSSL looks for: eight hexadecimal digits, a dot, a number. */
static bool is_link(const char *name)
{
	size_t hash = strspn(name, "0123456789abcdef");
	size_t number = name[hash] == '.' ? strspn(name + hash + 1, "0123456789") : 0;
	return hash == HASH_DIGITS && number > 0 && name[hash + 1 + number] == '\0';
}

bool trust_hashed(const char *folder)
{
	const struct dirent *entry;
	int links = 0;
	DIR *d = opendir(folder);
	if (!d)
		return false;
	while (links < TRUST_LINKS && (entry = readdir(d)))
		links += is_link(entry->d_name);
	closedir(d);
	/* a folder that can be listed and not entered gives nobody a certificate */
	return links == TRUST_LINKS && access(folder, X_OK) == 0;
}

bool trust_set(CURL *c, const char *ca_file, const char *folder)
{
	if (*ca_file)
		return curl_easy_setopt(c, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
		       curl_easy_setopt(c, CURLOPT_CAPATH, (char *)NULL) == CURLE_OK;
	if (!trust_hashed(folder))
		return true;
	return curl_easy_setopt(c, CURLOPT_CAINFO, (char *)NULL) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CAPATH, folder) == CURLE_OK;
}
