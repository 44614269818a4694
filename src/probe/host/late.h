/* late.h — libraries opened at run time, without asking for libdl.so.2: a program that needs it does not start where it
 * is missing, and newer C libraries have its functions themselves. */
#pragma once

/* As dlopen(file, RTLD_NOW | RTLD_LOCAL); NULL where it cannot be opened: late_error() says why. */
void *late_open(const char *file);
/* As dlsym(). */
void *late_symbol(void *library, const char *name);
/* Why the last late_open() failed; never NULL. */
const char *late_error(void);
