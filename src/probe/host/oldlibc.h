/* oldlibc.h — binds the C library calls that got newer versions to the oldest ones, so that the program runs on any
 * glibc.
 *
 * Included before everything else by -include (src/probe/rules.mk). The build fails if the linked program asks for more
 * than the first version of its architecture (src/probe/symbols). stat and its kin are not to be used at all: they are
 * inline wrappers in old C libraries. dlopen and its kin are found by late.h. */
#pragma once

#ifndef __ASSEMBLER__
#ifdef __x86_64__
__asm__(".symver memcpy, memcpy@GLIBC_2.2.5");
__asm__(".symver __libc_start_main, __libc_start_main@GLIBC_2.2.5");
#else
__asm__(".symver __libc_start_main, __libc_start_main@GLIBC_2.17");
#endif
#endif
