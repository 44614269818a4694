/* pyindex.h — the plain Python index that pip or uv on this host are configured with: what `sources: {pypi: null}`
 * means.
 *
 * Asked in turn: UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL; then uv.toml and pip.conf of the user, then of the
 * system. Nothing: PyPI. The URL may hold user and password: show it with http_url_shown() only. Not here: asking it
 * (source/wheelindex.h). */
#pragma once

#include "base/buf.h"

#define PYINDEX_DEFAULT "https://pypi.org/simple"

/* The index's URL without a slash at the end; the caller's. Files that cannot be read are passed over. *from (may be
 * NULL) says where it was found, for messages; the caller's to free. */
char *pyindex_find(char **from) NODISCARD;

/* --- the parts, for tests --- */

/* index-url of a pip.conf ([global], [install], [download]); the caller's, or NULL. */
char *pyindex_from_pip(struct blob file) NODISCARD;
/* index-url, [pip] index-url or the default one of [[index]] of a uv.toml; the caller's, or NULL. */
char *pyindex_from_uv(struct blob file) NODISCARD;
