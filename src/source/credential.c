#include "source/credential.h"

#include "adapt/json.h"
#include "adapt/process.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/str.h"
#include "source/patience.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX       (1u << 20)
#define HELPER_OUT_MAX 65536
#define HUB_KEY	       "https://index.docker.io/v1/"

void credential_free(struct credential *c)
{
	if (!c)
		return;
	free(c->user);
	free(c->password);
	free(c->identity_token);
	free(c->registry_token);
	free(c->trouble);
	free(c->warning);
	free(c->from);
	free(c);
}

/* --- keys --- */

static const char *without_scheme(const char *key)
{
	const char *at = strstr(key, "://");
	return at ? at + 3 : key;
}

static void cut_end(char *text, const char *end)
{
	if (str_ends(text, end))
		text[strlen(text) - strlen(end)] = '\0';
}

size_t credential_key_matches(const char *key, const char *domain, const char *path)
{
	AUTO_TEXT char *plain = str_lowered(without_scheme(key));
	AUTO_TEXT char *host = str_lowered(domain), *whole = xasprintf("%s/%s", host, path);
	cut_end(plain, "/");
	cut_end(plain, "/v1");
	cut_end(plain, "/v2");
	if (str_eq(plain, "index.docker.io") || str_eq(plain, "registry-1.docker.io"))
		memcpy(plain, "docker.io", sizeof("docker.io"));
	size_t len = strlen(plain);
	if (len < strlen(domain) || strncmp(plain, whole, len) != 0)
		return 0;
	return whole[len] == '\0' || whole[len] == '/' ? len : 0;
}

/* The member of obj whose key matches best. */
static struct jval best(struct jval obj, const char *domain, const char *path)
{
	struct jval it = {.doc = NULL}, found = {.doc = NULL};
	size_t longest = 0;
	while (jval_next(obj, &it)) {
		size_t n = credential_key_matches(it.key, domain, path);
		if (n > longest) {
			longest = n;
			found = it;
		}
	}
	return found;
}

/* --- one file --- */

static bool split_auth(const char *auth, struct credential *into)
{
	AUTO_BUF struct buf plain = BUF_INIT;
	if (!base64_decode(&plain, auth))
		return false;
	const char *text = buf_text(&plain), *colon = strchr(text, ':');
	if (!colon)
		return false;
	into->user = xstrndup(text, (size_t)(colon - text));
	into->password = xstrdup(colon + 1); /* trailing NULs end the text */
	return true;
}

static char *unless_empty(const char *text)
{
	return text && *text ? xstrdup(text) : NULL;
}

/* *into is set only where the whole entry is good. */
static int read_entry(struct jval entry, struct credential *into, struct err *err)
{
	const char *auth = NULL, *user = NULL, *password = "", *identity = NULL, *token = NULL;
	if (jval_want(entry, JDOC_OBJECT, err) < 0 || jval_text_opt(entry, "auth", &auth, err) < 0 ||
	    jval_text_opt(entry, "username", &user, err) < 0 || jval_text_opt(entry, "password", &password, err) < 0 ||
	    jval_text_opt(entry, "identitytoken", &identity, err) < 0 ||
	    jval_text_opt(entry, "registrytoken", &token, err) < 0)
		return -1;
	for (const char *c = token ? token : ""; *c; c++)
		if (*c <= ' ' || *c == 0x7f)
			return jval_fail(entry, err, "'registrytoken' fits in no header");
	if (auth && *auth) {
		if (!split_auth(auth, into))
			return jval_fail(entry, err, "'auth' is not base64 of user:password");
	} else if ((into->user = unless_empty(user)) != NULL) {
		into->password = xstrdup(password);
	}
	into->identity_token = unless_empty(identity);
	into->registry_token = unless_empty(token);
	return into->user || into->identity_token || into->registry_token ? 1 : 0;
}

static int search(struct jval root, const char *domain, const char *path, struct credential *into, char **helper,
		  struct err *err)
{
	struct jval helpers, auths;
	const char *store = NULL, *named = NULL;
	if (jval_want(root, JDOC_OBJECT, err) < 0 ||
	    jval_get_opt(root, "credHelpers", JDOC_OBJECT, &helpers, err) < 0 ||
	    jval_get_opt(root, "auths", JDOC_OBJECT, &auths, err) < 0 ||
	    jval_text_opt(root, "credsStore", &store, err) < 0)
		return -1;
	if (jval_is_there(helpers)) {
		struct jval it = best(helpers, domain, "");
		if (jval_is_there(it) && jval_as_text(it, &named, err) < 0)
			return -1;
	}
	if (!named)
		named = store;
	if (named && *named) {
		*helper = xstrdup(named);
		return 1;
	}
	struct jval entry = {.doc = NULL};
	if (jval_is_there(auths))
		entry = best(auths, domain, path);
	return jval_is_there(entry) ? read_entry(entry, into, err) : 0;
}

