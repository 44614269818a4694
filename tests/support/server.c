#include "support/server.h"

#include "base/str.h"

#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MARK		"\001\002pause="
#define CONNECTIONS_MAX 256

struct connection {
	struct server *s;
	int fd;
	pthread_t thread;
};

struct server {
	int fd, stop[2];
	unsigned port;
	server_fn fn;
	void *self;
	pthread_t thread;
	pthread_mutex_t lock;
	struct strv log;
	struct connection connections[CONNECTIONS_MAX];
	size_t n;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	_exit(99);
}

/* Waits for bytes; false when the server is being stopped or the time is over. */
static bool readable(const struct server *s, int fd, int ms)
{
	struct pollfd p[2] = {{.fd = s->stop[0], .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	if (poll(p, fd < 0 ? 1 : 2, ms) <= 0)
		return false;
	return !p[0].revents;
}

static bool fill(struct connection *c, struct buf *in)
{
	char piece[65536];
	if (!readable(c->s, c->fd, -1))
		return false;
	ssize_t got = recv(c->fd, piece, sizeof(piece), 0);
	if (got <= 0)
		return false;
	buf_add(in, piece, (size_t)got);
	return true;
}

static bool send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool send_reply(struct connection *c, const struct buf *out)
{
	const char *at = out->data, *end = out->data + out->len;
	while (at < end) {
		const char *mark = memmem(at, (size_t)(end - at), MARK, strlen(MARK));
		if (!send_all(c->fd, at, (size_t)((mark ? mark : end) - at)))
			return false;
		if (!mark)
			return true;
		uint64_t ms = 0;
		at = mark + strlen(MARK);
		must(str_scan_u64(&at, 1000000, &ms) && *at++ == '\001', "pause");
		struct pollfd p = {.fd = c->s->stop[0], .events = POLLIN};
		if (poll(&p, 1, (int)ms) > 0)
			return false;
	}
	return true;
}

char *server_header(const char *head, const char *name)
{
	size_t len = strlen(name);
	for (const char *line = head; line && *line; line = strstr(line, "\r\n"), line = line ? line + 2 : NULL) {
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		line += strspn(line, " ");
		return xstrndup(line, strcspn(line, "\r"));
	}
	return NULL;
}

/* The body behind a head of that size; false when the connection ended first. */
static bool take_body(struct connection *c, struct buf *in, size_t *at, const char *head, struct buf *body)
{
	AUTO_TEXT char *length = server_header(head, "Content-Length"),
		       *coding = server_header(head, "Transfer-Encoding");
	uint64_t n = 0;
	if (length)
		must(str_to_u64(length, 1 << 30, &n), "length");
	for (bool chunks = coding != NULL, last = !chunks; chunks || n || !last;) {
		if (chunks) {
			const char *line;
			while (!(line = memmem(buf_text(in) + *at, in->len - *at, "\r\n", 2)))
				if (!fill(c, in))
					return false;
			AUTO_TEXT char *digits = xstrndup(in->data + *at, (size_t)(line - in->data) - *at);
			n = (uint64_t)strtoull(digits, NULL, 16) + 2;
			last = n == 2;
			*at = (size_t)(line - in->data) + 2;
		}
		while (in->len - *at < n)
			if (!fill(c, in))
				return false;
		buf_add(body, in->data + *at, (size_t)n - (chunks ? 2 : 0));
		*at += (size_t)n;
		n = 0;
		if (last)
			break;
	}
	return true;
}

static bool serve_one(struct connection *c, struct buf *in)
{
	const char *end;
	while (!(end = memmem(buf_text(in), in->len, "\r\n\r\n", 4)))
		if (!fill(c, in))
			return false;
	size_t at = (size_t)(end - in->data) + 4;
	AUTO_TEXT char *head = xstrndup(in->data, at);
	AUTO_BUF struct buf body = BUF_INIT, out = BUF_INIT;
	if (!take_body(c, in, &at, head, &body))
		return false;
	AUTO_STRV struct strv words = STRV_INIT;
	strv_split(&words, head, " \r");
	struct server_request q = {
		.method = words.v[0], .path = words.v[1], .head = head, .body = buf_blob(&body, "body")};
	pthread_mutex_lock(&c->s->lock);
	strv_add(&c->s->log, head);
	bool keep = c->s->fn(c->s->self, &q, &out);
	pthread_mutex_unlock(&c->s->lock);
	if (!send_reply(c, &out))
		return false;
	AUTO_BUF struct buf rest = BUF_INIT;
	buf_add(&rest, in->data + at, in->len - at);
	buf_clear(in);
	*in = rest;
	rest = (struct buf)BUF_INIT;
	return keep;
}

static void *serve(void *arg)
{
	struct connection *c = arg;
	AUTO_BUF struct buf in = BUF_INIT;
	while (serve_one(c, &in))
		;
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

static void *accept_all(void *arg)
{
	struct server *s = arg;
	while (readable(s, s->fd, -1)) {
		int fd = accept(s->fd, NULL, NULL);
		if (fd < 0)
			continue;
		must(s->n < CONNECTIONS_MAX, "too many connections");
		struct connection *c = &s->connections[s->n++];
		*c = (struct connection){.s = s, .fd = fd};
		must(pthread_create(&c->thread, NULL, serve, c) == 0, "thread");
	}
	return NULL;
}

static void listen_tcp(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(s->fd >= 0 && bind(s->fd, (struct sockaddr *)&a, sizeof(a)) == 0, "bind");
	must(getsockname(s->fd, (struct sockaddr *)&a, &len) == 0, "getsockname");
	s->port = ntohs(a.sin_port);
}

static void listen_unix(struct server *s, const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	must(strlen(path) < sizeof(a.sun_path), "path");
	memcpy(a.sun_path, path, strlen(path) + 1);
	unlink(path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(s->fd >= 0 && bind(s->fd, (struct sockaddr *)&a, sizeof(a)) == 0, "bind");
}

struct server *server_start(server_fn fn, void *self, const char *unix_path)
{
	struct server *s = xcalloc(1, sizeof(*s));
	s->fn = fn;
	s->self = self;
	pthread_mutex_init(&s->lock, NULL);
	must(pipe(s->stop) == 0, "pipe");
	if (unix_path)
		listen_unix(s, unix_path);
	else
		listen_tcp(s);
	must(listen(s->fd, 64) == 0, "listen");
	must(pthread_create(&s->thread, NULL, accept_all, s) == 0, "thread");
	return s;
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	must(write(s->stop[1], "x", 1) == 1, "stop");
	pthread_join(s->thread, NULL);
	for (size_t i = 0; i < s->n; i++) {
		shutdown(s->connections[i].fd, SHUT_RDWR);
		pthread_join(s->connections[i].thread, NULL);
		close(s->connections[i].fd);
	}
	close(s->fd);
	close(s->stop[0]);
	close(s->stop[1]);
	pthread_mutex_destroy(&s->lock);
	strv_clear(&s->log);
	free(s);
}

unsigned server_port(const struct server *s)
{
	return s->port;
}

char *server_url(const struct server *s, const char *path)
{
	return xasprintf("http://127.0.0.1:%u%s", s->port, path);
}

const struct strv *server_log(struct server *s)
{
	return &s->log;
}

size_t server_count(struct server *s, const char *method, const char *path)
{
	AUTO_TEXT char *start = xasprintf("%s %s ", method, path);
	size_t n = 0;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->log.n; i++)
		n += str_starts(s->log.v[i], start);
	pthread_mutex_unlock(&s->lock);
	return n;
}

void server_reply(struct buf *out, int status, const char *headers, const char *body)
{
	buf_addf(out, "HTTP/1.1 %d Status\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body), headers, body);
}

void server_pause(struct buf *out, unsigned ms)
{
	buf_addf(out, MARK "%u\001", ms);
}
