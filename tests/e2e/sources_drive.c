/* sources_drive.c — one image, or all tags, asked of a registry by the source floor, for sources.bats and hostile.bats.
 * Not part of the program.
 *
 *   sources_drive REPOSITORY TAG [CA]      prints "INDEX IMAGE", or "none"; errors: "KIND: TEXT", "hint: ..." on
 * standard error, and the documented exit code. TAG "--tags": prints how many tags there are; "--config TAG" in one
 * word: asks for the config too. Waiting is shortened: a second
 * of a Retry-After is 20 ms; CUDABUILD_*_TIMEOUT say the rest. Answers are kept below $KEEP, if
 * set. */
#include "adapt/http_curl.h"
#include "base/str.h"
#include "source/registry.h"
#include "source/taglist.h"

#include <stdio.h>
#include <string.h>

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

static void on_tags(void *self, struct tags **found, struct err *err)
{
	if (err || !*found)
		on_done(self, NULL, err);
	else
		printf("%zu\n", (*found)->n);
}

/* Asks what the word says. */
static int start(struct registry *registry, struct taglist *lists, const char *repository, const char *word,
		 struct err *err)
{
	bool config = str_starts(word, "--config ");
	struct registry_ask ask = {.repository = repository,
				   .tag = config ? word + strlen("--config ") : word,
				   .want_config = config,
				   .platform = "linux/amd64",
				   .on_done = on_done};

	if (str_eq(word, "--tags"))
		return taglist_start(lists, repository, on_tags, NULL, err);
	return registry_start(registry, &ask, err);
}

int main(int argc, char **argv)
{
	AUTO(http) struct http *http = NULL;
	struct err err = ERR_INIT;
	if (argc < 3 || http_curl_new(NULL, &http, &err) < 0)
		return 70;
	struct http_via via = {.ca_file = argc > 3 ? argv[3] : NULL};
	struct patience patience;
	if (patience_read(&patience, &err) < 0)
		return err_exit_code(&err);
	AUTO(cache) struct cache *cache = getenv("KEEP") ? cache_open(getenv("KEEP")) : NULL;
	AUTO(caller)
	struct caller *caller = caller_new(&(struct caller_opts){
		.http = http, .via = &via, .cache = cache, .second_ms = 20, .patience = patience});
	AUTO(registry)
	struct registry *registry = registry_new(&(struct registry_opts){.caller = caller, .ca = via.ca_file});
	AUTO(taglist) struct taglist *lists = taglist_new(&(struct taglist_opts){.caller = caller, .ca = via.ca_file});
	if (start(registry, lists, argv[1], argv[2], &err) < 0 || caller_run(caller, &err) < 0) {
		fprintf(stderr, "%s: %s\n", err_kind_name(err.kind), err.text);
		return err_exit_code(&err);
	}
	return code;
}
