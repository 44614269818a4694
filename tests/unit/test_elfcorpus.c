/* The corpora of fuzz_elf and fuzz_fatbin are made of these tables: UPDATE=1 writes them, else they must be equal. */
#include "base/file.h"
#include "support/elfmaker.h"
#include "support/t.h"

#include <stdlib.h>

static struct blob blob_of(const struct buf *b)
{
	return (struct blob){.name = "", .data = b->data, .len = b->len};
}

static void assert_kept(const char *path, const struct buf *bytes)
{
	struct err err = ERR_INIT;
	AUTO_BUF struct buf kept = BUF_INIT;
	if (getenv("UPDATE") != NULL)
		assert_int_equal(file_write(path, blob_of(bytes), 0644, &err), 0);
	assert_int_equal(file_read(path, 1 << 20, &kept, &err), 0);
	if (kept.len != bytes->len || memcmp(kept.data, bytes->data, kept.len) != 0)
		fail_msg("%s is not what is made; UPDATE=1 rewrites it", path);
}

/* The data as an LZ4 block of nothing but literals: the same bytes whatever the library's version. */
static void as_lz4(const struct buf *data, struct buf *into)
{
	buf_addc(into, (char)0xf0);
	size_t left = data->len - 15;
	for (; left >= 255; left -= 255)
		buf_addc(into, (char)0xff);
	buf_addc(into, (char)left);
	buf_add(into, data->data, data->len);
}

/* The data as a zstd frame with one raw block. */
static void as_zstd(const struct buf *data, struct buf *into)
{
	size_t size = data->len - 256, block = data->len << 3 | 1;
	buf_add(into, "\x28\xb5\x2f\xfd\x60", 5);
	buf_addc(into, (char)size);
	buf_addc(into, (char)(size >> 8));
	for (unsigned i = 0; i < 3; i++)
		buf_addc(into, (char)(block >> (8 * i)));
	buf_add(into, data->data, data->len);
}

/* Containers of each layout, one behind the other. */
static void make_layouts(struct buf *fatbin)
{
	AUTO_BUF struct buf old = BUF_INIT, new = BUF_INIT, link = BUF_INIT, lz4 = BUF_INIT, zstd = BUF_INIT;
	make_cubin(124, false, true, 300, &old);
	make_cubin(130, true, true, 400, &new);
	make_cubin(118, false, false, 100, &link);
	as_lz4(&old, &lz4);
	as_zstd(&new, &zstd);
	const struct made_code cuda11[] = {
		{.kind = 2, .arch = 80, .payload = blob_of(&old)},
		{.kind = 1, .arch = 86, .isa = 78, .payload = {.data = ".version", .len = 8}, .header = 80}};
	const struct made_code cuda12[] = {
		{.kind = 2, .arch = 90, .flags = 0x102000, .payload = blob_of(&lz4), .unpacked = old.len, .header = 72},
		{.kind = 8, .arch = 90, .payload = {.data = "BC", .len = 2}, .header = 120}};
	const struct made_code cuda13[] = {{.kind = 2,
					    .arch = 100,
					    .flags = 0x1208000,
					    .payload = blob_of(&zstd),
					    .unpacked = new.len,
					    .header = 112},
					   {.kind = 2, .arch = 75, .payload = blob_of(&new)}};
	const struct made_code empty[] = {{.kind = 2, .arch = 80, .payload = blob_of(&link)}};
	make_fatbin(cuda11, 2, fatbin);
	make_fatbin(cuda12, 2, fatbin);
	make_fatbin(cuda13, 2, fatbin);
	make_fatbin(empty, 1, fatbin);
}

static void fatbins_of_the_corpus_are_what_is_made(void **state)
{
	(void)state;
	AUTO_BUF struct buf all = BUF_INIT, one = BUF_INIT;
	make_layouts(&all);
	assert_kept("tests/fuzz/corpus/fatbin/layouts", &all);
	const struct made_code codes[] = {
		{.kind = 1, .arch = 50, .isa = 65, .flags = 0x2000, .payload = {.data = "12345", .len = 5}}};
	buf_repeat(&one, "gap ", 5);
	make_fatbin(codes, 1, &one);
	assert_kept("tests/fuzz/corpus/fatbin/gap", &one);
}

static struct made_elf extension(void)
{
	return (struct made_elf){
		.soname = "x.so",
		.rpath = "$ORIGIN",
		.needed = {"libc10.so", "libcudart.so.12"},
		.symbols = {{.name = "_ZN3c106detail14torchCheckFailEPKcS2_jRKSs"},
			    {.name = "cudaLaunchKernel", .file = "libcudart.so.12", .version = "libcudart.so.12"},
			    {.name = "memcpy", .file = "libc.so.6", .version = "GLIBC_2.14"},
			    {.name = "own", .version = "X_1", .defined = true},
			    {.name = "_ZN6sparse12cuda_versionEv", .defined = true}},
		.n_symbols = 5,
		.text = {.data = "\xb8\x08\x2f\x00\x00\xc3", .len = 6},
	};
}

static void elf_files_of_the_corpus_are_what_is_made(void **state)
{
	(void)state;
	AUTO_BUF struct buf plain = BUF_INIT, gnu = BUF_INIT, bare = BUF_INIT, code = BUF_INIT, fatbin = BUF_INIT;
	struct made_elf m = extension();
	make_elf(&m, &plain, NULL);
	assert_kept("tests/fuzz/corpus/elf/extension", &plain);
	m.gnu_hash = true;
	m.no_sections = true;
	m.machine = MADE_AARCH64;
	make_elf(&m, &bare, NULL);
	assert_kept("tests/fuzz/corpus/elf/gnu-hash-no-sections", &bare);
	make_layouts(&fatbin);
	m = (struct made_elf){
		.program = true, .fatbin = blob_of(&fatbin), .data = {.data = "\0sm_50 sm_60 compute_60", .len = 24}};
	make_elf(&m, &code, NULL);
	assert_kept("tests/fuzz/corpus/elf/program-with-code", &code);
	m = (struct made_elf){.is32 = true, .soname = "x.so"};
	make_elf(&m, &gnu, NULL);
	assert_kept("tests/fuzz/corpus/elf/says-32-bit", &gnu);
	m = (struct made_elf){.big = true, .soname = "x.so"};
	make_elf(&m, &gnu, NULL);
	assert_kept("tests/fuzz/corpus/elf/says-big-endian", &gnu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fatbins_of_the_corpus_are_what_is_made),
		cmocka_unit_test(elf_files_of_the_corpus_are_what_is_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
