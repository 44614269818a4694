#include "support/registry.h"

#include "adapt/digest.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define MANIFEST_TYPE "application/vnd.docker.distribution.manifest.v2+json"
#define LIST_TYPE     "application/vnd.docker.distribution.manifest.list.v2+json"

static const char config_amd64[] = "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Env\":[\"CUDA_VERSION="
				   "12.8.1\"],\"Labels\":{\"maintainer\":\"N\"}}}";
static const char config_arm64[] = "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\",\"config\":{}}";

static char *digest_of(const char *text)
{
	char hex[HASH_HEX_SIZE];
	hash_hex(blob_text("text", text), hex);
	return xasprintf("sha256:%s", hex);
}

static char *image_of(const char *config)
{
	AUTO_TEXT char *digest = digest_of(config);
	return xasprintf("{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE
			 "\",\"config\":{\"mediaType\":\"x\",\"size\":%zu,"
			 "\"digest\":\"%s\"},\"layers\":[]}",
			 strlen(config), digest);
}

static char *index_of(void)
{
	AUTO_TEXT char *amd64 = image_of(config_amd64), *arm64 = image_of(config_arm64);
	AUTO_TEXT char *a = digest_of(amd64), *b = digest_of(arm64);
	return xasprintf(
		"{\"schemaVersion\":2,\"mediaType\":\"" LIST_TYPE "\",\"manifests\":["
		"{\"mediaType\":\"" MANIFEST_TYPE
		"\",\"size\":%zu,\"digest\":\"%s\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
		"{\"mediaType\":\"" MANIFEST_TYPE
		"\",\"size\":%zu,\"digest\":\"%s\",\"platform\":{\"os\":\"linux\",\"architecture\":"
		"\"arm64\",\"variant\":\"v8\"}}]}",
		strlen(amd64), a, strlen(arm64), b);
}

/* The document of that name; the caller's. */
static char *document(const char *what)
{
	if (str_eq(what, "index"))
		return index_of();
	return image_of(str_eq(what, "arm64") ? config_arm64 : config_amd64);
}

const char *fakereg_digest(const char *what)
{
	static char text[80];
	AUTO_TEXT char *body = document(what), *digest = digest_of(body);
	snprintf(text, sizeof(text), "%s", digest);
	return text;
}

char *fakereg_name(const struct fakereg *f, const char *repository)
{
	return xasprintf("127.0.0.1:%u/%s", server_port(f->server), repository);
}

/* --- authorization --- */

static bool is_let_in(struct fakereg *f, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *given = server_header(q->head, "Authorization"),
		       *basic = xasprintf("Basic %s", f->login ? f->login : "");
	AUTO_TEXT char *current = xasprintf("Bearer t%u", f->tokens);
	bool valid = given && f->tokens && (f->expire_after ? str_eq(given, current) : str_starts(given, "Bearer t"));
	bool bearer = str_eq(f->auth, "bearer");
	if (!f->auth || (!bearer && str_eq(given, basic)))
		return true;
	if (bearer && valid && (!f->expire_after || f->uses++ < f->expire_after))
		return true;
	AUTO_TEXT char *fixed = xasprintf("Bearer %s", f->registry_token ? f->registry_token : "");
	if (f->registry_token && str_eq(given, fixed))
		return true;
	AUTO_TEXT char *own = server_url(f->server, "/token");
	AUTO_TEXT char *line = bearer ? xasprintf("WWW-Authenticate: Bearer realm=\"%s\",service=\"fake\"\r\n",
						  f->realm ? f->realm : own)
				      : xstrdup("WWW-Authenticate: Basic realm=\"fake\"\r\n");
	server_reply(out, 401, line,
		     "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}");
	return false;
}

static void serve_token(struct fakereg *f, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *given = server_header(q->head, "Authorization"),
		       *basic = xasprintf("Basic %s", f->login ? f->login : "");
	bool post = str_eq(q->method, "POST");
	if (f->token_status || (post && !f->oauth)) {
		server_reply(out, f->token_status ? f->token_status : 404, "", "");
		return;
	}
	if (post ? !strstr(q->body.data, "refresh_token=idt") : f->login && !str_eq(given, basic)) {
		server_reply(out, 401, "", "{\"details\":\"incorrect username or password\"}");
		return;
	}
	AUTO_TEXT char *body = f->token_body ? xstrdup(f->token_body)
					     : xasprintf("{\"token\":\"t%u\",\"expires_in\":300}", f->tokens + 1);
	f->tokens++;
	f->uses = 0;
	server_reply(out, 200, "Content-Type: text/plain\r\n", body);
}

/* --- the registry --- */

static void serve_body(const struct fakereg *f, struct buf *out, const char *type, char *body)
{
	AUTO_TEXT char *own = body, *digest = digest_of(body);
	AUTO_TEXT char *lie = xasprintf("sha256:%064d", 0);
	AUTO_TEXT char *headers =
		xasprintf("Content-Type: %s\r\n%s%s%s", type, f->no_digest_header ? "" : "Docker-Content-Digest: ",
			  f->no_digest_header ? ""
			  : f->lies_in_header ? lie
					      : digest,
			  f->no_digest_header ? "" : "\r\n");
	if (f->lies_in_body)
		own[strlen(own) - 1] = ' ';
	server_reply(out, 200, headers, own);
}

