#include "source/netrc.h"

#include "adapt/http_url.h"
#include "base/file.h"
#include "base/str.h"

#include <string.h>

#define NETRC_MAX (256 * 1024)

struct words {
	const char *at, *end;
};

/* The next word, quoted ones without their quotes; NULL at the end. The caller's. */
static char *next_word(struct words *w)
{
	while (w->at < w->end && strchr(" \t\r\n", *w->at))
		w->at++;
	if (w->at == w->end)
		return NULL;
	AUTO_BUF struct buf out = BUF_INIT;
	if (*w->at != '"') {
		while (w->at < w->end && !strchr(" \t\r\n", *w->at))
			buf_addc(&out, *w->at++);
		return buf_take(&out);
	}
	for (w->at++; w->at < w->end && *w->at != '"'; w->at++) {
		if (*w->at == '\\' && w->at + 1 < w->end)
			w->at++;
		buf_addc(&out, *w->at);
	}
	if (w->at < w->end)
		w->at++;
	return buf_take(&out);
}

static void skip_line(struct words *w)
{
	while (w->at < w->end && *w->at != '\n')
		w->at++;
}

/* A macro's body ends at an empty line. */
static void skip_macro(struct words *w)
{
	const char *end = memmem(w->at, (size_t)(w->end - w->at), "\n\n", 2);
	w->at = end ? end : w->end;
}

static void replace(char **into, char *with)
{
	free(*into);
	*into = with;
}

/* One entry being read. */
struct entry {
	const char *host;
	bool mine, over; /* it is the host's; the next one has begun behind it */
	char *login, *password;
};

static void read_word(struct words *w, const char *word, struct entry *e)
{
	bool machine = str_eq(word, "machine");
	if (word[0] == '#') {
		skip_line(w);
	} else if (str_eq(word, "macdef")) {
		skip_macro(w);
	} else if (e->mine && (machine || str_eq(word, "default"))) {
		e->over = true;
	} else if (!str_eq(word, "default")) {
		AUTO_TEXT char *value = next_word(w);
		if (machine)
			e->mine = value && str_eq_case(value, e->host);
		else if (e->mine && str_eq(word, "login"))
			replace(&e->login, TAKE(value));
		else if (e->mine && str_eq(word, "password"))
			replace(&e->password, TAKE(value));
	}
}

bool netrc_search(struct blob file, const char *host, char **user, char **password)
{
	struct words w = {.at = file.data, .end = file.data + strlen(file.data)};
	struct entry e = {.host = host};
	for (char *word; !e.over && (word = next_word(&w)) != NULL; free(word))
		read_word(&w, word, &e);
	if (!e.login && !e.password)
		return false;
	*user = e.login ? e.login : xstrdup("");
	*password = e.password ? e.password : xstrdup("");
	return true;
}

char *netrc_path(void)
{
	const char *named = getenv("NETRC"), *home = getenv("HOME");
	if (named && *named)
		return xstrdup(named);
	return home && *home ? file_join(home, ".netrc") : NULL;
}

void netrc_find(const char *url, char **user, char **password)
{
	struct err err = ERR_INIT;
	AUTO(http_url) struct http_url *u = NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *path = netrc_path();
	/* a netrc file that cannot be read is like none: what it would be needed for then says 401 */
	if (path && http_url_parse(url, &u, &err) == 0 && !u->user &&
	    (str_eq(u->scheme, "https") || http_host_reach(u->host) == HTTP_REACH_LOOPBACK) &&
	    file_read_if_there(path, NETRC_MAX, &text, &err) == 0) {
		char *name = NULL, *secret = NULL;
		if (netrc_search(buf_blob(&text, path), u->host, &name, &secret)) {
			*user = name;
			*password = secret;
		}
	}
	err_clear(&err);
}