/* A .dockercfg holds its entries without anything around them. */
static int search_old(struct jval root, const char *domain, const char *path, struct credential *into, struct err *err)
{
	if (jval_want(root, JDOC_OBJECT, err) < 0)
		return -1;
	struct jval entry = best(root, domain, path);
	return jval_is_there(entry) ? read_entry(entry, into, err) : 0;
}

int credential_search(struct blob file, const char *domain, const char *path, struct credential *into, char **helper,
		      char **trouble)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct err err = ERR_INIT;
	int rc = jdoc_parse(file, &doc, &err);
	if (rc < 0) { /* what a parser quotes may be a secret */
		*trouble = xasprintf("%s: not JSON", file.name);
		err_clear(&err);
		return -1;
	}
	rc = str_ends(file.name, "/.dockercfg") ? search_old(jdoc_root(doc), domain, path, into, &err)
						: search(jdoc_root(doc), domain, path, into, helper, &err);
	if (rc < 0)
		*trouble = xstrdup(err.text);
	err_clear(&err);
	return rc;
}

/* --- helpers --- */

static bool is_suffix(const char *name)
{
	if (strlen(name) > 64)
		return false;
	for (; *name; name++)
		if (!str_is_alnum(*name) && !strchr("._-", *name))
			return false;
	return true;
}

static int read_helper(struct blob out, struct credential *into, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	const char *user = NULL, *secret = NULL;
	struct err quiet = ERR_INIT; /* what a parser quotes may be the secret */
	int rc = jdoc_parse(out, &doc, &quiet);
	if (rc == 0)
		rc = jval_text(jdoc_root(doc), "Username", &user, &quiet);
	if (rc == 0)
		rc = jval_text(jdoc_root(doc), "Secret", &secret, &quiet);
	err_clear(&quiet);
	if (rc < 0)
		return err_set(err, ERR_AUTH, "its answer is no JSON with Username and Secret");
	if (str_eq(user, "<token>")) {
		into->identity_token = xstrdup(secret);
	} else {
		into->user = xstrdup(user);
		into->password = xstrdup(secret);
	}
	return 0;
}

/* Whether nobody but its owner, who is root or this user, can change what lies at a path. */
static bool is_ours(const char *path, mode_t others)
{
	struct stat st;
	return stat(path, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
	       ((st.st_mode & others) == 0 || (S_ISDIR(st.st_mode) && st.st_mode & S_ISVTX));
}

/* The path of a helper that may be asked; the caller's. */
static char *find_helper(const char *program, struct err *err)
{
	AUTO_TEXT char *path = proc_find(program);
	if (!path) {
		err_set(err, ERR_MISSING, "'%s' is not installed (not found in PATH)", program);
		return NULL;
	}
	AUTO_TEXT char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	if (*path != '/')
		err_set(err, ERR_AUTH, "a relative folder of PATH is no place to find it in");
	else if (!is_ours(path, S_IWOTH) || !is_ours(*dir ? dir : "/", S_IWOTH))
		err_set(err, ERR_AUTH, "'%s' is not asked: others than its owner may change it", path);
	return err->kind == ERR_NONE ? TAKE(path) : NULL;
}

/* 1 found, 0 it has none, -1 with err. */
static int run_helper(const char *program, const char *address, const volatile int *cancel, struct credential *into,
		      struct err *err)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	AUTO_TEXT char *path = find_helper(program, err);
	const char *const argv[] = {path, "get", NULL};
	struct patience patience;
	if (!path || patience_read(&patience, err) < 0)
		return -1;
	struct proc_spec spec = {.argv = argv,
				 .input = blob_text("address", address),
				 .out_max = HELPER_OUT_MAX,
				 .err_max = HELPER_OUT_MAX,
				 .timeout_ms = patience.stall_ms};
	if (proc_run(&spec, cancel, &end, err) < 0)
		return -1;
	if (end.timed_out)
		return err_set(err, ERR_AUTH, "no answer within %u s", patience.stall_ms / 1000);
	if (end.code != 0) {
		if (strstr(buf_text(&end.out), "credentials not found"))
			return 0;
		/* helpers complain on standard output, where the secret would stand too */
		bool silent = strchr(buf_text(&end.out), '{') || !end.out.len;
		AUTO_TEXT char *said = str_shown(buf_text(silent ? &end.err : &end.out), 200);
		for (size_t len = strlen(said); len && said[len - 1] == ' ';)
			said[--len] = '\0';
		return err_set(err, ERR_AUTH, "ended with %d%s%s", end.code, *said ? ": " : "", said);
	}
	if (end.cut)
		return err_set(err, ERR_AUTH, "its answer is longer than %d KiB", HELPER_OUT_MAX / 1024);
	if (read_helper(buf_blob(&end.out, "its answer"), into, err) < 0)
		return -1;
	return 1;
}

