#include "intake/recipe.h"

#include "base/str.h"
#include "intake/envfile.h"
#include "intake/execform.h"
#include "intake/interpreter.h"
#include "intake/pipline.h"
#include "intake/shell.h"

#include <string.h>

#define INSTALLS_MAX 400
#define FILES_MAX    20

struct following {
	struct recipe *r;
	const char *file;
	const struct recipe_files *files;
	size_t base;	    /* of the stage at hand */
	struct strv copied; /* "SOURCE\nDESTINATION" of COPY */
	unsigned nfiles;
};

void recipe_free(struct recipe *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nbases; i++) {
		free(r->bases[i].image);
		free(r->bases[i].platform);
	}
	for (size_t i = 0; i < r->n; i++) {
		struct recipe_install *v = &r->v[i];
		free(v->spec);
		free(v->url);
		free(v->arch_list);
		free(v->file);
		strv_clear(&v->links);
		strv_clear(&v->indexes);
	}
	free(r->bases);
	free(r->v);
	free(r->python);
	free(r->conda_cuda);
	strv_clear(&r->missing);
	free(r);
}

/* --- what is installed ---------------------------------------------------------------------------------------------
 */

static void add_install(struct following *f, const struct pipline *p, const struct requirement *q, const char *file,
			size_t line)
{
	struct recipe *r = f->r;
	if (q->pkg == PKG__MAX || r->n >= INSTALLS_MAX)
		return;
	r->v = xreallocarray(r->v, r->n + 1, sizeof(*r->v));
	struct recipe_install *v = &r->v[r->n++];
	*v = (struct recipe_install){.pkg = q->pkg,
				     .spec = xstrdup(q->spec),
				     .url = xstrdup(q->url),
				     .conda = p->conda,
				     .no_index = p->no_index,
				     .no_isolation = p->no_isolation,
				     .force_cuda = p->force_cuda,
				     .upgrade = p->upgrade,
				     .arch_list = xstrdup(p->arch_list),
				     .base = f->base,
				     .file = xstrdup(file),
				     .line = line};
	strv_add_all(&v->links, &p->links);
	strv_add_all(&v->indexes, &p->indexes);
}

/* The place in the build context of a file that a command names inside the image; the caller's. */
static char *context_path(const struct following *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	for (size_t i = f->copied.n; i-- > 0;) {
		const char *from = f->copied.v[i];
		size_t len = strcspn(from, "\n");
		AUTO_TEXT char *source = xstrndup(from, len);
		const char *last = strrchr(source, '/');
		last = last ? last + 1 : source;
		const char *to = strrchr(from + len + 1, '/');
		to = to ? to + 1 : from + len + 1;
		if (str_eq(last, name) || str_eq(to, name))
			return xstrdup(source);
	}
	while (*path == '/' || str_starts(path, "./"))
		path += *path == '/' ? 1 : 2;
	return xstrdup(*path ? path : name);
}

/* python=3.8, cudatoolkit=11.1 and pytorch-cuda=11.8 of conda, and the CUDA in a build's name
 * (pytorch=1.12.1=py3.8_cuda11.3_cudnn8.3.2_0). */
static void read_conda(struct following *f, const struct requirement *q, size_t line)
{
	static const char word[] = "_cuda";
	const char *build = q->pkg == PKG_TORCH ? strstr(q->spec, word) : NULL;
	AUTO_TEXT char *its =
		build ? xstrndup(build + strlen(word), strspn(build + strlen(word), "0123456789.")) : NULL;
	const char *version = its ? its : q->spec + strspn(q->spec, "=<>~! ");
	char **field = str_eq(q->name, "python")						  ? &f->r->python
		       : its || str_eq(q->name, "cudatoolkit") || str_eq(q->name, "pytorch-cuda") ? &f->r->conda_cuda
												  : NULL;
	if (!field || !*version)
		return;
	free(*field);
	*field = xstrdup(version);
	if (field == &f->r->conda_cuda)
		f->r->conda_line = line;
}

/* The bytes of a file of the context; false, and a note, where it is not there. *place is the caller's. */
static bool bring_file(struct following *f, const char *path, char **place, struct buf *text)
{
	*place = context_path(f, path);
	const char *slash = strrchr(*place, '/');
	if (f->nfiles++ >= FILES_MAX || vars_unknown(*place))
		return false;
	if (f->files->read(f->files->self, *place, text) || (slash && f->files->read(f->files->self, slash + 1, text)))
		return true;
	strv_add_once(&f->r->missing, path);
	return false;
}

static void read_file(struct following *f, const struct pipline *from, const char *path);

/* What a requirement file says, by the command that named it. */
static void add_reqfile(struct following *f, const struct pipline *from, const struct reqfile *q, const char *place)
{
	struct pipline p = *from;
	p.links = p.indexes = p.files = p.environments = (struct strv){.v = NULL};
	strv_add_all(&p.links, &from->links);
	strv_add_all(&p.links, &q->links);
	strv_add_all(&p.indexes, &from->indexes);
	strv_add_all(&p.indexes, &q->indexes);
	p.no_index = p.no_index || q->no_index;
	for (size_t i = 0; i < q->n; i++) {
		if (p.conda)
			read_conda(f, &q->v[i], q->v[i].line);
		add_install(f, &p, &q->v[i], place, q->v[i].line);
	}
	for (size_t i = 0; i < q->files.n; i++)
		read_file(f, &p, q->files.v[i]);
	strv_clear(&p.links);
	strv_clear(&p.indexes);
}

