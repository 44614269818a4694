#include "model/wheelvariants.h"

#include "adapt/json.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "model/cuda.h"

#include <string.h>

enum { VARIANTS_MAX = 1000, PROPERTIES_MAX = 1000 };

void wheelvariants_free(struct wheelvariants *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n; i++) {
		free(w->v[i].label);
		strv_clear(&w->v[i].properties);
	}
	free(w->v);
	strv_clear(&w->order);
	free(w);
}

/* --- texts --- */

static bool all_of(const char *text, const char *more, size_t max)
{
	size_t n = strlen(text);

	for (const char *c = text; *c; c++)
		if (!str_is_digit(*c) && !(*c >= 'a' && *c <= 'z') && !strchr(more, *c))
			return false;
	return n > 0 && n <= max;
}

bool wheelvariants_is_label(const char *text)
{
	return all_of(text, "_.", WHEELVARIANTS_LABEL);
}

/* --- reading --- */

static int check_format(struct jval root, struct err *err)
{
	static const char *const known[] = {"/v0.0.3.json", "/v0.1.0.json"};
	const char *schema = NULL;

	if (jval_text(root, "$schema", &schema, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_ends(schema, known[i]))
			return 0;
	AUTO_TEXT char *shown = str_shown(schema, 100);
	return jval_fail(root, err, "is of a format that is not known here (%s): its wheels are not supported", shown);
}

static int add_value(struct jval at, const char *name, struct wheelvariant *v, struct err *err)
{
	const char *value = NULL;

	if (jval_as_text(at, &value, err) < 0)
		return -1;
	if (!all_of(value, "_.", 64))
		return jval_fail(at, err, "is no value of a property");
	if (v->properties.n == PROPERTIES_MAX)
		return jval_fail(at, err, "has more than %d properties", PROPERTIES_MAX);
	strv_addf(&v->properties, "%s :: %s", name, value);
	return 0;
}

static int read_feature(struct jval values, const char *space, struct wheelvariant *v, struct err *err)
{
	struct jval it = {.doc = NULL};

	if (!all_of(values.key, "_", 64))
		return jval_fail(values, err, "is no name of a feature");
	if (jval_want(values, JDOC_ARRAY, err) < 0)
		return -1;
	AUTO_TEXT char *name = xasprintf("%s :: %s", space, values.key);
	while (jval_next(values, &it))
		if (add_value(it, name, v, err) < 0)
			return -1;
	return 0;
}

static int read_variant(struct jval at, struct wheelvariant *v, struct err *err)
{
	struct jval space = {.doc = NULL};

	if (jval_want(at, JDOC_OBJECT, err) < 0)
		return -1;
	while (jval_next(at, &space)) {
		struct jval feature = {.doc = NULL};

		if (!all_of(space.key, "_", 64))
			return jval_fail(space, err, "is no namespace");
		if (jval_want(space, JDOC_OBJECT, err) < 0)
			return -1;
		while (jval_next(space, &feature))
			if (read_feature(feature, space.key, v, err) < 0)
				return -1;
	}
	return 0;
}

static int by_label(const void *a, const void *b)
{
	return strcmp(((const struct wheelvariant *)a)->label, ((const struct wheelvariant *)b)->label);
}

static int read_variants(struct jval list, struct wheelvariants *w, struct err *err)
{
	struct jval it = {.doc = NULL};

	while (jval_next(list, &it)) {
		if (!wheelvariants_is_label(it.key))
			return jval_fail(it, err, "is no label of a variant");
		if (w->n == VARIANTS_MAX)
			return jval_fail(list, err, "has more than %d variants", VARIANTS_MAX);
		w->v = xreallocarray(w->v, w->n + 1, sizeof(*w->v));
		w->v[w->n] = (struct wheelvariant){.label = xstrdup(it.key)};
		if (read_variant(it, &w->v[w->n++], err) < 0)
			return -1;
	}
	if (w->n)
		qsort(w->v, w->n, sizeof(*w->v), by_label);
	return 0;
}

/* "a :: b", or the text alone. The caller's. */
static char *behind(const char *before, const char *text)
{
	return before ? xasprintf("%s :: %s", before, text) : xstrdup(text);
}

static int add_lists(struct jval at, const char *before, struct strv *into, struct err *err);

/* One member of them: a text, or more lists. */
static int add_list(struct jval it, const char *before, struct strv *into, struct err *err)
{
	const char *text = NULL;

	if (jval_type(it) == JDOC_TEXT) {
		if (jval_as_text(it, &text, err) < 0)
			return -1;
		strv_own(into, behind(before, text));
		return 0;
	}
	if ((jval_type(it) != JDOC_OBJECT && jval_type(it) != JDOC_ARRAY) || !it.key)
		return jval_fail(it, err, "is no priority");
	AUTO_TEXT char *name = behind(before, it.key);
	return add_lists(it, name, into, err);
}

/* The lists below a member of default-priorities, each text behind its place: "nvidia :: sm_arch". */
static int add_lists(struct jval at, const char *before, struct strv *into, struct err *err)
{
	struct jval it = {.doc = NULL};

	while (jval_next(at, &it))
		if (add_list(it, before, into, err) < 0)
			return -1;
	return 0;
}

static int read_order(struct jval root, struct wheelvariants *w, struct err *err)
{
	static const struct {
		const char *name;
		enum jdoc_type type;
	} parts[] = {{"namespace", JDOC_ARRAY}, {"feature", JDOC_OBJECT}, {"property", JDOC_OBJECT}};
	struct jval all = {.doc = NULL}, part = {.doc = NULL};

	if (jval_get_opt(root, "default-priorities", JDOC_OBJECT, &all, err) < 0)
		return -1;
	for (size_t i = 0; jval_is_there(all) && i < ARRAY_LEN(parts); i++) {
		if (jval_get_opt(all, parts[i].name, parts[i].type, &part, err) < 0)
			return -1;
		if (jval_is_there(part) && add_lists(part, NULL, &w->order, err) < 0)
			return -1;
	}
	return 0;
}

int wheelvariants_parse(struct blob text, struct wheelvariants **ret, struct err *err)
{
	AUTO(wheelvariants) struct wheelvariants *w = xcalloc(1, sizeof(*w));
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct jval root, list;

	if (jdoc_parse_as(ERR_PROTOCOL, text, &doc, err) < 0)
		return -1;
	root = jdoc_root(doc);
	if (jval_want(root, JDOC_OBJECT, err) < 0 || check_format(root, err) < 0 ||
	    jval_get(root, "variants", JDOC_OBJECT, &list, err) < 0 || read_variants(list, w, err) < 0 ||
	    read_order(root, w, err) < 0)
		return -1;
	*ret = TAKE(w);
	return 0;
}

/* --- choosing --- */

/* "nvidia :: sm_arch" of "nvidia :: sm_arch :: 90_real", or with 1 part "nvidia". The caller's. */
static char *front(const char *property, unsigned parts)
{
	const char *end = property;

	for (unsigned i = 0; i < parts; i++) {
		const char *next = strstr(i ? end + 4 : end, " :: ");

		end = next ? next : property + strlen(property);
	}
	return xstrndup(property, (size_t)(end - property));
}

static size_t place_of(const struct strv *order, const char *text)
{
	size_t i = 0;

	while (i < order->n && !str_eq(order->v[i], text))
		i++;
	return i;
}

/* Whether a property comes before another: by namespace, feature and value as the file orders them, else by machine. */
static bool comes_before(const struct wheelvariants *w, const struct strv *machine, size_t a, size_t b)
{
	for (unsigned parts = 1; parts <= 3; parts++) {
		AUTO_TEXT char *x = front(machine->v[a], parts);
		AUTO_TEXT char *y = front(machine->v[b], parts);
		size_t i = place_of(&w->order, x), k = place_of(&w->order, y);

		if (i != k)
			return i < k;
	}
	return a < b;
}

/* The machine's property that serves the feature best; machine->n: none. */
static size_t best_value(const struct wheelvariants *w, const struct wheelvariant *v, const char *feature,
			 const struct strv *machine)
{
	size_t found = machine->n;

	for (size_t i = 0; i < v->properties.n; i++) {
		AUTO_TEXT char *own = front(v->properties.v[i], 2);
		size_t at = str_eq(own, feature) ? place_of(machine, v->properties.v[i]) : machine->n;

		if (at < machine->n && (found == machine->n || comes_before(w, machine, at, found)))
			found = at;
	}
	return found;
}

/* What of the machine serves a variant's features, the most important first. False: a feature is not met. */
static bool serve(const struct wheelvariants *w, const struct wheelvariant *v, const struct strv *machine,
		  struct strv *into)
{
	AUTO_STRV struct strv features = STRV_INIT;

	for (size_t i = 0; i < v->properties.n; i++) {
		AUTO_TEXT char *feature = front(v->properties.v[i], 2);

		strv_add_once(&features, feature);
	}
	for (size_t i = 0; i < features.n; i++) {
		size_t at = best_value(w, v, features.v[i], machine);

		if (at == machine->n)
			return false;
		strv_add(into, machine->v[at]);
		for (size_t k = into->n - 1; k > 0; k--) { /* kept sorted */
			char *one = into->v[k];

			if (!comes_before(w, machine, place_of(machine, one), place_of(machine, into->v[k - 1])))
				break;
			into->v[k] = into->v[k - 1];
			into->v[k - 1] = one;
		}
	}
	return true;
}

/* Whether a variant that uses a is to be taken before one that uses b; with all of b and more it is. */
static bool is_better(const struct wheelvariants *w, const struct strv *machine, const struct strv *a,
		      const struct strv *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!str_eq(a->v[i], b->v[i]))
			return comes_before(w, machine, place_of(machine, a->v[i]), place_of(machine, b->v[i]));
	return a->n > b->n;
}

