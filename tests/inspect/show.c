/* show — prints what binary_read() and the ELF adapter see in one file, for tests/inspect/oracle and for a look by
 * hand.
 *
 * usage: show FILE | show --sieve FILE (through a sparse copy) | show --symbols FILE */
#include "adapt/elf.h"
#include "inspect/elf_read.h"
#include "inspect/sieve.h"
#include "inspect/witness.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void text(const char *key, const char *value)
{
	if (value != NULL)
		printf("%s %s\n", key, value);
}

static void show_groups(const struct binary *b)
{
	char name[CODE_TEXT];
	static const char *const packed[] = {"stored", "lz4", "zstd"};
	for (size_t i = 0; i < b->n_groups; i++) {
		const struct code_group *g = &b->groups[i];
		printf("group %zu%s", g->containers, g->relocatable ? " relocatable" : g->link_only ? " link" : "");
		for (size_t k = 0; k < g->n_codes; k++) {
			printf(" %s:%s", code_text(&g->codes[k], name), packed[g->codes[k].packed]);
			if (g->codes[k].isa != 0)
				printf(":%u.%u", g->codes[k].isa / 10, g->codes[k].isa % 10);
		}
		printf("\n");
	}
}

static void show_witnesses(const struct binary *b)
{
	struct witnesses w = WITNESSES_INIT;
	witness_binary(&w, b);
	for (size_t i = 0; i < w.n; i++)
		printf("witness %s %u..%u %s\n", witness_kind_name(w.v[i].kind), w.v[i].low, w.v[i].high, w.v[i].said);
	struct witness_verdict v = witness_judge(&w);
	if (v.known) {
		AUTO_TEXT char *said = witness_text(v.low, v.high);
		printf("cuda %s\n", said);
	}
	if (v.a != NULL)
		printf("clash %s | %s\n", v.a->said, v.b->said);
	witnesses_clear(&w);
}

static void show_binary(const struct binary *b)
{
	static const char *const abis[] = {"unseen", "old", "new", "both"};
	text("fault", b->fault);
	text("interp", b->interp);
	text("soname", b->soname);
	text("rpath", b->rpath);
	text("runpath", b->runpath);
	for (size_t i = 0; i < b->needed.n; i++)
		text("needed", b->needed.v[i]);
	for (size_t i = 0; i < b->n_demands; i++)
		printf("demand %s %s\n", b->demands[i].file, b->demands[i].version);
	for (size_t i = 0; i < b->versions.n; i++)
		text("version", b->versions.v[i]);
	text("glibc", binary_demands(b, "GLIBC_"));
	printf("imports %zu (%zu shims) exports %zu abi %s %s\n", b->imports.n, b->n_shims, b->n_exports, abis[b->abi],
	       b->abi_symbol == NULL ? "" : b->abi_symbol);
	show_groups(b);
	printf("code %ju bytes, cubins %u..%u, ptx %u..%u\n", (uintmax_t)b->code_bytes, b->cuda.cubin_low,
	       b->cuda.cubin_high, b->cuda.isa_low, b->cuda.isa_high);
	text("toolkit", b->cuda.toolkit);
	text("torch-archs", b->cuda.torch_archs);
	text("static-runtime", b->cuda.runtime_static ? "yes" : NULL);
	show_witnesses(b);
}

/* Bytes of a file that are no hole. */
static off_t filled(int fd)
{
	off_t at = 0, total = 0;
	for (off_t start; (start = lseek(fd, at, SEEK_DATA)) >= 0; total += at - start)
		at = lseek(fd, start, SEEK_HOLE);
	return total;
}

/* A sparse copy of the file in a temporary one. */
static int sieve_file(int fd, struct sieve **ret, struct err *err)
{
	struct stat st;
	int to = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	if (to < 0 || fstat(fd, &st) < 0)
		return err_set(err, ERR_IO, "no temporary file");
	AUTO(sieve) struct sieve *s = sieve_new(to, (uint64_t)st.st_size);
	static char piece[100000];
	ssize_t got = 0;
	while ((got = read(fd, piece, sizeof(piece))) > 0)
		if (sieve_add(s, piece, (size_t)got, err) < 0)
			return -1;
	if (sieve_end(s, err) < 0)
		return -1;
	fprintf(stderr, "kept %ju of %ju bytes, pages of %ju\n", (uintmax_t)sieve_kept(s), (uintmax_t)st.st_size,
		(uintmax_t)filled(to));
	*ret = TAKE(s);
	return to;
}

/* s may be NULL. */
static int show(int fd, const struct sieve *s, const char *path, struct err *err)
{
	AUTO(binary) struct binary *b = NULL;
	int rc = s ? binary_read_sieved(fd, s, path, &b, err) : binary_read(fd, path, &b, err);
	if (rc > 0)
		printf("no ELF file\n");
	if (rc == 0)
		show_binary(b);
	return rc < 0 ? -1 : 0;
}

/* "U name@version" and "D name", as nm -D would have them. */
static int show_symbols(int fd, struct err *err)
{
	AUTO(obj) struct obj *o = NULL;
	if (obj_open(fd, &o, err) != 0)
		return -1;
	struct obj_symbol s;
	for (size_t i = 0; obj_symbol(o, i, &s); i++)
		if (!s.local && s.name[0] != '\0')
			printf("%s%s %s\n", s.defined ? "D" : "U", s.weak ? "w" : "", s.name);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	AUTO(sieve) struct sieve *s = NULL;
	const char *mode = argc == 3 ? argv[1] : "";
	int fd = argc < 2 ? -1 : open(argv[argc - 1], O_RDONLY | O_CLOEXEC), rc = -1;
	if (fd < 0) {
		fprintf(stderr, "usage: show [--sieve|--symbols] FILE\n");
		return 2;
	}
	if (strcmp(mode, "--sieve") == 0)
		fd = sieve_file(fd, &s, &err);
	if (fd >= 0)
		rc = strcmp(mode, "--symbols") == 0 ? show_symbols(fd, &err) : show(fd, s, argv[argc - 1], &err);
	if (rc < 0)
		fprintf(stderr, "show: %s\n", err.text);
	return rc < 0 ? 1 : 0;
}
