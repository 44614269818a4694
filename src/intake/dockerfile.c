#include "intake/dockerfile.h"

#include "base/str.h"
#include "intake/shell.h"

#include <string.h>

#define STAGES_MAX 200

struct reading {
	const char *at, *end;
	size_t line; /* of at */
	char escape;
	struct vars global;
	struct dockerfile *d;
};

void dockerfile_free(struct dockerfile *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++) {
		struct dockerfile_stage *s = &d->v[i];
		for (size_t k = 0; k < s->n; k++) {
			free(s->v[k].name);
			free(s->v[k].text);
		}
		free(s->name);
		free(s->image);
		free(s->platform);
		free(s->v);
		vars_clear(&s->args);
	}
	free(d->v);
	free(d);
}

/* --- lines ---------------------------------------------------------------------------------------------------------
 */

/* The next line without its end; false at the end of the file. */
static bool next_line(struct reading *r, const char **ret, size_t *ret_len)
{
	if (r->at >= r->end)
		return false;
	const char *to = memchr(r->at, '\n', (size_t)(r->end - r->at));
	size_t len = (size_t)((to ? to : r->end) - r->at);
	*ret = r->at;
	*ret_len = len && r->at[len - 1] == '\r' ? len - 1 : len;
	r->at = to ? to + 1 : r->end;
	r->line++;
	return true;
}