const struct wheelvariant *wheelvariants_best(const struct wheelvariants *w, const struct strv *labels,
					      const struct strv *machine)
{
	AUTO_STRV struct strv best_uses = STRV_INIT;
	const struct wheelvariant *best = NULL;

	for (size_t i = 0; i < w->n; i++) {
		AUTO_STRV struct strv uses = STRV_INIT;

		if (!strv_has(labels, w->v[i].label) || !serve(w, &w->v[i], machine, &uses) ||
		    (best && !is_better(w, machine, &uses, &best_uses)))
			continue;
		best = &w->v[i];
		strv_clear(&best_uses);
		best_uses = uses;
		uses = (struct strv)STRV_INIT;
	}
	return best;
}

/* --- machines --- */

/* Code for that GPU, best first: its own, that of its major with a lower minor, PTX of what is older. */
static void add_archs(const struct catalog *c, unsigned cc, struct strv *into)
{
	if (cc)
		strv_addf(into, "nvidia :: sm_arch :: %ua_real", cc);
	for (size_t i = c->n_archs; i-- > 0;)
		if (!cc || (c->archs[i].cc / 10 == cc / 10 && c->archs[i].cc <= cc))
			strv_addf(into, "nvidia :: sm_arch :: %u_real", (unsigned)c->archs[i].cc);
	for (size_t i = c->n_archs; i-- > 0;)
		if (!cc || c->archs[i].cc <= cc)
			strv_addf(into, "nvidia :: sm_arch :: %u_virtual", (unsigned)c->archs[i].cc);
}

void wheelvariants_nvidia(const struct catalog *c, unsigned cc, const struct driver *driver, struct strv *into)
{
	const struct toolkit_row *newest = driver ? catalog_toolkit_of_driver(c, driver) : NULL;
	char text[CUDA_TEXT];

	for (size_t i = c->n_toolkits; i-- > 0;)
		if (!driver || (newest && c->toolkits[i].cuda <= newest->cuda))
			strv_addf(into, "nvidia :: cuda_version_lower_bound :: %s",
				  cuda_key_text(c->toolkits[i].cuda, text));
	add_archs(c, cc, into);
}