static void absent(struct buf *out)
{
	server_reply(out, 404, "", "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
}

static void serve_manifest(struct fakereg *f, const char *repository, const char *what, struct buf *out)
{
	static const char *const names[] = {"index", "amd64", "arm64"};
	f->manifests++;
	if (f->status && f->status_times) {
		f->status_times--;
		server_reply(out, f->status, f->status_headers ? f->status_headers : "",
			     f->status_body ? f->status_body : "");
		return;
	}
	if (str_eq(repository, "single") && str_eq(what, "1")) {
		serve_body(f, out, MANIFEST_TYPE, document("amd64"));
		return;
	}
	if (str_eq(repository, "nvidia/cuda") || str_eq(repository, "library/ubuntu")) {
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			AUTO_TEXT char *body = document(names[i]), *digest = digest_of(body);
			bool by_tag = i == 0 && (str_eq(what, FAKEREG_TAG) || str_eq(what, "22.04"));
			if (!by_tag && !str_eq(what, digest))
				continue;
			serve_body(f, out, i ? MANIFEST_TYPE : LIST_TYPE, TAKE(body));
			return;
		}
	}
	absent(out);
}

static void serve_blob(const char *what, struct buf *out)
{
	const char *const configs[] = {config_amd64, config_arm64};
	for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
		AUTO_TEXT char *digest = digest_of(configs[i]);
		if (!str_eq(what, digest))
			continue;
		server_reply(out, 200, "", configs[i]);
		return;
	}
	absent(out);
}

static void serve_registry(struct fakereg *f, const struct server_request *q, struct buf *out)
{
	const char *path = q->path + strlen("/v2/"), *manifests = strstr(path, "/manifests/"),
		   *blobs = strstr(path, "/blobs/");
	if (!is_let_in(f, q, out))
		return;
	if (manifests) {
		AUTO_TEXT char *repository = xstrndup(path, (size_t)(manifests - path));
		serve_manifest(f, repository, manifests + strlen("/manifests/"), out);
	} else if (blobs) {
		serve_blob(blobs + strlen("/blobs/"), out);
	} else {
		server_reply(out, 200, "", "{}");
	}
}

/* --- indexes --- */

static const char *const pages[][3] = {
	{"/whl/cu128/torch/", "text/html",
	 "<a href=\"/whl/cu128/torch-2.7.1%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl#sha256="
	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\">x</a>"
	 "<a href=\"/whl/cu128/torch-2.7.0%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl\">no hash</a>"},
	{"/whl/cu128/torch-2.7.0%2Bcu128-cp311-cp311-manylinux_2_28_x86_64.whl", "application/zip",
	 "the bytes of torch"},
	{"/whl/torch_stable.html", "text/html",
	 "<a href=\"cu102/torch-1.8.1-cp39-cp39-linux_x86_64.whl#sha256="
	 "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\">x</a>"},
	{"/pyg/torch-2.7.0+cu128.html", "text/html",
	 "<a href=\"torch-2.7.0%2Bcu128/torch_sparse-0.6.18%2Bpt27cu128-cp311-cp311-linux_x86_64.whl\">x</a>"},
	{"/pyg/torch-2.7.0%2Bcu128/torch_sparse-0.6.18%2Bpt27cu128-cp311-cp311-linux_x86_64.whl", "application/zip",
	 "the bytes of sparse"},
	{"/simple/torch/", "application/vnd.pypi.simple.v1+json",
	 "{\"files\":[{\"filename\":\"x\",\"url\":\"/f/"
	 "torch-2.11.0-cp311-cp311-manylinux_2_28_x86_64.whl\",\"hashes\":{\"sha256\":"
	 "\"2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"},\"size\":77}]}"},
	{"/simple/torch-sparse/", "text/html",
	 "<a href=\"/f/torch_sparse-0.6.18.tar.gz#sha256="
	 "3123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\">x</a>"},
	{"/py/", "text/html",
	 "<a href=\"cpython-3.11.14%2B20251010-x86_64-unknown-linux-gnu-install_only.tar.gz\">x</a>"},
	{"/py/cpython-3.11.14%2B20251010-x86_64-unknown-linux-gnu-install_only.tar.gz", "application/gzip",
	 "the bytes of Python"},
	{"/broken/torch/", "application/vnd.pypi.simple.v1+json", "{\"files\":"},
};

static bool serve(void *self, const struct server_request *q, struct buf *out)
{
	struct fakereg *f = self;
	if (str_starts(q->path, "/v2/")) {
		serve_registry(f, q, out);
		return true;
	}
	if (str_starts(q->path, "/token")) {
		serve_token(f, q, out);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (!str_eq(q->path, pages[i][0]))
			continue;
		AUTO_TEXT char *headers = xasprintf("Content-Type: %s\r\n", pages[i][1]);
		server_reply(out, 200, headers, pages[i][2]);
		return true;
	}
	if (str_starts(q->path, "/closed/"))
		server_reply(out, 401, "", "");
	else if (str_starts(q->path, "/teapot/"))
		server_reply(out, 418, "", "");
	else if (str_starts(q->path, "/coded/"))
		server_reply(out, 200, "Content-Encoding: gzip\r\n", "\x1f\x8b");
	else
		server_reply(out, 404, "", "not found");
	return true;
}

void fakereg_start(struct fakereg *f)
{
	f->server = server_start(serve, f, NULL);
}

void fakereg_stop(struct fakereg *f)
{
	server_stop(f->server);
}
