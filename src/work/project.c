#include "work/project.h"

#include "base/file.h"
#include "base/str.h"
#include "work/constraints.h"

#include <string.h>

static const char *const default_names[] = {"cudabuild.yaml", "cudabuild.yml", "cudabuild.json"};

void project_free(struct project *p)
{
	if (!p)
		return;
	manifest_free(p->manifest);
	plan_free(p->lock);
	buf_clear(&p->lock_text);
	free(p->file);
	free(p->base);
	free(p->dir);
	free(p->lock_file);
	free(p);
}

static const char *find_manifest(void)
{
	for (size_t i = 0; i < ARRAY_LEN(default_names); i++)
		if (file_exists(default_names[i]))
			return default_names[i];
	return NULL;
}

bool project_found(void)
{
	return find_manifest() != NULL;
}

/* "dir/cudabuild.yaml" -> "dir/cudabuild.lock". */
static char *lock_name(const char *file)
{
	const char *base = file_base(file), *dot = strrchr(base, '.');
	size_t len = dot && dot != base ? (size_t)(dot - file) : strlen(file);

	return xasprintf("%.*s.lock", (int)len, file);
}

static int read_manifest(struct project *p, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (file_read(p->file, MANIFEST_SIZE_MAX, &text, err) < 0) {
		if (err->kind == ERR_IO)
			err->kind =
				ERR_INPUT; /* a manifest that cannot be read is a fault of the call, not of the disk */
		return -1;
	}
	return manifest_parse(buf_blob(&text, p->file), &p->manifest, err);
}

static int read_lock(struct project *p, struct err *err)
{
	int rc = file_read_if_there(p->lock_file, LOCK_SIZE_MAX, &p->lock_text, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (lock_parse(buf_blob(&p->lock_text, p->lock_file), &p->lock, err) == 0)
		return 0;
	if (!err->hint[0])
		err_hint(err, "restore it from version control, or delete it and run `cudabuild generate`");
	return -1;
}

int project_open(const char *file, struct project **ret, struct err *err)
{
	AUTO(project) struct project *p = xcalloc(1, sizeof(*p));

	if (!file)
		file = find_manifest();
	if (!file) {
		err_set(err, ERR_USAGE, "no cudabuild.yaml in this folder");
		return err_hint(err, "write one (see README, `cudabuild schema`), or name it with -f");
	}
	if (str_eq(file, "-"))
		return err_set(err, ERR_USAGE, "the manifest must be a file: its folder is the build context");
	p->file = xstrdup(file);
	p->base = xstrdup(file_base(file));
	p->dir = file_dir(file);
	p->lock_file = lock_name(file);
	if (str_eq(p->lock_file, p->file))
		return err_set(err, ERR_USAGE, "'%s' is a lock; name the manifest", file);
	if (read_manifest(p, err) < 0 || constraints_read(p->manifest, p->dir, err) < 0 || read_lock(p, err) < 0)
		return -1;
	*ret = TAKE(p);
	return 0;
}

int project_need_lock(const struct project *p, struct err *err)
{
	if (p->lock)
		return 0;
	err_set(err, ERR_USAGE, "there is no '%s'", p->lock_file);
	return err_hint(err, "run `cudabuild generate` first");
}
