#include "work/local.h"

#include "adapt/digest.h"
#include "adapt/http_url.h"
#include "base/file.h"
#include "base/str.h"
#include "render/render.h"
#include "source/pyindex.h"
#include "work/sites.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CA_SIZE_MAX = 8 << 20 };

/* Copies from's bytes to an open descriptor and hashes them. */
static int copy_bytes(int from, int to, const char *path, char hex[HASH_HEX_SIZE], struct err *err)
{
	struct hash hash;

	hash_init(&hash);
	for (;;) {
		char piece[65536];
		ssize_t n = read(from, piece, sizeof(piece));

		if (n < 0)
			return err_set_errno(err, errno, "read '%s'", path);
		if (n == 0)
			break;
		hash_add(&hash, piece, (size_t)n);
		if (write(to, piece, (size_t)n) != n)
			return err_set_errno(err, errno ? errno : ENOSPC, "copy '%s'", path);
	}
	hash_end(&hash, hex);
	return 0;
}

static int hash_file(const char *path, char hex[HASH_HEX_SIZE], struct err *err)
{
	AUTO_FD int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	AUTO_FD int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (from < 0 || null < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	return copy_bytes(from, null, path, hex, err);
}

static int wrong_hash(const char *path, const char *found, const char *want, struct err *err)
{
	err_set(err, ERR_PROTOCOL, "'%s' has sha256 %s, the lock says %s", path, found, want);
	return err_hint(err, "restore the file, or accept it with `cudabuild generate --update`");
}

static int copy_over(const char *from_path, const char *to_path, const char *sha256, struct err *err)
{
	AUTO_TEXT char *dir = file_dir(to_path);
	AUTO_TEXT char *beside = xasprintf("%s.%ld.new", to_path, (long)getpid());
	AUTO_FD int from = open(from_path, O_RDONLY | O_CLOEXEC);
	AUTO_FD int to = -1;
	char hex[HASH_HEX_SIZE];

	if (from < 0)
		return err_set_errno(err, errno, "open '%s'", from_path);
	if (file_make_dirs(dir, err) < 0)
		return -1;
	to = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (to < 0)
		return err_set_errno(err, errno, "write '%s'", to_path);
	if (copy_bytes(from, to, from_path, hex, err) == 0 && sha256 && !str_eq(hex, sha256))
		wrong_hash(from_path, hex, sha256, err);
	if (err->kind != ERR_NONE) {
		unlink(beside);
		return -1;
	}
	return file_commit(beside, to_path, err);
}

/* Copies unless the file lies there already with that hash. */
static int copy_file(const char *from, const char *to, const char *sha256, struct err *err)
{
	char hex[HASH_HEX_SIZE];

	if (sha256 && file_is_regular(to)) {
		if (hash_file(to, hex, err) < 0)
			return -1;
		if (str_eq(hex, sha256))
			return 0;
	}
	return copy_over(from, to, sha256, err);
}

struct filling {
	const struct project *p;
	const struct plan *plan;
	char *local; /* .../images/.local */
	struct sites *sites;
	struct strv keep; /* names that belong there, relative to local */
};

static int fill_one(struct filling *f, const char *source, const char *folder, const char *file, const char *sha256,
		    struct err *err)
{
	AUTO_TEXT char *dir = file_join(f->p->dir, source);
	AUTO_TEXT char *from = file_join(dir, file);
	AUTO_TEXT char *name = file_join(folder, file);
	AUTO_TEXT char *to = file_join(f->local, name);

	strv_add(&f->keep, name);
	return copy_file(from, to, sha256, err);
}

/* A path source, as opposed to a URL; "file:" URLs are not taken. */
static const char *folder_of(const char *source)
{
	return source && !strstr(source, "://") ? source : NULL;
}

static int fill_packages(struct filling *f, const struct plan_variant *v, struct err *err)
{
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *k = &v->packages[i];
		const char *dir = folder_of(k->index);

		if (str_eq(k->channel, "directory") && dir && k->file &&
		    fill_one(f, dir, "wheels", k->file, k->sha256, err) < 0)
			return err_wrap(err, "%s: %s", v->name, pkg_name(k->pkg));
	}
	return 0;
}

static int fill_python(struct filling *f, const struct plan_variant *v, struct err *err)
{
	const char *dir = folder_of(f->plan->sources.python);

	if (!v->python.managed || !dir || !v->python.file)
		return 0;
	return fill_one(f, dir, "python", v->python.file, v->python.sha256, err);
}