static void read_file(struct following *f, const struct pipline *from, const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *place = NULL;
	struct reqfile q = {.v = NULL};
	if (!bring_file(f, path, &place, &text))
		return;
	reqfile_read(buf_blob(&text, place), &q);
	add_reqfile(f, from, &q, place);
	reqfile_clear(&q);
}

/* conda's environment.yml: what conda installs, then what pip does. */
static void read_environment(struct following *f, const struct pipline *from, const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *place = NULL;
	struct envfile e = {.conda = {.v = NULL}};
	if (!bring_file(f, path, &place, &text))
		return;
	envfile_read(buf_blob(&text, place), &e);
	struct pipline pip = *from;
	pip.conda = false;
	add_reqfile(f, from, &e.conda, place);
	add_reqfile(f, &pip, &e.pip, place);
	envfile_clear(&e);
}

static void on_command(void *self, const struct shell_command *c, const struct vars *vars)
{
	struct following *f = self;
	struct pipline p;
	char *python = interpreter_named(c);
	if (python) {
		free(f->r->python);
		f->r->python = python;
	}
	if (!pipline_read(c, vars, &p))
		return;
	for (size_t i = 0; i < p.nwords; i++) {
		struct requirement q;
		if (!requirement_read(p.words[i].text, p.words[i].line, &q))
			continue;
		if (p.conda)
			read_conda(f, &q, q.line);
		add_install(f, &p, &q, f->file, q.line);
		if (q.pkg != PKG__MAX && f->r->n)
			f->r->v[f->r->n - 1].redirected = p.words[i].redirected;
		requirement_clear(&q);
	}
	for (size_t i = 0; i < p.files.n; i++)
		read_file(f, &p, p.files.v[i]);
	for (size_t i = 0; i < p.environments.n; i++)
		read_environment(f, &p, p.environments.v[i]);
	pipline_clear(&p);
}

/* --- instructions --------------------------------------------------------------------------------------------------
 */

static void note_copy(struct following *f, const char *text, const struct vars *vars)
{
	AUTO_STRV struct strv words = STRV_INIT;
	AUTO_TEXT char *plain = vars_text(vars, text);
	strv_split(&words, plain, " \t\002[],\"");
	for (size_t i = 0; i + 1 < words.n && f->copied.n < 1000; i++)
		if (!str_starts(words.v[i], "--"))
			strv_addf(&f->copied, "%s\n%s", words.v[i], words.v[words.n - 1]);
}

static void on_step(struct following *f, const struct dockerfile_stage *s, const struct dockerfile_step *step,
		    struct vars *vars)
{
	if (str_eq(step->name, "ARG") || str_eq(step->name, "ENV")) {
		vars_read(vars, step->text, str_eq(step->name, "ENV"), &s->args);
	} else if (str_eq(step->name, "COPY") || str_eq(step->name, "ADD")) {
		note_copy(f, step->text, vars);
	} else if (str_eq(step->name, "RUN")) {
		struct vars own = {.v = STRV_INIT};
		strv_add_all(&own.v, &vars->v);
		const char *text = step->text;
		while (str_starts(text, "--"))
			text += strcspn(text, " \t\002"), text += strspn(text, " \t\002");
		AUTO_BUF struct buf plain = BUF_INIT;
		bool exec = execform_read(text, &plain);
		shell_read(exec ? buf_text(&plain) : text, step->line, &own, on_command, f);
		vars_clear(&own);
	}
}

static void add_base(struct following *f, const struct dockerfile *d, size_t stage)
{
	size_t root = stage;
	while (d->v[root].parent != DOCKERFILE_NONE)
		root = d->v[root].parent;
	struct recipe *r = f->r;
	r->bases = xreallocarray(r->bases, r->nbases + 1, sizeof(*r->bases));
	r->bases[r->nbases] = (struct recipe_base){
		.image = xstrdup(d->v[root].image), .platform = xstrdup(d->v[root].platform), .line = d->v[root].line};
	f->base = r->nbases++;
}

/* The variables at the end of a stage's parents, so far as their instructions set them. */
static void inherit(const struct dockerfile *d, size_t stage, struct vars *vars)
{
	size_t parent = d->v[stage].parent;
	if (parent == DOCKERFILE_NONE)
		return;
	inherit(d, parent, vars);
	for (size_t i = 0; i < d->v[parent].n; i++)
		if (str_eq(d->v[parent].v[i].name, "ENV"))
			vars_read(vars, d->v[parent].v[i].text, true, &d->v[parent].args);
}

struct recipe *recipe_of(const struct dockerfile *d, const char *file, const struct recipe_files *files)
{
	struct following f = {.r = xcalloc(1, sizeof(struct recipe)), .file = file, .files = files};
	for (size_t i = 0; i < d->n; i++) {
		const struct dockerfile_stage *s = &d->v[i];
		struct vars vars = {.v = STRV_INIT};
		if (!s->counts)
			continue;
		add_base(&f, d, i);
		inherit(d, i, &vars);
		for (size_t k = 0; k < s->n; k++)
			on_step(&f, s, &s->v[k], &vars);
		vars_clear(&vars);
	}
	strv_clear(&f.copied);
	return f.r;
}
