/* remote_parts.h — what finding an image and reading its layers share: a way to a registry, and how it refuses. */
#pragma once

#include "adapt/http.h"
#include "source/place.h"
#include "source/remote.h"

struct remote_way {
	struct http *http;
	struct caller *caller;
	struct place *place;
	struct patience patience;
};

int remote_way_open(const struct ref *ref, bool plain, const struct remote_opts *o, struct remote_way *into,
		    struct err *err) NODISCARD;
void remote_way_close(struct remote_way *w);
/* Waits until the registry's token is worth another try after a 401. */
int remote_way_login(struct remote_way *w, const char *used, const struct http_answer *refusal,
		     struct err *err) NODISCARD;
/* Sets err to what a status that is no success means: ERR_AUTH, ERR_NET, ERR_PROTOCOL. Always -1. */
int remote_way_refused(const struct remote_way *w, const char *what, const struct http_answer *a, struct err *err);
