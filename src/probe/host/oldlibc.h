/* oldlibc.h — binds the C library calls that got newer versions to the oldest ones, so that the program runs on any
 * glibc.
 *
 * Included before everything else by -include (src/probe/rules.mk). The build fails if the linked program asks for more
 * than GLIBC_2.2.5. stat and its kin are not to be used at all: they are inline wrappers in old C libraries. */
#pragma once

#ifndef __ASSEMBLER__
__asm__(".symver memcpy, memcpy@GLIBC_2.2.5");
__asm__(".symver dlopen, dlopen@GLIBC_2.2.5");
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
__asm__(".symver dlerror, dlerror@GLIBC_2.2.5");
__asm__(".symver __libc_start_main, __libc_start_main@GLIBC_2.2.5");
#endif
