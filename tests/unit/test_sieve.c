#include "inspect/sieve.h"

#include "base/file.h"
#include "inspect/elf_read.h"
#include "inspect/sieve_plan.h"
#include "support/elfmaker.h"
#include "support/t.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is left of the bytes when they pass by in pieces of that size; *ret: what has the rest. */
static int sieved_by(const struct buf *bytes, size_t piece, struct sieve **ret)
{
	struct err err = ERR_INIT;
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	AUTO(sieve) struct sieve *s = sieve_new(fd, bytes->len);
	for (size_t at = 0; at < bytes->len; at += piece) {
		size_t n = bytes->len - at < piece ? bytes->len - at : piece;
		assert_int_equal(sieve_add(s, bytes->data + at, n, &err), 0);
	}
	assert_int_equal(sieve_end(s, &err), 0);
	*ret = TAKE(s);
	return fd;
}

static int sieved(const struct buf *bytes, size_t piece, uint64_t *ret_kept)
{
	AUTO(sieve) struct sieve *s = NULL;
	int fd = sieved_by(bytes, piece, &s);
	*ret_kept = sieve_kept(s);
	return fd;
}

static struct binary *read_sieved(int fd, const struct sieve *s)
{
	struct err err = ERR_INIT;
	struct binary *b = NULL;
	assert_int_equal(binary_read_sieved(fd, s, "/x.so", &b, &err), 0);
	return b;
}

static struct binary *read_fd(int fd)
{
	struct err err = ERR_INIT;
	struct binary *b = NULL;
	assert_int_equal(binary_read(fd, "/x.so", &b, &err), 0);
	return b;
}

static void assert_same(const struct binary *a, const struct binary *b)
{
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->health, b->health);
	assert_int_equal(a->n_groups, b->n_groups);
	for (size_t i = 0; i < a->n_groups; i++) {
		assert_int_equal(a->groups[i].containers, b->groups[i].containers);
		assert_int_equal(a->groups[i].first, b->groups[i].first);
		assert_int_equal(a->groups[i].link_only, b->groups[i].link_only);
		assert_int_equal(a->groups[i].n_codes, b->groups[i].n_codes);
	}
	assert_int_equal(a->code_bytes, b->code_bytes);
	assert_int_equal(a->cuda.cubin_low, b->cuda.cubin_low);
	assert_int_equal(a->cuda.cubin_high, b->cuda.cubin_high);
	assert_int_equal(a->cuda.version, b->cuda.version);
	assert_true(strv_eq(&a->imports, &b->imports));
	assert_int_equal(a->n_exports, b->n_exports);
}

static struct blob blob_of(const struct buf *b)
{
	return (struct blob){.name = "", .data = b->data, .len = b->len};
}

/* An extension of some megabytes, nearly all of it device code. */
static void make_large(struct buf *bytes, struct made_at *at)
{
	AUTO_BUF struct buf fatbin = BUF_INIT, large = BUF_INIT, small = BUF_INIT, link = BUF_INIT;
	make_cubin(124, false, true, 1500000, &large);
	make_cubin(124, false, true, 7000, &small);
	make_cubin(117, false, false, 1500, &link);
	const struct made_code codes[] = {
		{.kind = 2, .arch = 80, .payload = blob_of(&large)},
		{.kind = 2, .arch = 90, .flags = 0x100000, .payload = blob_of(&large)},
		{.kind = 1, .arch = 90, .isa = 84, .flags = 0x2000, .payload = blob_of(&small)}};
	const struct made_code empty[] = {{.kind = 2, .arch = 80, .payload = blob_of(&link)}};
	make_fatbin(codes, 3, &fatbin);
	make_fatbin(empty, 1, &fatbin);
	make_fatbin(codes, 1, &fatbin);
	const struct made_elf m = {.soname = "x.so",
				   .needed = {"libc10.so"},
				   .symbols = {{.name = "_ZN2at4_ops3add4callERKNS_6TensorE"},
					       {.name = "_ZN6sparse12cuda_versionEv", .defined = true}},
				   .n_symbols = 2,
				   .text = {.data = "\xb8\x08\x2f\x00\x00\xc3  ", .len = 8},
				   .fatbin = {.data = fatbin.data, .len = fatbin.len}};
	make_elf(&m, bytes, at);
}

static void a_file_reads_the_same_through_it_whatever_the_pieces(void **state)
{
	(void)state;
	static const size_t pieces[] = {1 << 20, 65536, 10007, 64, 4096};
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct made_at at;
	make_large(&bytes, &at);
	AUTO_FD int whole = made_file(&bytes);
	AUTO(binary) struct binary *b = read_fd(whole);
	assert_int_equal(b->n_groups, 3);
	assert_true(b->groups[1].link_only);
	assert_int_equal(b->cuda.cubin_low, 117);
	assert_int_equal(b->cuda.version, 12040);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		AUTO(sieve) struct sieve *s = NULL;
		AUTO_FD int fd = sieved_by(&bytes, pieces[i], &s);
		AUTO(binary) struct binary *same = read_sieved(fd, s);
		assert_same(b, same);
		assert_true(sieve_kept(s) < bytes.len / 2);
	}
}

