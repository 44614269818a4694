#include "model/manifest_plain.h"

#include "base/str.h"

#include <string.h>

#define LOWER  "abcdefghijklmnopqrstuvwxyz0123456789"
#define ALNUM  LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ID_LEN 64

bool mplain_name(const char *text)
{
	return *text != '\0' && text[strspn(text, LOWER)] == '\0';
}

bool mplain_image(const char *text)
{
	if (strlen(text) >= ID_LEN)
		return false;
	for (;;) {
		size_t run = strspn(text, LOWER);
		if (run == 0)
			return false;
		text += run;
		if (*text == '\0')
			return true;
		if (!strchr("./-", *text++))
			return false;
	}
}

bool mplain_file(const char *text)
{
	if (!str_is_alnum(*text) && *text != '_')
		return false;
	text += strspn(text, ALNUM "_.-");
	return text[*text == '/'] == '\0';
}

bool mplain_workdir(const char *text)
{
	return *text == '/' && mplain_file(text + 1);
}

bool mplain_folder(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && *text != '-' && *text != ' ' && text[len - 1] != ' ' && !strchr(text, ':');
}

bool mplain_place(const char *text)
{
	return mplain_folder(text) || (str_starts(text, "https://") && mplain_image(text + 8));
}

static const char *skip_operator(const char *text)
{
	if (strchr("=!<>~", *text) && text[1] == '=')
		return text + 2;
	return *text == '<' || *text == '>' ? text + 1 : text;
}

bool mplain_range(const char *text)
{
	text = *text ? skip_operator(text) : text;
	size_t major = strspn(text, "0123456789");
	if (major < 1 || major > 2 || *text == '0' || text[major] != '.')
		return false;
	text += major + 1;
	size_t minor = strspn(text, "0123456789");
	return minor >= 1 && minor <= 3 && text[minor] == '\0';
}

bool mplain_requirement(const char *text)
{
	size_t name = strspn(text, ALNUM "_");
	if (!str_is_alnum(*text) || !str_is_alnum(text[name - 1]))
		return false;
	text += name;
	if (*text == '\0')
		return true;
	const char *version = skip_operator(text);
	return version > text && *version != '\0' && version[strspn(version, "0123456789.")] == '\0';
}

bool mplain_word(const char *text)
{
	return *text != '\0' && !str_is_digit(*text) && text[strspn(text, ALNUM "_")] == '\0';
}
