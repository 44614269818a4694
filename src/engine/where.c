#include "engine/where.h"

#include "base/str.h"

#include <string.h>

/* An instruction of a Dockerfile, its continuation lines joined. */
struct instruction {
	unsigned line;
	struct buf text;
};

/* The step that is looked for. */
struct step {
	char stage[128]; /* "" where the Dockerfile has one stage only */
	uint64_t number; /* from 1 */
	const char *text;
};

/* Reads "[STAGE 2/4] TEXT", "[2/4] TEXT", "[linux/amd64 STAGE 2/4] TEXT". */
static bool step_parse(const char *name, struct step *ret)
{
	const char *close = name[0] == '[' ? strchr(name, ']') : NULL;
	AUTO_STRV struct strv words = STRV_INIT;
	uint64_t total;

	if (!close || close - name > 300)
		return false;
	AUTO_TEXT char *inside = xstrndup(name + 1, (size_t)(close - name - 1));

	strv_split(&words, inside, " ");
	if (words.n == 0)
		return false;
	const char *at = words.v[words.n - 1], *stage = words.n > 1 ? words.v[words.n - 2] : "";

	if (!str_scan_u64(&at, 100000, &ret->number) || *at++ != '/' || !str_to_u64(at, 100000, &total))
		return false;
	if (strlen(stage) >= sizeof(ret->stage))
		return false;
	if (!strchr(stage, '/')) /* else it is the platform */
		memcpy(ret->stage, stage, strlen(stage) + 1);
	ret->text = close + 1 + (close[1] == ' ');
	return true;
}

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

static bool is_comment(const char *line, size_t len)
{
	size_t i = 0;

	while (i < len && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i < len && line[i] == '#';
}

/* Appends a line to the instruction, without the blanks at its end. Whether the next line goes on with it. */
static bool instruction_add(struct instruction *in, const char *line, size_t len)
{
	while (len > 0 && is_blank(line + len - 1, 1))
		len--;
	bool open = len > 0 && line[len - 1] == '\\';

	buf_add(&in->text, line, len - open);
	return open;
}

/* Reads the instruction that begins at *at, moving it and *line behind. False at the end. */
static bool instruction_next(const char **at, const char *end, unsigned *line, struct instruction *ret)
{
	bool open = false;

	buf_cut(&ret->text, 0);
	while (*at < end) {
		const char *here = *at, *stop = memchr(here, '\n', (size_t)(end - here));
		size_t len = (size_t)((stop ? stop : end) - here);

		*at = stop ? stop + 1 : end;
		++*line;
		if (is_blank(here, len) || is_comment(here, len))
			continue;
		if (!open)
			ret->line = *line;
		open = instruction_add(ret, here, len);
		if (!open)
			return true;
	}
	return open;
}

static const char *instruction_text(const struct instruction *in)
{
	const char *text = buf_text(&in->text);

	return text + strspn(text, " \t");
}

/* Whether text begins with that word, in any case, and a blank. */
static bool is_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < len; i++)
		if (str_upper(text[i]) != word[i])
			return false;
	return text[len] == ' ' || text[len] == '\t';
}

static bool is_counted(const char *text)
{
	return is_word(text, "RUN") || is_word(text, "COPY") || is_word(text, "ADD") || is_word(text, "WORKDIR");
}

/* Where the reading is: stage and step. */
struct place {
	unsigned stages; /* seen so far */
	char stage[128];
	uint64_t number;
	struct strv names; /* of the stages */
};

/* A FROM begins a stage, whose first step it is unless its base is a stage or nothing. */
static bool place_from(struct place *p, const char *text)
{
	AUTO_STRV struct strv words = STRV_INIT;
	size_t base = 1;

	strv_split(&words, text, " \t");
	while (base < words.n && str_starts(words.v[base], "--"))
		base++;
	AUTO_TEXT char *from = base < words.n ? str_lowered(words.v[base]) : NULL;
	AUTO_TEXT char *name = base + 2 < words.n && str_eq_case(words.v[base + 1], "as")
				       ? str_lowered(words.v[base + 2])
				       : xasprintf("stage-%u", p->stages);
	bool counted = from && !str_eq(from, "scratch") && !strv_has(&p->names, from);

	p->stages++;
	p->number = counted ? 1 : 0;
	p->stage[0] = '\0';
	if (strlen(name) < sizeof(p->stage))
		memcpy(p->stage, name, strlen(name) + 1);
	strv_add(&p->names, name);
	return counted;
}

/* The same text but for white space. */
static bool same_words(const char *a, const char *b)
{
	for (;;) {
		while (*a == ' ' || *a == '\t')
			a++;
		while (*b == ' ' || *b == '\t')
			b++;
		if (*a != *b)
			return false;
		if (!*a)
			return true;
		a++, b++;
	}
}

static bool same_instruction(const char *a, const char *b)
{
	size_t len = strcspn(a, " \t");

	for (size_t i = 0; i < len; i++)
		if (str_upper(a[i]) != str_upper(b[i]))
			return false;
	return b[len] == ' ' || b[len] == '\t';
}

/* Moves the place to an instruction. Whether it is a step. */
static bool place_move(struct place *p, const char *text)
{
	if (is_word(text, "FROM"))
		return place_from(p, text);
	if (!is_counted(text))
		return false;
	p->number++;
	return true;
}

/* What the search has found. */
struct found {
	unsigned both, text, place; /* lines where place and text, or one of them, are the step's */
};

static void found_look(struct found *f, const struct step *want, const struct place *p, const struct instruction *in)
{
	const char *text = instruction_text(in);
	bool place = p->number == want->number, same = same_words(text, want->text);

	if (want->stage[0] && !str_eq_case(want->stage, p->stage))
		return;
	if (place && same)
		f->both = in->line;
	else if (same)
		f->text = in->line;
	else if (place && same_instruction(text, want->text))
		f->place = in->line;
}

unsigned where_line(struct blob dockerfile, const char *step)
{
	struct step want = {.number = 0};
	struct place p = {.stages = 0};
	struct instruction in = {.line = 0};
	struct found f = {.both = 0};
	const char *at = dockerfile.data, *end = at + dockerfile.len;
	unsigned line = 0;

	if (!step_parse(step, &want))
		return 0;
	while (!f.both && instruction_next(&at, end, &line, &in))
		if (place_move(&p, instruction_text(&in)))
			found_look(&f, &want, &p, &in);
	buf_clear(&in.text);
	strv_clear(&p.names);
	if (f.both)
		return f.both;
	return f.text ? f.text : f.place;
}
