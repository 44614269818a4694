#include "adapt/http_guard.h"

#include "base/str.h"

#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

uint64_t guard_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct http_guard *g = self;
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

	(void)purpose;
	if (fd < 0)
		return CURL_SOCKET_BAD;
	if (g->n == g->cap) {
		g->cap = mem_grow(g->cap);
		g->fds = xreallocarray(g->fds, g->cap, sizeof(*g->fds));
	}
	g->fds[g->n++] = fd;
	return fd;
}

static int close_socket(void *self, curl_socket_t fd)
{
	struct http_guard *g = self;

	for (size_t i = 0; i < g->n; i++)
		if (g->fds[i] == fd)
			g->fds[i--] = g->fds[--g->n];
	return close(fd);
}

/* Called for every record and every remark; the texts are of no interest. */
static int on_trace(CURL *easy, curl_infotype type, char *data, size_t size, void *self)
{
	struct http_guard *g = self;

	(void)easy;
	(void)data;
	(void)size;
	if (type != CURLINFO_SSL_DATA_IN || !g->began || g->cut || guard_now() - g->began < g->stall)
		return 0;
	g->cut = true;
	for (size_t i = 0; i < g->n; i++)
		shutdown(g->fds[i], SHUT_RDWR);
	return 0;
}

void guard_add(struct http_guard *g, struct xfer *x)
{
	CURL *c = x->easy;

	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, g);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, g);
	if (!str_starts(x->url, "https:") || x->q.stall_ms == HTTP_NEVER)
		return;
	if (g->stall < x->q.stall_ms)
		g->stall = x->q.stall_ms;
	curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_trace);
	curl_easy_setopt(c, CURLOPT_DEBUGDATA, g);
	curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
}

void guard_begin(struct http_guard *g)
{
	g->cut = false;
	g->began = guard_now();
}

void guard_end(struct http_guard *g)
{
	g->began = 0;
}

CURLcode guard_result(struct xfer *x)
{
	snprintf(x->said, sizeof(x->said), "Operation too slow");
	return CURLE_OPERATION_TIMEDOUT;
}

void guard_clear(struct http_guard *g)
{
	free(g->fds);
	*g = (struct http_guard){.fds = NULL};
}
