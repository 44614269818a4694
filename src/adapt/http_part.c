#include "adapt/http_part.h"

char *http_part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *text = NULL, *own = NULL;
	if (curl_url_get(u, what, &text, flags) == CURLUE_OK)
		own = xstrdup(text);
	curl_free(text);
	return own;
}