static void what_it_keeps_stands_at_its_place_and_the_rest_is_a_hole(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct made_at at;
	make_large(&bytes, &at);
	AUTO(sieve) struct sieve *s = NULL;
	AUTO_FD int fd = sieved_by(&bytes, 100000, &s);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, bytes.len);
	AUTO_TEXT char *copy = xmalloc(bytes.len);
	assert_int_equal(pread(fd, copy, bytes.len, 0), bytes.len);
	size_t differ = 0, n = 0;
	const struct obj_patch *patches = sieve_patches(s, &n);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || patches[i].offset >= patches[i - 1].offset + patches[i - 1].len);
		memcpy(copy + patches[i].offset, patches[i].data, patches[i].len);
	}
	for (size_t i = 0; i < bytes.len; i++) {
		if (copy[i] == bytes.data[i])
			continue;
		assert_int_equal(copy[i], 0);
		differ++;
	}
	/* Of what is not zero, cubins' padding being zero, little is left out here: heads are kept. */
	assert_int_equal(differ, 0);
	assert_memory_equal(copy + at.sections, bytes.data + at.sections, 5 * 64);
}

static void a_small_file_and_one_that_is_no_elf_file_are_kept_whole(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	uint64_t kept = 0;
	buf_repeat(&bytes, "text ", 300000);
	AUTO_FD int fd = sieved(&bytes, 5000, &kept);
	assert_int_equal(kept, bytes.len);
	AUTO_TEXT char *copy = xmalloc(bytes.len);
	assert_int_equal(pread(fd, copy, bytes.len, 0), bytes.len);
	assert_memory_equal(copy, bytes.data, bytes.len);
	AUTO_BUF struct buf none = BUF_INIT;
	AUTO_FD int empty = sieved(&none, 1, &kept);
	assert_true(empty >= 0);
	assert_int_equal(kept, 0);
}

static void containers_that_lie_end_where_the_file_does(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct made_at at;
	make_large(&bytes, &at);
	/* The first entry's payload reaches over everything behind it. */
	memset(bytes.data + at.fatbin + 16 + 8, 0xff, 8);
	AUTO_FD int whole = made_file(&bytes);
	AUTO(sieve) struct sieve *s = NULL;
	AUTO_FD int fd = sieved_by(&bytes, 30000, &s);
	AUTO(binary) struct binary *a = read_fd(whole);
	AUTO(binary) struct binary *b = read_sieved(fd, s);
	assert_int_equal(a->health, BINARY_BROKEN);
	assert_string_equal(a->fault, "a container of device code contradicts itself");
	assert_int_equal(b->health, BINARY_BROKEN);
	assert_string_equal(b->fault, a->fault);
}

static void more_bytes_than_were_told_are_refused(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	AUTO_FD int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	AUTO(sieve) struct sieve *s = sieve_new(fd, 3);
	assert_int_equal(sieve_add(s, "1234", 4, &err), -1);
	assert_int_equal(err.kind, ERR_INTERNAL);
	assert_string_equal(err.text, "a file is longer than it was said to be");
}

static void fewer_bytes_than_were_told_give_a_shorter_file(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct stat st;
	AUTO_FD int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	AUTO(sieve) struct sieve *s = sieve_new(fd, 1000);
	assert_int_equal(sieve_add(s, "1234", 4, &err), 0);
	assert_int_equal(sieve_end(s, &err), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 4);
}

static void a_file_that_cannot_be_written_is_an_error(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	AUTO_FD int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	AUTO(sieve) struct sieve *s = sieve_new(fd, 4);
	assert_int_equal(sieve_add(s, "1234", 4, &err), 0);
	assert_int_equal(sieve_end(s, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "write a temporary file: No space left on device");
}

static void a_plan_keeps_tables_and_leaves_out_large_code(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	const struct made_elf m = {.soname = "x.so"};
	struct made_at at;
	make_elf(&m, &bytes, &at);
	/* The header's word alone counts: 400 MiB of code, 40 MiB of constants, 1 MiB with the dynamic section. */
	const uint64_t mib = 1 << 20, size = 600 * mib;
	const struct {
		uint64_t type, flags, at, len;
	} segments[] = {
		{1, 4, 0, 20 * mib}, {1, 5, 20 * mib, 400 * mib}, {1, 4, 420 * mib, 40 * mib}, {1, 6, 500 * mib, mib}};
	for (size_t i = 0; i < ARRAY_LEN(segments); i++) {
		unsigned char *h = (unsigned char *)bytes.data + 64 + i * 56;
		const uint64_t values[] = {segments[i].type | segments[i].flags << 32, segments[i].at, 0, 0,
					   segments[i].len};
		for (size_t k = 0; k < 40; k++)
			h[k] = (unsigned char)(values[k / 8] >> (8 * (k % 8)));
	}
	const uint64_t sections = 599 * mib;
	for (size_t k = 0; k < 8; k++)
		bytes.data[40 + k] = (char)(sections >> (8 * k));
	struct sieve_plan p;
	sieve_plan(&p, (const unsigned char *)bytes.data, bytes.len, size);
	assert_int_equal(p.n, 4);
	assert_int_equal(p.v[0].from, 0);
	assert_int_equal(p.v[0].to, 20 * mib);
	assert_int_equal(p.v[1].from, 420 * mib);
	assert_int_equal(p.v[1].to, 428 * mib);
	assert_int_equal(p.v[2].from, 500 * mib);
	assert_int_equal(p.v[2].to, 501 * mib);
	assert_int_equal(p.v[3].from, sections - 65536);
	assert_int_equal(p.v[3].to, sections + 4 * 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_reads_the_same_through_it_whatever_the_pieces),
		cmocka_unit_test(what_it_keeps_stands_at_its_place_and_the_rest_is_a_hole),
		cmocka_unit_test(a_small_file_and_one_that_is_no_elf_file_are_kept_whole),
		cmocka_unit_test(containers_that_lie_end_where_the_file_does),
		cmocka_unit_test(more_bytes_than_were_told_are_refused),
		cmocka_unit_test(fewer_bytes_than_were_told_give_a_shorter_file),
		cmocka_unit_test(a_file_that_cannot_be_written_is_an_error),
		cmocka_unit_test(a_plan_keeps_tables_and_leaves_out_large_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