static int ask_helper(const char *suffix, const char *domain, const volatile int *cancel, struct credential *into)
{
	struct err err = ERR_INIT;
	if (!is_suffix(suffix)) {
		into->trouble = xstrdup("the configured credential helper has no valid name");
		return -1;
	}
	AUTO_TEXT char *program = xasprintf("docker-credential-%s", suffix);
	int rc = run_helper(program, str_eq(domain, "docker.io") ? HUB_KEY : domain, cancel, into, &err);
	if (rc < 0) {
		into->trouble = xasprintf("%s: %s", program, err.text);
		err_clear(&err);
	} else if (rc > 0) {
		into->from = TAKE(program);
	}
	return rc;
}

/* --- all places --- */

char *credential_exposed(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0 || (st.st_mode & 077) == 0)
		return NULL;
	AUTO_TEXT char *shown = str_shown(path, 200);
	return xasprintf("'%s' holds a login and is open to others (mode %04o); `chmod 600` closes it", shown,
			 (unsigned)(st.st_mode & 07777));
}

/* Whether the file's bytes settle it. */
static bool settle(struct blob file, const char *domain, const char *path, const volatile int *cancel,
		   struct credential *into)
{
	AUTO_TEXT char *helper = NULL, *trouble = NULL;
	int rc = credential_search(file, domain, path, into, &helper, &trouble);
	if (rc < 0 && !into->trouble)
		into->trouble = TAKE(trouble);
	if (rc > 0 && helper)
		return ask_helper(helper, domain, cancel, into) != 0;
	if (rc > 0)
		into->from = xstrdup(file.name);
	return rc > 0;
}

static bool settle_file(char *path, const char *domain, const char *repository, const volatile int *cancel,
			struct credential *into)
{
	AUTO_TEXT char *own = path;
	AUTO_BUF struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	if (!own)
		return false;
	int rc = file_read_if_there(own, FILE_MAX, &text, &err);
	if (rc < 0 && !into->trouble)
		into->trouble = xstrdup(err.text);
	err_clear(&err);
	if (rc != 0 || !settle(buf_blob(&text, own), domain, repository, cancel, into))
		return false;
	if (str_eq(into->from, own))
		into->warning = credential_exposed(own);
	return true;
}

static char *below(const char *variable, const char *rest)
{
	const char *dir = getenv(variable);
	return dir && *dir ? file_join(dir, rest) : NULL;
}

struct credential *credential_find(const char *domain, const char *path, const volatile int *cancel)
{
	AUTO(credential) struct credential *c = xcalloc(1, sizeof(*c));
	const char *text = getenv("DOCKER_AUTH_CONFIG"), *named = getenv("REGISTRY_AUTH_FILE");
	bool done = text && *text && settle(blob_text("DOCKER_AUTH_CONFIG", text), domain, path, cancel, c);
	char *docker = below("DOCKER_CONFIG", "config.json"),
	     *config = below("XDG_CONFIG_HOME", "containers/auth.json");
	done = done || settle_file(named && *named ? xstrdup(named) : NULL, domain, path, cancel, c);
	done = done ||
	       settle_file(docker ? TAKE(docker) : below("HOME", ".docker/config.json"), domain, path, cancel, c);
	done = done || settle_file(below("XDG_RUNTIME_DIR", "containers/auth.json"), domain, path, cancel, c);
	done = done || settle_file(config ? TAKE(config) : below("HOME", ".config/containers/auth.json"), domain, path,
				   cancel, c);
	done = done || settle_file(below("HOME", ".dockercfg"), domain, path, cancel, c);
	free(docker);
	free(config);
	(void)done;
	return TAKE(c);
}