static bool is_comment(const char *line, size_t len)
{
	size_t i = 0;
	while (i < len && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i == len || line[i] == '#';
}

/* Adds a line; whether the next one belongs to it. */
static bool add_part(const struct reading *r, const char *line, size_t len, struct buf *into)
{
	size_t cut = len;
	while (cut && (line[cut - 1] == ' ' || line[cut - 1] == '\t'))
		cut--;
	bool goes_on = cut && line[cut - 1] == r->escape;
	buf_add(into, line, goes_on ? cut - 1 : len);
	return goes_on;
}

/* One instruction with its continued lines; comments and empty lines inside count as lines only. */
static bool next_logical(struct reading *r, struct buf *into, size_t *ret_line)
{
	const char *line;
	size_t len;
	bool goes_on = true;
	*ret_line = 0;
	while (goes_on && next_line(r, &line, &len)) {
		bool comment = is_comment(line, len);
		if (comment && !*ret_line)
			continue;
		if (!*ret_line)
			*ret_line = r->line;
		goes_on = comment || add_part(r, line, len, into);
		if (goes_on)
			buf_addc(into, SHELL_SOFT);
	}
	return *ret_line;
}

/* Whether what stands in front of a here-document is nothing, options of RUN, or a shell that reads it. */
static bool is_script(const char *text, size_t len)
{
	AUTO_STRV struct strv words = STRV_INIT;
	AUTO_TEXT char *before = xstrndup(text, len);
	strv_split(&words, before, " \t\002");
	bool ok = true;
	for (size_t i = 0; i < words.n; i++)
		ok = ok && (*words.v[i] == '-' || str_ends(words.v[i], "sh"));
	return ok;
}

/* Takes in the bodies of here-documents; that of a RUN without other words is its script. */
static void read_heredocs(struct reading *r, struct buf *text)
{
	const char *mark = strstr(buf_text(text), "<<");
	if (!mark)
		return;
	bool script = is_script(buf_text(text), (size_t)(mark - buf_text(text)));
	mark += 2;
	mark += *mark == '-';
	char quote = *mark == '\'' || *mark == '"' ? *mark : '\0';
	mark += quote != '\0';
	size_t len = 0;
	while (str_is_alnum(mark[len]) || mark[len] == '_')
		len++;
	if (!len)
		return;
	AUTO_TEXT char *end = xstrndup(mark, len);
	AUTO_BUF struct buf body = BUF_INIT;
	const char *line;
	size_t n;
	buf_addc(&body, '\n');
	while (next_line(r, &line, &n)) {
		while (n && *line == '\t') {
			line++;
			n--;
		}
		if (n == len && strncmp(line, end, len) == 0)
			break;
		buf_add(&body, line, n);
		buf_addc(&body, '\n');
	}
	if (script) {
		buf_clear(text);
		buf_add(text, body.data, body.len);
	}
}

/* "# escape=`" among the first lines. */
static void read_directive(struct reading *r)
{
	static const char escape[] = "escape=";
	AUTO_TEXT char *head = xstrndup(r->at, (size_t)(r->end - r->at) < 400 ? (size_t)(r->end - r->at) : 400);
	const char *found = *head == '#' ? strstr(head, escape) : NULL;
	r->escape = found && found[sizeof(escape) - 1] == '`' ? '`' : '\\';
}

/* --- stages --------------------------------------------------------------------------------------------------------
 */

static size_t stage_of(const struct dockerfile *d, const char *name)
{
	for (size_t i = d->n; i-- > 0;)
		if (*d->v[i].name && str_eq_case(d->v[i].name, name))
			return i;
	uint64_t number;
	return str_to_u64(name, 1000, &number) && number < d->n ? (size_t)number : DOCKERFILE_NONE;
}

static void start_stage(struct reading *r, const char *args, size_t line)
{
	static const char platform[] = "--platform=";
	struct dockerfile *d = r->d;
	AUTO_STRV struct strv words = STRV_INIT;
	AUTO_TEXT char *text = vars_text(&r->global, args);
	strv_split(&words, text, " \t\"\002");
	size_t at = words.n && str_starts(words.v[0], "--") ? 1 : 0;
	const char *image = at < words.n ? words.v[at] : "";
	const char *name = at + 2 < words.n && str_eq_case(words.v[at + 1], "as") ? words.v[at + 2] : "";
	struct dockerfile_stage s = {.name = xstrdup(name), .line = line, .parent = stage_of(d, image)};
	s.platform = at && str_starts(words.v[0], platform) ? xstrdup(words.v[0] + sizeof(platform) - 1) : NULL;
	s.image = xstrdup(s.parent == DOCKERFILE_NONE ? image : d->v[s.parent].image);
	strv_add_all(&s.args.v, &r->global.v);
	d->v = xreallocarray(d->v, d->n + 1, sizeof(*d->v));
	d->v[d->n++] = s;
}

static void add_step(struct reading *r, const char *name, const char *args, size_t line)
{
	struct dockerfile *d = r->d;
	if (str_eq(name, "FROM") || str_eq(name, "FROM:")) {
		start_stage(r, args, line);
	} else if (d->n) {
		struct dockerfile_stage *s = &d->v[d->n - 1];
		s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
		s->v[s->n++] = (struct dockerfile_step){.name = xstrdup(name), .text = xstrdup(args), .line = line};
	} else if (str_eq(name, "ARG")) {
		vars_read(&r->global, args, false, NULL);
	}
}

/* Singularity: the lines of %post, up to the next section, are one script. */
static void read_post(struct reading *r, size_t line)
{
	AUTO_BUF struct buf script = BUF_INIT;
	const char *text;
	size_t len;
	while (r->at < r->end && *r->at != '%' && next_line(r, &text, &len)) {
		bool goes_on = len && text[len - 1] == '\\';
		buf_add(&script, text, goes_on ? len - 1 : len);
		buf_addc(&script, goes_on ? SHELL_SOFT : '\n');
	}
	add_step(r, "RUN", buf_text(&script), line + 1);
}

static void read_step(struct reading *r, struct buf *text, size_t line)
{
	AUTO_BUF struct buf name = BUF_INIT;
	const char *at = buf_text(text);
	while (*at == ' ' || *at == '\t')
		at++;
	while (*at && !strchr(" \t\002", *at))
		buf_addc(&name, str_upper(*at++));
	while (*at == ' ' || *at == '\t')
		at++;
	AUTO_BUF struct buf args = BUF_INIT;
	buf_adds(&args, at);
	if (str_eq(buf_text(&name), "RUN") || str_eq(buf_text(&name), "COPY"))
		read_heredocs(r, &args);
	if (str_eq(buf_text(&name), "%POST"))
		read_post(r, line);
	else
		add_step(r, buf_text(&name), buf_text(&args), line);
}

/* Marks the stages that stage i is made of. */
static void mark(struct dockerfile *d, size_t i)
{
	static const char from[] = "--from=";
	if (i == DOCKERFILE_NONE || d->v[i].counts)
		return;
	struct dockerfile_stage *s = &d->v[i];
	s->counts = true;
	mark(d, s->parent);
	for (size_t k = 0; k < s->n; k++) {
		const char *at = str_eq(s->v[k].name, "COPY") ? strstr(s->v[k].text, from) : NULL;
		if (!at)
			continue;
		at += sizeof(from) - 1;
		AUTO_TEXT char *name = xstrndup(at, strcspn(at, " \t\002"));
		size_t other = stage_of(d, name);
		if (other < i)
			mark(d, other);
	}
}

int dockerfile_read(struct blob text, struct dockerfile **ret, struct err *err)
{
	AUTO(dockerfile) struct dockerfile *d = xcalloc(1, sizeof(*d));
	struct reading r = {.at = text.data, .end = text.data + text.len, .d = d};
	read_directive(&r);
	for (;;) {
		AUTO_BUF struct buf line = BUF_INIT;
		size_t number;
		if (!next_logical(&r, &line, &number))
			break;
		read_step(&r, &line, number);
	}
	vars_clear(&r.global);
	if (!d->n)
		return err_set(err, ERR_INPUT, "%s: no FROM: this is no Dockerfile", text.name);
	if (d->n > STAGES_MAX)
		return err_set(err, ERR_INPUT, "%s: more than %d stages", text.name, STAGES_MAX);
	mark(d, d->n - 1);
	*ret = TAKE(d);
	return 0;
}
