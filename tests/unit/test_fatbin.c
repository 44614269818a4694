#include "inspect/fatbin.h"

#include "inspect/cubin.h"
#include "support/elfmaker.h"
#include "support/t.h"

#include <lz4.h>
#include <zstd.h>

#define LZ4    0x2000U
#define ZSTD   0x8000U
#define ARCH   0x100000U
#define FAMILY 0x200000U

static long read_buf(void *self, uint64_t offset, void *into, size_t len)
{
	const struct buf *b = self;
	if (offset >= b->len)
		return 0;
	size_t n = b->len - (size_t)offset < len ? b->len - (size_t)offset : len;
	memcpy(into, b->data + offset, n);
	return (long)n;
}

/* Reads all of the bytes; the fault is the caller's to compare. */
static struct binary *scan(struct buf *bytes, uint64_t gap, const char **ret_fault)
{
	struct binary *b = binary_new("/x.so");
	AUTO(fatbin) struct fatbin *f = fatbin_new((struct fatbin_source){.read = read_buf, .self = bytes}, b);
	fatbin_scan(f, 0, bytes->len, gap, false);
	*ret_fault = fatbin_end(f);
	return b;
}

static void assert_codes(const struct code_group *g, const char *const *names, size_t n)
{
	char text[CODE_TEXT];
	assert_int_equal(g->n_codes, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(code_text(&g->codes[i], text), names[i]);
}

static struct blob blob_of(const struct buf *b)
{
	return (struct blob){.name = "", .data = b->data, .len = b->len};
}

static void headers_say_kind_architecture_suffix_version_and_packing(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	const struct made_code codes[] = {
		{.kind = 1,
		 .arch = 90,
		 .isa = 84,
		 .flags = LZ4,
		 .payload = {.data = "xxxxxxxx", .len = 8},
		 .header = 88},
		{.kind = 2, .arch = 90, .flags = ARCH | LZ4, .header = 72},
		{.kind = 2, .arch = 75},
		{.kind = 2, .arch = 100, .flags = FAMILY | ZSTD, .header = 112},
		{.kind = 8, .arch = 80, .header = 120},
		{.kind = 0x40, .arch = 80},
	};
	make_fatbin(codes, ARRAY_LEN(codes), &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *b = scan(&bytes, 0, &fault);
	assert_null(fault);
	assert_int_equal(b->n_groups, 1);
	const char *const names[] = {"sm_75", "sm_90a", "sm_100f", "compute_90", "lto_80", "other_80"};
	assert_codes(&b->groups[0], names, ARRAY_LEN(names));
	assert_int_equal(b->groups[0].codes[2].packed, CODE_ZSTD);
	assert_int_equal(b->groups[0].codes[3].packed, CODE_LZ4);
	assert_int_equal(b->groups[0].codes[3].isa, 84);
	assert_int_equal(b->groups[0].containers, 1);
	assert_false(b->groups[0].link_only);
	assert_int_equal(b->cuda.isa_low, 84);
	assert_int_equal(b->cuda.isa_high, 84);
	assert_int_equal(b->code_bytes, bytes.len);
}

static void containers_with_the_same_code_are_one_group(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	const struct made_code two[] = {{.kind = 2, .arch = 80}, {.kind = 1, .arch = 80, .isa = 75}};
	const struct made_code turned[] = {
		{.kind = 1, .arch = 80, .isa = 75}, {.kind = 2, .arch = 80}, {.kind = 2, .arch = 80}};
	make_fatbin(two, 2, &bytes);
	make_fatbin(two, 1, &bytes);
	make_fatbin(turned, 3, &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *b = scan(&bytes, 0, &fault);
	assert_null(fault);
	assert_int_equal(b->n_groups, 2);
	assert_int_equal(b->groups[0].containers, 2);
	assert_int_equal(b->groups[0].first, 0);
	assert_int_equal(b->groups[1].containers, 1);
	assert_int_equal(b->groups[1].n_codes, 1);
}

static void what_lies_between_containers_is_passed_over_up_to_a_limit(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	const struct made_code one[] = {{.kind = 2, .arch = 80}};
	for (size_t i = 0; i < 100000; i++)
		buf_addc(&bytes, i % 7 ? '\0' : '\x50');
	make_fatbin(one, 1, &bytes);
	buf_repeat(&bytes, "padding ", 3);
	make_fatbin(one, 1, &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *near = scan(&bytes, 1000, &fault);
	assert_int_equal(near->n_groups, 0);
	AUTO(binary) struct binary *far = scan(&bytes, 200000, &fault);
	assert_null(fault);
	assert_int_equal(far->n_groups, 1);
	assert_int_equal(far->groups[0].containers, 2);
	assert_int_equal(far->groups[0].first, 100000);
}

static void a_device_link_leaves_containers_that_are_not_judged(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT, empty = BUF_INIT, full = BUF_INIT;
	make_cubin(130, true, false, 1500, &empty);
	make_cubin(130, true, true, 1500, &full);
	char packed[4096];
	int n = LZ4_compress_default(empty.data, packed, (int)empty.len, (int)sizeof(packed));
	const struct made_code link[] = {{.kind = 2, .arch = 75, .payload = blob_of(&empty)},
					 {.kind = 2,
					  .arch = 80,
					  .flags = LZ4,
					  .payload = {.data = packed, .len = (size_t)n},
					  .unpacked = empty.len}};
	const struct made_code real[] = {{.kind = 2, .arch = 75, .payload = blob_of(&full)},
					 {.kind = 2, .arch = 80, .payload = blob_of(&empty)}};
	const struct made_code ptx[] = {{.kind = 2, .arch = 75, .payload = blob_of(&empty)},
					{.kind = 1, .arch = 75, .isa = 90}};
	make_fatbin(link, 2, &bytes);
	make_fatbin(real, 2, &bytes);
	make_fatbin(ptx, 2, &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *b = scan(&bytes, 0, &fault);
	assert_null(fault);
	assert_int_equal(b->n_groups, 3);
	assert_true(b->groups[0].link_only);
	assert_false(b->groups[1].link_only);
	assert_false(b->groups[2].link_only);
	assert_false(b->groups[0].relocatable);
}

static void the_toolkit_is_read_from_machine_code(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT, old = BUF_INIT, older = BUF_INIT;
	make_cubin(124, false, true, 3000, &old);
	make_cubin(117, false, true, 9000, &older);
	char packed[20000];
	int n = LZ4_compress_default(older.data, packed, (int)older.len, (int)sizeof(packed));
	const struct made_code codes[] = {{.kind = 2, .arch = 75, .payload = blob_of(&old)},
					  {.kind = 2,
					   .arch = 80,
					   .flags = LZ4,
					   .payload = {.data = packed, .len = (size_t)n},
					   .unpacked = older.len}};
	make_fatbin(codes, 2, &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *b = scan(&bytes, 0, &fault);
	assert_int_equal(b->cuda.cubin_low, 117);
	assert_int_equal(b->cuda.cubin_high, 124);
	assert_null(b->cuda.toolkit);
}

static void newer_toolkits_are_read_from_notes_packed_or_not(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT, cubin = BUF_INIT;
	make_cubin(130, true, true, 9000, &cubin);
	char packed[20000];
	size_t n = ZSTD_compress(packed, sizeof(packed), cubin.data, cubin.len, 3);
	const struct made_code codes[] = {
		{.kind = 2, .arch = 100, .flags = ZSTD, .payload = {.data = packed, .len = n}, .unpacked = cubin.len}};
	make_fatbin(codes, 1, &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *b = scan(&bytes, 0, &fault);
	assert_null(fault);
	assert_int_equal(b->cuda.cubin_low, 130);
	assert_int_equal(b->cuda.cubin_high, 130);
	assert_string_equal(b->cuda.toolkit, "release 13.0, V13.0.88");
}

/* Behind the names and symbols of a cubin of megabytes, in front of its code. */
static void notes_in_front_of_megabytes_of_code_are_read(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT, cubin = BUF_INIT, names = BUF_INIT;
	buf_repeat(&names, "kernel_", 50000);
	make_cubin(130, true, true, 3 << 20, &cubin);
	char *note = memmem(cubin.data, cubin.len, "NVIDIA Corp", 12);
	assert_non_null(note);
	size_t at = (size_t)(note - cubin.data) - 12;
	memmove(cubin.data + names.len, cubin.data + at, cubin.len - names.len - at);
	memcpy(cubin.data + at, names.data, names.len - at);
	const struct made_code codes[] = {{.kind = 2, .arch = 90, .payload = blob_of(&cubin)}};
	make_fatbin(codes, 1, &bytes);
	const char *fault = NULL;
	AUTO(binary) struct binary *b = scan(&bytes, 0, &fault);
	assert_null(fault);
	assert_int_equal(b->cuda.cubin_low, 130);
	assert_string_equal(b->cuda.toolkit, "release 13.0, V13.0.88");
}

static void the_smallest_code_of_each_architecture_is_picked(void **state)
{
	(void)state;
	struct fatbin_picks p = {.n = 0};
	struct fatbin_entry e = {.code = {.kind = CODE_SASS, .arch = 80}, .payload = 100};
	assert_true(fatbin_pick(&p, &e, 1));
	assert_false(fatbin_pick(&p, &e, 2));
	e.payload = 99;
	assert_true(fatbin_pick(&p, &e, 3));
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0].offset, 3);
	e.code.suffix = 'a';
	assert_true(fatbin_pick(&p, &e, 4));
	e.code.kind = CODE_PTX;
	assert_false(fatbin_pick(&p, &e, 5));
	e.code.kind = CODE_SASS;
	for (uint16_t i = 0; i < 40; i++) {
		e.code.arch = (uint16_t)(200 + i);
		(void)fatbin_pick(&p, &e, 6);
	}
	assert_int_equal(p.n, FATBIN_PICKS);
}

/* What is wrong when one field of a sound container is set to a value. */
static void assert_broken(size_t at, uint64_t value, size_t bytes, const char *fault_due)
{
	AUTO_BUF struct buf b = BUF_INIT;
	const struct made_code one[] = {{.kind = 2, .arch = 80, .payload = {.data = "12345678", .len = 8}}};
	make_fatbin(one, 1, &b);
	for (size_t i = 0; i < bytes; i++)
		b.data[at + i] = (char)(value >> (8 * i));
	const char *fault = NULL;
	AUTO(binary) struct binary *read = scan(&b, 0, &fault);
	assert_non_null(read);
	assert_string_equal(fault == NULL ? "nothing" : fault, fault_due);
}

static void headers_that_lie_are_named(void **state)
{
	(void)state;
	assert_broken(8, 73, 8, "a container of device code is cut short");
	assert_broken(8, UINT64_MAX, 8, "a container of device code is cut short");
	assert_broken(8, 71, 8, "a container of device code contradicts itself");
	assert_broken(8, 40, 8, "a container of device code contradicts itself");
	assert_broken(16 + 4, 63, 4, "a container of device code contradicts itself");
	assert_broken(16 + 4, 5000, 4, "a container of device code contradicts itself");
	assert_broken(16 + 8, 9, 8, "a container of device code contradicts itself");
	assert_broken(16 + 8, UINT64_MAX, 8, "a container of device code contradicts itself");
	assert_broken(16 + 8, 0, 8, "a container of device code contradicts itself");
	assert_broken(4, 2, 1, "nothing"); /* another layout: no container at all */
}

static void notes_of_others_are_no_witness(void **state)
{
	(void)state;
	AUTO_BUF struct buf cubin = BUF_INIT;
	make_cubin(130, true, true, 400, &cubin);
	const unsigned char *data = (const unsigned char *)cubin.data;
	assert_int_equal(cubin_note_version(data, cubin.len), 130);
	assert_int_equal(cubin_version(data, cubin.len), 0);
	char *owner = memmem(cubin.data, cubin.len, "NVIDIA Corp", 12);
	assert_non_null(owner);
	owner[0] = 'n';
	assert_null(cubin_note_toolkit(data, cubin.len));
	assert_int_equal(cubin_note_version(data, cubin.len), 130);
	assert_int_equal(cubin_note_version(data, (size_t)(owner - cubin.data) + 20), 0);
	assert_int_equal(cubin_note_version(data, 0), 0);
	assert_int_equal(cubin_version(data, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_say_kind_architecture_suffix_version_and_packing),
		cmocka_unit_test(containers_with_the_same_code_are_one_group),
		cmocka_unit_test(what_lies_between_containers_is_passed_over_up_to_a_limit),
		cmocka_unit_test(a_device_link_leaves_containers_that_are_not_judged),
		cmocka_unit_test(the_toolkit_is_read_from_machine_code),
		cmocka_unit_test(newer_toolkits_are_read_from_notes_packed_or_not),
		cmocka_unit_test(notes_in_front_of_megabytes_of_code_are_read),
		cmocka_unit_test(the_smallest_code_of_each_architecture_is_picked),
		cmocka_unit_test(headers_that_lie_are_named),
		cmocka_unit_test(notes_of_others_are_no_witness),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
