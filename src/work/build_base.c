#include "work/build_base.h"

#include "base/str.h"
#include "work/fetch_image.h"

#include <string.h>

void base_moved_clear(struct base_moved *m)
{
	free(m->from);
	free(m->to);
	*m = (struct base_moved){.from = NULL};
}

/* --- where --- */

/* The repositories that may have the image: of other places first, then its own, then the manifest's others. */
static void find_places(const struct manifest_sources *named, const struct sites *sites, const char *repository,
			struct strv *into)
{
	const struct manifest_sources *s = &sites->sources;
	size_t os = named->os_images ? strlen(named->os_images) : 0;
	bool cuda = strv_has(&named->images, repository);
	bool system = os && str_starts(repository, named->os_images) && repository[os] == '/';

	for (size_t i = 0; cuda && sites->images && i < s->images.n; i++)
		strv_add_once(into, s->images.v[i]);
	if (system && sites->os_images)
		strv_addf(into, "%s%s", s->os_images, repository + os);
	strv_add_once(into, repository);
	for (size_t i = 0; cuda && i < named->images.n; i++)
		strv_add_once(into, named->images.v[i]);
}

int base_pull(struct engine *e, const struct manifest_sources *named, const struct sites *sites,
	      const struct plan_variant *v, const struct plan_image *image, struct base_moved *moved, struct err *err)
{
	AUTO_STRV struct strv places = STRV_INIT;
	struct err own = ERR_INIT;

	find_places(named, sites, image->repository, &places);
	for (size_t i = 0; i < places.n; i++) {
		const char *place = places.v[i] + (str_starts(places.v[i], "http://") ? strlen("http://") : 0);
		bool is_own = str_eq(place, image->repository);
		struct err trouble = ERR_INIT;

		if (fetch_image(e, v->name, place, image->digest, v->platform, &trouble) == 0) {
			err_clear(&own);
			if (!is_own)
				*moved = (struct base_moved){.from = plan_image_ref(image),
							     .to = xasprintf("%s@%s", place, image->digest)};
			return 0;
		}
		if (trouble.kind == ERR_CANCELED || trouble.kind == ERR_IO) {
			err_clear(&own);
			return err_move(err, &trouble);
		}
		if (is_own)
			err_move(&own, &trouble);
		err_clear(&trouble);
	}
	return err_move(err, &own);
}

/* --- FROM --- */

/* The Dockerfile's text with the names in its FROM lines changed. */
static void rename_from(const char *text, const struct base_moved *moved, size_t n, struct buf *into)
{
	while (*text) {
		size_t len = strcspn(text, "\n") + (strchr(text, '\n') != NULL);
		const char *name = str_starts(text, "FROM ") ? text + strlen("FROM ") : NULL;
		size_t i = 0;

		while (name && i < n && !(moved[i].from && str_starts(name, moved[i].from)))
			i++;
		if (name && i < n) {
			size_t old = strlen("FROM ") + strlen(moved[i].from);

			buf_addf(into, "FROM %s", moved[i].to);
			buf_add(into, text + old, len - old);
		} else {
			buf_add(into, text, len);
		}
		text += len;
	}
}

static int add_copy(struct context *to, const struct member *m, const char *dockerfile, const struct base_moved *moved,
		    size_t n, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	switch (m->kind) {
	case MEMBER_DIR:
		return context_add_dir(to, m->name, err);
	case MEMBER_LINK:
		return context_add_link(to, m->name, m->data, err);
	case MEMBER_FILE:
		return context_add_file(to, m->name, m->mode, m->path, m->len, err);
	case MEMBER_BYTES:
		break;
	}
	if (str_eq(m->name, dockerfile))
		rename_from(m->data, moved, n, &text);
	else
		buf_add(&text, m->data, (size_t)m->len);
	return context_add_bytes(to, m->name, m->mode, buf_blob(&text, m->name), err);
}

int base_rename(const struct context *c, const char *dockerfile, const struct base_moved *moved, size_t n,
		struct context **ret, struct err *err)
{
	AUTO(context) struct context *copy = context_new();

	for (size_t i = 0; i < c->n; i++)
		if (add_copy(copy, c->v[i], dockerfile, moved, n, err) < 0)
			return -1;
	*ret = TAKE(copy);
	return 0;
}
