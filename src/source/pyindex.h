/* pyindex.h — the plain Python index that pip or uv on this host are configured with: what `sources: {pypi: null}`
 * means.
 *
 * Asked in turn: UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL; then uv.toml and pip.conf that UV_CONFIG_FILE and
 * PIP_CONFIG_FILE name, of the user (of pip also the active virtual environment's), of the system; nothing: the one
 * that pip itself takes, of which its help tells. The URL may hold user and password: show it with http_url_shown()
 * only. Not here: asking it (source/wheelindex.h). */
#pragma once

#include "base/buf.h"

/* The index's URL without a slash at the end, the caller's; NULL where nothing is configured and there is no pip to
 * ask. Files that cannot be read are passed over. *from (may be NULL) says where it was configured, for messages, and
 * stays NULL for pip's own; the caller's to free. */
char *pyindex_find(char **from) NODISCARD;

/* --- the parts, for tests --- */

/* index-url of a pip.conf ([global], [install], [download]); the caller's, or NULL. */
char *pyindex_from_pip(struct blob file) NODISCARD;
/* index-url, [pip] index-url or the default one of [[index]] of a uv.toml; the caller's, or NULL. */
char *pyindex_from_uv(struct blob file) NODISCARD;
/* The default in what `pip install --help` says of --index-url, "(default URL)" broken over lines; the caller's, or
 * NULL. */
char *pyindex_from_help(struct blob said) NODISCARD;
/* The index of an unconfigured pip, which is asked; the caller's, or NULL. Nothing of the working folder is run. */
char *pyindex_of_pip(void) NODISCARD;
