#include "model/ref.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define HUB "docker.io"

static bool is_lower_hex(const char *text, size_t n)
{
	return strspn(text, "0123456789abcdef") == n && text[n] == '\0';
}

int digest_parse(const char *text, struct digest *ret, struct err *err)
{
	static const struct {
		const char *prefix;
		size_t digits;
	} algorithms[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (!str_starts(text, algorithms[i].prefix))
			continue;
		if (!is_lower_hex(text + strlen(algorithms[i].prefix), algorithms[i].digits))
			return err_set(err, ERR_INPUT,
				       "'%.160s' is not a digest: %zu lower-case hex digits belong behind '%s'", text,
				       algorithms[i].digits, algorithms[i].prefix);
		snprintf(ret->text, sizeof(ret->text), "%.143s", text);
		return 0;
	}
	return err_set(err, ERR_INPUT, "'%.160s' is not a digest (sha256:HEX or sha512:HEX)", text);
}

int digest_from_hex(const char *hex, struct digest *ret, struct err *err)
{
	if (!is_lower_hex(hex, 64))
		return err_set(err, ERR_INPUT, "'%.80s' is not a sha256: 64 lower-case hex digits belong there", hex);
	snprintf(ret->text, sizeof(ret->text), "sha256:%.64s", hex);
	return 0;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	return str_eq(a->text, b->text);
}

bool digest_is_set(const struct digest *d)
{
	return d->text[0] != '\0';
}

const char *digest_hex(const struct digest *d)
{
	const char *colon = strchr(d->text, ':');
	return colon ? colon + 1 : "";
}

bool ref_tag_valid(const char *tag)
{
	size_t n = 0;
	for (; tag[n]; n++)
		if (!str_is_alnum(tag[n]) && tag[n] != '_' && (n == 0 || (tag[n] != '.' && tag[n] != '-')))
			return false;
	return n > 0 && n <= REF_TAG_MAX;
}

