/* Any bytes as a template: refused, or rendered strictly and not, with itself as its partial. */
#include "render/mustache.h"
#include "render/quote.h"

#include <stdint.h>

static const struct mustache *itself(void *self, const char *name)
{
	return *name == 'p' ? self : NULL;
}

static struct value *sample(void)
{
	struct value *data = value_map();
	value_set(data, "a", "text's \"$x\"");
	value_set(data, "w", "word");
	value_set(data, "n", NULL);
	value_set_bool(data, "t", true);
	struct value *list = value_set_list(data, "l");
	value_add(list, "1");
	value_add(list, "2");
	struct value *map = value_set_map(data, "m");
	value_set(map, "b", "inner");
	return data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct mustache_filter filters[] = {
		{.name = "shell", .quote = quote_shell, .before = "", .between = " ", .after = ""},
		{.name = "docker", .quote = quote_dockerfile},
	};
	AUTO(mustache) struct mustache *t = NULL;
	AUTO(value) struct value *values = sample();
	struct err err = ERR_INIT;
	if (size > 4096 ||
	    mustache_parse((struct blob){.name = "f", .data = (const char *)data, .len = size}, &t, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	for (int strict = 0; strict < 2; strict++) {
		AUTO_BUF struct buf out = BUF_INIT;
		const struct mustache_options o = {
			.escape = strict ? quote_word : quote_html,
			.filters = filters,
			.n_filters = ARRAY_LEN(filters),
			.partial = itself,
			.self = t,
			.strict = strict,
		};
		if (mustache_render(t, values, &o, &out, &err) < 0)
			err_clear(&err);
	}
	return 0;
}