/* The certificates that build steps trust: of the manifest or a configuration file, else of SSL_CERT_FILE. */
static int fill_ca(struct filling *f, struct err *err)
{
	const char *ca = f->sites->sources.ca, *env = getenv("SSL_CERT_FILE");
	AUTO_TEXT char *from = ca ? file_join(f->p->dir, ca) : env && *env ? xstrdup(env) : NULL;
	AUTO_TEXT char *to = file_join(f->local, "ca.crt");
	AUTO_BUF struct buf text = BUF_INIT;

	if (!from)
		return 0;
	strv_add(&f->keep, "ca.crt");
	if (file_read(from, CA_SIZE_MAX, &text, err) < 0)
		return err_wrap(err, "certificates (%s)", ca ? "sources.ca" : "SSL_CERT_FILE");
	return file_write(to, buf_blob(&text, to), 0644, err);
}

static int fill_text(struct filling *f, const char *name, const struct buf *text, unsigned mode, struct err *err)
{
	AUTO_TEXT char *to = file_join(f->local, name);

	if (!text->len)
		return 0;
	strv_add(&f->keep, name);
	return file_write(to, buf_blob(text, to), mode, err);
}

/* The index for pip and uv inside build steps: of the manifest, else what this host is configured with. User and
 * password go to a netrc file, so that they stand in no URL that a tool may print. */
static int fill_pip(struct filling *f, struct err *err)
{
	const char *own = f->plan->sources.pypi ? f->plan->sources.pypi : f->sites->sources.pypi;
	AUTO_TEXT char *from = NULL;
	AUTO_TEXT char *index = own ? xstrdup(own) : pyindex_find(&from);
	AUTO(http_url) struct http_url *url = NULL;
	AUTO_BUF struct buf conf = BUF_INIT;
	AUTO_BUF struct buf netrc = BUF_INIT;

	if (!index || (!own && !from) || folder_of(index))
		return 0;
	if (http_url_parse(index, &url, err) < 0)
		return err_wrap(err, "Python index (%s)", own ? "sources.pypi" : from);
	buf_addf(&conf,
		 strchr(url->host, ':') ? "[global]\nindex-url = %s://[%s]:%u%s\n"
					: "[global]\nindex-url = %s://%s:%u%s\n",
		 url->scheme, url->host, url->port, url->path);
	if (url->user)
		buf_addf(&netrc, "machine %s login %s password %s\n", url->host, url->user,
			 url->password ? url->password : "");
	if (fill_text(f, "pip.conf", &conf, 0644, err) < 0)
		return -1;
	return fill_text(f, "netrc", &netrc, 0600, err);
}

/* What an earlier build left there and this one does not use would still change the context: it goes. */
static int sweep(struct filling *f, const char *folder, struct err *err)
{
	AUTO_TEXT char *dir = file_join(f->local, folder);
	AUTO_STRV struct strv names = STRV_INIT;

	if (file_list(dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *name = file_join(folder, names.v[i]);
		AUTO_TEXT char *path = file_join(f->local, name);

		if (strv_has(&f->keep, name) || file_is_dir(path) || str_eq(names.v[i], ".gitignore"))
			continue;
		if (file_remove(path, err) < 0)
			return -1;
	}
	return 0;
}

static void filling_clear(struct filling *f)
{
	free(f->local);
	sites_free(f->sites);
	strv_clear(&f->keep);
}

/* A link in the place of a folder of ours would let a repository write elsewhere. */
static int check_folders(const struct filling *f, struct err *err)
{
	static const char *const folders[] = {".", "wheels", "python"};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		AUTO_TEXT char *path = i ? file_join(f->local, folders[i]) : xstrdup(f->local);
		struct stat st;

		if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode))
			return err_set(err, ERR_IO, "'%s' is in the way: it is no folder", path);
	}
	return 0;
}

int local_fill(const struct project *p, const struct plan *plan, const struct events *events, struct err *err)
{
	AUTO_TEXT char *out = file_join(p->dir, plan->out);
	__attribute__((cleanup(filling_clear))) struct filling f = {
		.p = p, .plan = plan, .local = file_join(out, RENDER_LOCAL)};

	event_say(events, EVENT_STEP, "build", "collecting files of directory sources");
	if (check_folders(&f, err) < 0 || sites_read(&p->manifest->sources, &f.sites, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->nvariants; i++)
		if (fill_packages(&f, &plan->variants[i], err) < 0 || fill_python(&f, &plan->variants[i], err) < 0)
			return -1;
	if (fill_ca(&f, err) < 0 || fill_pip(&f, err) < 0)
		return -1;
	if (sweep(&f, ".", err) < 0 || sweep(&f, "wheels", err) < 0 || sweep(&f, "python", err) < 0)
		return -1;
	return 0;
}
