/* http_part.h — one part of a URL that libcurl took apart. Private to adapt/http_*.c. */
#pragma once

#include "base/mem.h"

#include <curl/curl.h>

/* The part as libcurl gives it, in our own memory (the caller's); NULL where there is none. */
char *http_part(CURLU *u, CURLUPart what, unsigned flags) NODISCARD;
