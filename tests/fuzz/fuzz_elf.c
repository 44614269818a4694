/* fuzz_elf.c — any bytes as an ELF file: read whole and through the sieve, then asked for witnesses and coverage. */
#include "base/file.h"
#include "inspect/elf_read.h"
#include "inspect/sieve.h"
#include "inspect/witness.h"
#include "rules/cover.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(int fd, const struct sieve *s)
{
	struct err err = ERR_INIT;
	AUTO(binary) struct binary *b = NULL;
	struct witnesses w = WITNESSES_INIT;
	static const char path[] = "/site/torch/lib/libtorch_python.so";
	if ((s ? binary_read_sieved(fd, s, path, &b, &err) : binary_read(fd, path, &b, &err)) != 0) {
		err_clear(&err);
		return;
	}
	witness_binary(&w, b);
	struct witness_verdict v = witness_judge(&w);
	AUTO_TEXT char *text = witness_text(v.low, v.high);
	if (!text)
		__builtin_trap();
	struct cover_tally t = cover_tally(b, (struct cover_gpu){.cc = 90, .isa = 84});
	size_t containers = 0;
	for (size_t i = 0; i < b->n_groups; i++)
		containers += b->groups[i].containers;
	if (t.native + t.jit + t.none > containers || (b->health != BINARY_WHOLE) != (b->fault != NULL))
		abort();
	witnesses_clear(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = ERR_INIT;
	AUTO_FD int whole = memfd_create("whole", MFD_CLOEXEC);
	AUTO_FD int kept = memfd_create("kept", MFD_CLOEXEC);
	if (whole < 0 || kept < 0 || write(whole, data, size) != (ssize_t)size)
		return 0;
	look_at(whole, NULL);
	AUTO(sieve) struct sieve *s = sieve_new(kept, size);
	size_t half = size / 3;
	if (sieve_add(s, (const char *)data, half, &err) == 0 &&
	    sieve_add(s, (const char *)data + half, size - half, &err) == 0 && sieve_end(s, &err) == 0)
		look_at(kept, s);
	err_clear(&err);
	return 0;
}
