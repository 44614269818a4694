/* ldd — where ld.so would find each library that a file asks for, by inspect/loader alone, for tests/cases/loader.
 *
 * usage: ldd ROOT FILE [LD_LIBRARY_PATH]: FILE is absolute in ROOT and ends in .so; a line "NAME => PATH" or "NAME =>
 * not found" per library. */
#include "base/str.h"
#include "inspect/folder.h"
#include "inspect/loader.h"
#include "model/facts.h"

#include <stdio.h>

static const struct binary *find_file(void *self, const char *path)
{
	return facts_binary(self, path);
}

static void load_conf(const struct facts *f, struct strv *dirs)
{
	struct blob *confs = xcalloc(f->n_texts + 1, sizeof(*confs));
	size_t n = 0;
	for (size_t i = 0; i < f->n_texts; i++)
		confs[n++] = buf_blob(&f->texts[i].data, f->texts[i].path);
	loader_conf(confs, n, dirs);
	free(confs);
}

static void show(struct facts *f, const struct binary *b, const char *library_path)
{
	AUTO_STRV struct strv dirs = STRV_INIT;
	size_t n = 0;
	load_conf(f, &dirs);
	AUTO(loader)
	struct loader *l = loader_new((struct loader_files){.find = find_file, .self = f}, library_path, &dirs);
	const struct loader_step *steps = loader_load(l, b, b->path, &n);
	for (size_t i = 1; i < n; i++)
		if (!str_eq(steps[i].how, "loaded"))
			printf("%s => %s\n", steps[i].name, steps[i].path ? steps[i].path : "not found");
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	AUTO(facts) struct facts *f = NULL;
	if (argc < 3 || folder_read(argv[1], NULL, &f, &err) < 0) {
		fprintf(stderr, "ldd: %s\n", argc < 3 ? "usage: ldd ROOT FILE [LD_LIBRARY_PATH]" : err.text);
		return 2;
	}
	const struct binary *b = facts_binary(f, argv[2]);
	if (b == NULL)
		return 1;
	show(f, b, argc > 3 ? argv[3] : NULL);
	return 0;
}
