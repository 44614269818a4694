#include "work/pins.h"

#include "adapt/digest.h"
#include "adapt/process.h"
#include "base/file.h"
#include "base/str.h"
#include "render/require.h"

#include <string.h>

enum { FILE_MAX = 4 << 20, NESTED_MAX = 8 };

static void add(struct buf *into, const char *what, const char *text)
{
	buf_addf(into, "%s %zu %s\n", what, text ? strlen(text) : 0, text ? text : "");
}

/* The path behind "-r", "-c" and their long forms; NULL for other lines. Borrowed. */
static const char *named_file(const char *line)
{
	static const char *const options[] = {"-r", "-c", "--requirement", "--constraint"};

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const char *rest = line + strlen(options[i]);

		if (!str_starts(line, options[i]) || (options[i][1] == '-' && !strchr(" =", *rest)))
			continue;
		return rest + strspn(rest, " =\t");
	}
	return NULL;
}

/* The bytes of a requirement file and of those that it names. */
static bool add_file(const char *path, unsigned depth, struct buf *into)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_STRV struct strv lines = STRV_INIT;
	AUTO_TEXT char *dir = file_dir(path);
	struct err ignored = ERR_INIT;
	bool all = true;

	if (depth == NESTED_MAX || file_read(path, FILE_MAX, &text, &ignored) < 0) {
		err_clear(&ignored);
		return false;
	}
	add(into, "file", buf_text(&text));
	strv_split(&lines, buf_text(&text), "\r\n");
	for (size_t i = 0; i < lines.n && all; i++) {
		const char *name = named_file(lines.v[i] + strspn(lines.v[i], " \t"));
		AUTO_TEXT char *bare = name ? xstrndup(name, strcspn(name, " \t#")) : NULL;
		AUTO_TEXT char *inner = bare && !strstr(bare, "://") ? file_join(dir, bare) : NULL;

		all = !inner || add_file(inner, depth + 1, into);
	}
	return all;
}

static void add_package(const struct plan_package *p, struct buf *into)
{
	const char *const texts[] = {p->version, p->label, p->channel, p->file, p->url, p->sha256};

	add(into, p->way == WAY_WHEEL ? "wheel" : "source", pkg_name(p->pkg));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		add(into, "of", texts[i]);
}

char *pins_input(const struct project *p, const struct plan *plan, const struct plan_variant *v)
{
	AUTO_BUF struct buf all = BUF_INIT;
	char hex[HASH_HEX_SIZE];

	add(&all, "recipe", "1");
	add(&all, "python", v->python.version);
	add(&all, "platform", v->platform);
	add(&all, "os", v->os);
	add(&all, "index", plan->sources.pypi);
	for (size_t i = 0; i < v->npackages; i++)
		add_package(&v->packages[i], &all);
	for (size_t i = 0; i < v->npip; i++)
		add(&all, "pip", v->pip[i].line);
	for (size_t i = 0; i < v->pip_files.n; i++) {
		AUTO_TEXT char *path = file_join(p->dir, v->pip_files.v[i]);

		if (!add_file(path, 0, &all))
			return NULL;
	}
	hash_hex(buf_blob(&all, "input"), hex);
	return xstrdup(hex);
}

static void take_pins(struct plan_variant *v, const struct plan_variant *from)
{
	plan_clear_pip(v);
	for (size_t i = 0; i < from->npip; i++)
		strv_add_all(&plan_add_pip(v, from->pip[i].line)->sha256, &from->pip[i].sha256);
	strv_clear(&v->pip_files);
	free(v->pip_input);
	v->pip_input = xstrdup(from->pip_input);
}

size_t pins_keep(const struct project *p, const struct plan *lock, struct plan *plan)
{
	size_t without = 0;

	for (size_t i = 0; i < plan->nvariants; i++) {
		struct plan_variant *v = &plan->variants[i];
		const struct plan_variant *old = lock ? plan_variant(lock, v->name) : NULL;
		AUTO_TEXT char *input = old && old->pip_input ? pins_input(p, plan, v) : NULL;

		if (input && str_eq(input, old->pip_input))
			take_pins(v, old);
		else
			without++;
	}
	return without;
}

bool pins_have_uv(void)
{
	AUTO_TEXT char *path = proc_find("uv");

	return path != NULL;
}

void pins_note(struct plan *plan, const char *why)
{
	for (size_t i = 0; i < plan->nvariants; i++)
		if (!plan->variants[i].pip_input)
			plan_add_note(&plan->variants[i], "pip", "warning", "uv",
				      "the packages beside torch are not locked: %s", why);
}

bool pins_forget(struct plan_variant *v, const char *name)
{
	AUTO_TEXT char *want = require_name(name);

	for (size_t i = 0; v->pip_input && want && i < v->npip; i++) {
		AUTO_TEXT char *here = require_name(v->pip[i].line);

		if (!str_eq(here, want))
			continue;
		plan_remove_pip(v, i);
		free(v->pip_input);
		v->pip_input = NULL;
		return true;
	}
	return false;
}
