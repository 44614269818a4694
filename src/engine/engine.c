#include "engine/engine.h"

#include "adapt/http_curl.h"
#include "base/file.h"
#include "base/str.h"
#include "engine/call.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define API_OLDEST "1.40"
#define API_NEWEST "1.47"

void engine_free(struct engine *e)
{
	if (!e)
		return;
	http_free(e->http);
	free(e->api);
	free(e->libpod);
	free(e);
}

/* errno of a connection to the socket, 0 when it is taken. */
static int socket_fault(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path))
		return fd < 0 ? errno : ENAMETOOLONG;
	memcpy(a.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0 || errno == EAGAIN || errno == EINPROGRESS)
		return 0;
	return errno;
}

/* Says why nothing can be asked there, with the next step. */
static int unreachable(const struct engine *e, struct err *why, struct err *err)
{
	const struct host *h = e->host;
	int sys = h->socket ? socket_fault(h->socket) : 0;

	if (sys == 0) {
		err_move(err, why);
		if (!err->hint[0])
			err_hint(err, "is it running? named by %.80s; another one: --host, DOCKER_HOST", h->from);
		return -1;
	}
	err_clear(why);
	err_set(err, ERR_ENGINE, "no container engine at %s (%s): %s", h->address, h->from, strerror(sys));
	if (sys == EACCES || sys == EPERM)
		return err_hint(
			err,
			"sudo usermod -aG docker $USER, then log in anew; or name another engine: --host, DOCKER_HOST");
	return err_hint(err, "start it (sudo systemctl start docker) or name another one: --host, DOCKER_HOST");
}

/* "1.41" as 1041; 0 if it is none. */
static uint64_t api_number(const char *text)
{
	uint64_t major, minor;

	if (!text || !str_scan_u64(&text, 1000, &major) || *text++ != '.' || !str_to_u64(text, 999, &minor))
		return 0;
	return major * 1000 + minor;
}

/* The version of podman's own API, "4.3.1" of "4.3.1-rhel"; one that does not say it gets the oldest of today's. */
static char *libpod_version(const struct answer *a)
{
	const char *said = answer_header(a, "libpod-api-version");
	const size_t len = said ? strspn(said, "0123456789.") : 0;

	return len > 0 && len < 20 ? xstrndup(said, len) : xstrdup("4.0.0");
}

static int negotiate(struct engine *e, const struct answer *a, struct err *err)
{
	const char *theirs = answer_header(a, "api-version"), *server = answer_header(a, "server");
	uint64_t number = api_number(theirs);

	if (a->status >= 300)
		return call_fail(e, a, "ping", err);
	if (number == 0) {
		err_set(err, ERR_ENGINE, "engine %s: does not say which API it speaks: is that a container engine?",
			e->host->address);
		return -1;
	}
	if (number < api_number(API_OLDEST)) {
		AUTO_TEXT char *shown = str_shown(theirs, 20);

		err_set(err, ERR_ENGINE, "engine %s: speaks API %s, too old: " API_OLDEST " is the oldest supported",
			e->host->address, shown);
		return err_hint(err, "Docker Engine 19.03 or newer is needed");
	}
	e->api = xstrdup(number > api_number(API_NEWEST) ? API_NEWEST : theirs);
	e->podman = server && str_starts(server, "Libpod");
	e->buildkit = !e->podman;
	if (e->podman)
		e->libpod = libpod_version(a);
	return 0;
}

int engine_open(const struct engine_opts *o, struct engine **ret, struct err *err)
{
	const struct http_curl_opts curl = {.user_agent = "cudabuild/" CUDABUILD_VERSION};
	AUTO(engine) struct engine *e = xcalloc(1, sizeof(*e));
	AUTO_ANSWER struct answer a = {.status = 0};
	struct err why = ERR_INIT;

	e->host = o->host;
	e->owner = o->owner;
	e->events = o->events;
	e->stop = o->stop;
	e->via = (struct http_via){
		.unix_path = o->host->socket,
		.ca_file = o->host->ca,
		.cert_file = o->host->cert,
		.key_file = o->host->key,
		.only_ca = o->host->ca != NULL,
	};
	if (http_curl_new(&curl, &e->http, err) < 0)
		return -1;
	if (call_run(e, &(struct call){.method = "GET", .path = "/_ping"}, &a, &why) < 0)
		return why.kind == ERR_ENGINE ? unreachable(e, &why, err) : err_move(err, &why);
	if (negotiate(e, &a, err) < 0)
		return -1;
	*ret = TAKE(e);
	return 0;
}

void engine_info_free(struct engine_info *i)
{
	if (!i)
		return;
	free(i->version);
	free(i->api);
	free(i->name);
	free(i->os);
	free(i->arch);
	free(i->root);
	free(i->driver);
	free(i);
}

/* The engine names the machine as the kernel does; images are named as Go does. */
static char *arch_name(const char *kernel)
{
	if (str_eq(kernel, "x86_64"))
		return xstrdup("amd64");
	return xstrdup(str_eq(kernel, "aarch64") ? "arm64" : kernel);
}

static int info_read(const struct engine *e, struct jval root, struct engine_info *i, struct err *err)
{
	const char *version = "", *os = "", *arch = "", *dir = "", *driver = "";
	struct jval cdi, runtimes;
	uint64_t cpus = 0;

	if (jval_text_opt(root, "ServerVersion", &version, err) < 0 || jval_text_opt(root, "OSType", &os, err) < 0 ||
	    jval_text_opt(root, "Architecture", &arch, err) < 0 ||
	    jval_text_opt(root, "DockerRootDir", &dir, err) < 0 || jval_text_opt(root, "Driver", &driver, err) < 0 ||
	    jval_u64_opt(root, "NCPU", 1u << 20, &cpus, err) < 0 ||
	    jval_u64_opt(root, "MemTotal", INT64_MAX, &i->memory, err) < 0 ||
	    jval_get_opt(root, "CDISpecDirs", JDOC_ARRAY, &cdi, err) < 0 ||
	    jval_get_opt(root, "Runtimes", JDOC_OBJECT, &runtimes, err) < 0)
		return -1;
	i->version = xstrdup(version);
	i->api = xstrdup(e->api);
	i->name = xstrdup(e->podman ? "Podman" : "Docker Engine");
	i->os = xstrdup(os);
	i->arch = arch_name(arch);
	i->root = xstrdup(dir);
	i->driver = xstrdup(driver);
	i->cpus = (unsigned)cpus;
	i->podman = e->podman;
	i->buildkit = e->buildkit;
	i->cdi = jval_is_there(cdi) && jval_count(cdi) > 0;
	i->nvidia = jval_is_there(runtimes) && jval_is_there(jval_member(runtimes, "nvidia"));
	return 0;
}

int engine_info(struct engine *e, struct engine_info **ret, struct err *err)
{
	AUTO(engine_info) struct engine_info *i = xcalloc(1, sizeof(*i));
	AUTO(jdoc) struct jdoc *doc = NULL;
	int rc = call_json(e, &(struct call){.method = "GET", .path = "/info"}, "info", &doc, err);

	if (rc > 0)
		return err_set(err, ERR_ENGINE, "engine %s: says nothing about itself", e->host->address);
	if (rc < 0 || info_read(e, jdoc_root(doc), i, err) < 0)
		return -1;
	*ret = TAKE(i);
	return 0;
}