static bool is_path_char(char c)
{
	return str_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* One component: [a-z0-9]+ with ".", "_", "__" or any number of "-" between. Returns its length, 0 if it is none. */
static size_t path_component(const char *at)
{
	size_t n = 0;
	while (is_path_char(at[n])) {
		while (is_path_char(at[n]))
			n++;
		size_t sep = 0;
		if (at[n] == '.')
			sep = 1;
		else if (at[n] == '_')
			sep = at[n + 1] == '_' ? 2 : 1;
		else
			sep = strspn(at + n, "-");
		if (!sep)
			return n;
		n += sep;
	}
	return 0;
}

static bool path_valid(const char *path)
{
	for (;;) {
		size_t n = path_component(path);
		if (!n || (path[n] && path[n] != '/'))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

/* Letters, digits and inner hyphens, separated by dots. Returns its length, 0 if it is none. */
static size_t host_name(const char *at)
{
	size_t n = 0;
	for (;;) {
		size_t start = n;
		while (str_is_alnum(at[n]) || at[n] == '-')
			n++;
		if (n == start || at[start] == '-' || at[n - 1] == '-')
			return 0;
		if (at[n] != '.')
			return n;
		n++;
	}
}

static bool domain_valid(const char *domain)
{
	size_t n;
	if (*domain == '[') {
		n = 1 + strspn(domain + 1, "0123456789abcdefABCDEF:");
		if (n == 1 || domain[n++] != ']')
			return false;
	} else {
		n = host_name(domain);
	}
	if (!n)
		return false;
	if (domain[n] == ':') {
		size_t digits = strspn(domain + n + 1, "0123456789");
		return digits > 0 && digits <= 5 && domain[n + 1 + digits] == '\0';
	}
	return domain[n] == '\0';
}

static bool has_upper(const char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			return true;
	return false;
}

/* Whether the part before the first slash is a host, by docker's rule; "" and "localhost" included. */
static bool is_domain(const char *first)
{
	return strpbrk(first, ".:[") || str_eq(first, "localhost") || has_upper(first);
}

/* Splits a complete name in place and fills domain and path. */
static const char *set_name(char *name, struct ref *r)
{
	char *slash = strchr(name, '/');
	const char *domain = HUB, *path = name, *library = "";
	if (slash) {
		*slash = '\0';
		if (is_domain(name)) {
			domain = str_eq(name, "index.docker.io") ? HUB : name;
			path = slash + 1;
		} else {
			*slash = '/';
		}
	}
	if (str_eq(domain, HUB) && !strchr(path, '/'))
		library = "library/";
	if (!domain_valid(domain))
		return "its host is not one";
	if (has_upper(path))
		return "the name of a repository is lower case";
	if (!path_valid(path))
		return "its name is not one of a repository";
	if (strlen(domain) + strlen(library) + strlen(path) + 1 > REF_NAME_MAX)
		return "its name is too long";
	snprintf(r->domain, sizeof(r->domain), "%s", domain);
	snprintf(r->path, sizeof(r->path), "%s%s", library, path);
	return NULL;
}

/* The tag's colon: the last one behind the last slash. */
static char *tag_colon(char *name)
{
	char *slash = strrchr(name, '/');
	return strrchr(slash ? slash : name, ':');
}

/* Fills all but the digest from NAME[:TAG], which is taken apart. */
static const char *set_name_and_tag(char *name, struct ref *r)
{
	char *colon = tag_colon(name);
	if (colon && *name == '[' && !strchr(name, '/'))
		colon = NULL;
	if (colon) {
		*colon = '\0';
		if (!ref_tag_valid(colon + 1))
			return "its tag is not one";
		snprintf(r->tag, sizeof(r->tag), "%s", colon + 1);
	}
	if (!*name)
		return "it has no name";
	if (strlen(name) == 64 && is_lower_hex(name, 64))
		return "64 hex digits are an image's id, not a name";
	return set_name(name, r);
}

int ref_parse(const char *text, struct ref *ret, struct err *err)
{
	struct ref r = {.tag = ""};
	if (!*text)
		return err_set(err, ERR_INPUT, "an image reference is empty");
	if (strlen(text) >= REF_TEXT)
		return err_set(err, ERR_INPUT, "'%.80s...' is not an image reference: it is too long", text);
	AUTO_TEXT char *name = xstrdup(text);
	char *at = strchr(name, '@');
	const char *slash = strchr(name, '/');
	if (at && slash && at < slash) /* which is shown to nobody */
		return err_set(err, ERR_INPUT, "an image reference must not hold a user or password");
	if (at) {
		*at = '\0';
		if (digest_parse(at + 1, &r.digest, err))
			return err_wrap(err, "'%.240s' is not an image reference", text);
	}
	const char *why = set_name_and_tag(name, &r);
	if (why)
		return err_set(err, ERR_INPUT, "'%.240s' is not an image reference: %s", text, why);
	*ret = r;
	return 0;
}

int ref_parse_repository(const char *text, struct ref *ret, struct err *err)
{
	struct ref r = {.tag = ""};
	if (ref_parse(text, &r, err))
		return -1;
	if (r.tag[0] || digest_is_set(&r.digest))
		return err_set(err, ERR_INPUT, "'%.240s' is not the name of a repository: it has a tag or a digest",
			       text);
	*ret = r;
	return 0;
}

int ref_with(const struct ref *repository, const char *tag, const struct digest *digest, struct ref *ret,
	     struct err *err)
{
	struct ref r = *repository;
	if (tag && !ref_tag_valid(tag))
		return err_set(err, ERR_INPUT, "'%.160s' is not a tag", tag);
	snprintf(r.tag, sizeof(r.tag), "%s", tag ? tag : "");
	r.digest = digest ? *digest : (struct digest){.text = ""};
	*ret = r;
	return 0;
}

bool ref_eq(const struct ref *a, const struct ref *b)
{
	return str_eq(a->domain, b->domain) && str_eq(a->path, b->path) && str_eq(a->tag, b->tag) &&
	       digest_eq(&a->digest, &b->digest);
}

static const char *format(const char *domain, const char *path, const struct ref *r, char into[REF_TEXT])
{
	snprintf(into, REF_TEXT, "%s%s%s%s%s%s%s", domain, *domain ? "/" : "", path, r->tag[0] ? ":" : "", r->tag,
		 digest_is_set(&r->digest) ? "@" : "", r->digest.text);
	return into;
}

const char *ref_text(const struct ref *r, char into[REF_TEXT])
{
	return format(r->domain, r->path, r, into);
}

/* Whether a path without its host would be taken for one with a host: docker.io/localhost/a. */
static bool is_ambiguous(const char *path)
{
	char first[REF_NAME_MAX + 1];
	size_t n = strcspn(path, "/");
	memcpy(first, path, n);
	first[n] = '\0';
	return path[n] == '/' && is_domain(first);
}

const char *ref_familiar(const struct ref *r, char into[REF_TEXT])
{
	bool hub = str_eq(r->domain, HUB);
	const char *path = r->path;
	if (hub && str_starts(path, "library/") && !strchr(path + strlen("library/"), '/'))
		path += strlen("library/");
	return format(hub && !is_ambiguous(path) ? "" : r->domain, path, r, into);
}

const char *ref_repository(const struct ref *r, char into[REF_TEXT])
{
	snprintf(into, REF_TEXT, "%s/%s", r->domain, r->path);
	return into;
}
