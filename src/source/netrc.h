/* netrc.h — user and password for a host from the user's netrc file ($NETRC, else ~/.netrc), as curl, pip and git read
 * it. */
#pragma once

#include "base/buf.h"

/* Finds the entry for the URL's host in the file's bytes. True: *user and *password are the caller's. `default` entries
 * are not used: they would send a password to any host. */
bool netrc_search(struct blob file, const char *host, char **user, char **password) NODISCARD;
/* The same for the URL's host and the user's file; leaves both as they are where the URL has a user of its own or
 * nothing is found. Only https URLs and those of this machine are given credentials. */
void netrc_find(const char *url, char **user, char **password);
/* Where the user's file is, there or not; NULL without HOME. The caller's. */
char *netrc_path(void) NODISCARD;
