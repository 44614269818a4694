#include "model/manifest.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No value may hold what ends a line or moves a terminal. */
static void check_text(const char *text)
{
	for (; text && *text; text++) {
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			__builtin_trap();
	}
}

static void check_list(const struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		check_text(list->v[i]);
}

/* What the header promises of every variant. */
static void check_variant(const struct manifest_variant *v)
{
	if (v->cuda.n == 0 || v->platforms.n == 0 || !v->base)
		__builtin_trap();
	for (size_t i = 0; i < PKG__MAX; i++)
		check_text(v->packages[i]);
	check_text(v->name);
	check_text(v->python);
	check_text(v->os);
	check_text(v->base);
	check_list(&v->cuda);
	check_list(&v->platforms);
	check_list(&v->pip);
	check_list(&v->apt);
	for (size_t i = 0; i < v->ntargets; i++) {
		if (!v->targets[i].name)
			__builtin_trap();
		check_text(v->targets[i].gpu);
		check_text(v->targets[i].driver);
	}
}

static void parse(struct blob text)
{
	AUTO(manifest) struct manifest *m = NULL;
	struct err err = ERR_INIT;

	if (manifest_parse(text, &m, &err) < 0) {
		if (err.kind != ERR_INPUT || !*err.text)
			__builtin_trap();
		err_clear(&err);
		return;
	}
	if (!m->name || m->nvariants < 1)
		__builtin_trap();
	for (size_t i = 0; i < m->nvariants; i++)
		check_variant(&m->variants[i]);
	check_list(&m->app.copy);
	check_list(&m->app.env);
	check_list(&m->app.command);
}

/* Any bytes are a manifest or one error, as YAML and as JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse((struct blob){.name = "fuzz.yaml", .data = (const char *)data, .len = size});
	parse((struct blob){.name = "fuzz.json", .data = (const char *)data, .len = size});
	return 0;
}
