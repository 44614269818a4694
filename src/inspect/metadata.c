#include "inspect/metadata.h"

#include "base/str.h"

#include <string.h>

enum { VALUE_MAX = 4096 };

/* The line at *at without its end; *at moves behind it. False at the end of text. */
static bool next_line(struct blob text, size_t *at, struct blob *ret)
{
	const char *from, *end;
	size_t len;

	if (*at >= text.len)
		return false;
	from = text.data + *at;
	end = memchr(from, '\n', text.len - *at);
	len = end ? (size_t)(end - from) : text.len - *at;
	*at += len + (end != NULL);
	if (len > 0 && from[len - 1] == '\r')
		len--;
	*ret = (struct blob){.name = text.name, .data = from, .len = len};
	return true;
}

static struct blob trimmed(struct blob b)
{
	while (b.len > 0 && (b.data[0] == ' ' || b.data[0] == '\t')) {
		b.data++;
		b.len--;
	}
	while (b.len > 0 && (b.data[b.len - 1] == ' ' || b.data[b.len - 1] == '\t'))
		b.len--;
	return b;
}

static char *copy(struct blob b)
{
	return xstrndup(b.data, b.len < VALUE_MAX ? b.len : VALUE_MAX);
}

static bool is_field(struct blob line, const char *name, struct blob *ret)
{
	size_t len = strlen(name);

	if (line.len <= len || memcmp(line.data, name, len) != 0 || line.data[len] != ':')
		return false;
	*ret = trimmed((struct blob){.name = line.name, .data = line.data + len + 1, .len = line.len - len - 1});
	return true;
}

char *metadata_field(struct blob text, const char *name)
{
	struct blob line, value;

	for (size_t at = 0; next_line(text, &at, &line) && line.len > 0;)
		if (is_field(line, name, &value))
			return copy(value);
	return NULL;
}

void metadata_fields(struct blob text, const char *name, struct strv *into)
{
	enum { FIELDS_MAX = 64 };
	struct blob line, value;

	for (size_t at = 0; into->n < FIELDS_MAX && next_line(text, &at, &line) && line.len > 0;)
		if (is_field(line, name, &value))
			strv_own(into, copy(value));
}

char *metadata_name(const char *name)
{
	char *low = str_lowered(name);

	for (char *c = low; *c; c++)
		if (*c == '-' || *c == '.')
			*c = '_';
	return low;
}

/* What is quoted behind the "=" of a line that begins with the name. */
static char *assigned(struct blob line, size_t name_len)
{
	struct blob rest = trimmed((struct blob){.data = line.data + name_len, .len = line.len - name_len});
	const char *equals = memchr(rest.data, '=', rest.len), *end;

	if (rest.len == 0 || !equals || (rest.data[0] != '=' && rest.data[0] != ':'))
		return NULL;
	rest = trimmed((struct blob){.data = equals + 1, .len = rest.len - (size_t)(equals + 1 - rest.data)});
	if (rest.len < 2 || (rest.data[0] != '\'' && rest.data[0] != '"'))
		return NULL;
	end = memchr(rest.data + 1, rest.data[0], rest.len - 1);
	return end ? copy((struct blob){.data = rest.data + 1, .len = (size_t)(end - rest.data) - 1}) : NULL;
}

char *metadata_assigned(struct blob text, const char *name)
{
	size_t len = strlen(name);
	struct blob line;

	for (size_t at = 0; next_line(text, &at, &line);)
		if (line.len > len && memcmp(line.data, name, len) == 0) {
			char *value = assigned(line, len);

			if (value)
				return value;
		}
	return NULL;
}

/* The path of a row, its quotes taken off; how many bytes of the line it took. */
static size_t row_path(struct blob line, struct buf *path)
{
	size_t i = 0;

	if (line.data[0] != '"') {
		const char *comma = memchr(line.data, ',', line.len);

		i = comma ? (size_t)(comma - line.data) : line.len;
		buf_add(path, line.data, i);
		return i;
	}
	for (i = 1; i < line.len; i++) {
		if (line.data[i] == '"' && i + 1 < line.len && line.data[i + 1] == '"')
			i++;
		else if (line.data[i] == '"')
			return i + 1;
		buf_addc(path, line.data[i]);
	}
	return i;
}

bool record_next(struct blob text, size_t *at, struct record_row *ret)
{
	struct blob line;

	while (next_line(text, at, &line)) {
		AUTO_BUF struct buf path = BUF_INIT;
		AUTO_TEXT char *size = NULL;
		const char *comma;
		size_t used;

		if (line.len == 0 || line.len > VALUE_MAX || memchr(line.data, '\0', line.len))
			continue;
		used = row_path(line, &path);
		if (path.len == 0)
			continue;
		*ret = (struct record_row){.path = buf_take(&path)};
		comma = memrchr(line.data + used, ',', line.len - used);
		size = comma ? xstrndup(comma + 1, line.len - (size_t)(comma + 1 - line.data)) : NULL;
		ret->has_size = size && str_to_u64(size, UINT64_MAX, &ret->size);
		return true;
	}
	return false;
}
