/* sources_drive.c — one image asked of a registry by the source floor, for sources.bats. Not part of the program.
 *
 *   sources_drive REPOSITORY TAG [CA]      prints "INDEX IMAGE", or "none"; errors: "KIND: TEXT", "hint: ..." on
 * standard error, and the documented exit code */
#include "adapt/http_curl.h"
#include "source/registry.h"

#include <stdio.h>

static int code;

static void on_done(void *self, const struct registry_image *found, struct err *err)
{
	(void)self;
	if (err) {
		fprintf(stderr, "%s: %s\n", err_kind_name(err->kind), err->text);
		if (err->hint[0])
			fprintf(stderr, "hint: %s\n", err->hint);
		code = err_exit_code(err);
	} else if (found) {
		printf("%s %s\n", found->index.text[0] ? found->index.text : "-", found->image.text);
	} else {
		puts("none");
	}
}

int main(int argc, char **argv)
{
	AUTO(http) struct http *http = NULL;
	struct err err = ERR_INIT;
	if (argc < 3 || http_curl_new(NULL, &http, &err) < 0)
		return 70;
	struct http_via via = {.ca_file = argc > 3 ? argv[3] : NULL};
	AUTO(caller)
	struct caller *caller = caller_new(&(struct caller_opts){.http = http, .via = &via, .second_ms = 20});
	AUTO(registry)
	struct registry *registry = registry_new(&(struct registry_opts){.caller = caller, .ca = via.ca_file});
	struct registry_ask ask = {
		.repository = argv[1], .tag = argv[2], .platform = "linux/amd64", .on_done = on_done};
	if (registry_start(registry, &ask, &err) < 0 || caller_run(caller, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err_kind_name(err.kind), err.text);
		return err_exit_code(&err);
	}
	return code;
}
