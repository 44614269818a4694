#include "adapt/elf_impl.h"

#define MAX_DYNAMIC ((uint64_t)1 << 20)
#define MAX_STRINGS ((uint64_t)64 << 20)
#define MAX_SYMBOLS ((uint64_t)1 << 20)
#define MAX_BUCKETS ((uint64_t)1 << 20)
#define MAX_HASH    ((uint64_t)32 << 20)

bool obj_dynamic(const struct obj *o, int64_t tag, size_t n, uint64_t *ret)
{
	for (size_t i = 0; i < o->n_dynamic; i++) {
		if (o->dynamic[i].d_tag != tag || n-- > 0)
			continue;
		*ret = o->dynamic[i].d_un.d_val;
		return true;
	}
	return false;
}

static void take_entries(struct obj *o, size_t len)
{
	Elf_Data *data = elf_getdata_rawchunk(o->elf, (int64_t)o->dynamic_offset, len, ELF_T_DYN);
	if (data == NULL)
		return;
	size_t n = len / gelf_fsize(o->elf, ELF_T_DYN, 1, EV_CURRENT);
	o->dynamic = xcalloc(n + 1, sizeof(*o->dynamic));
	for (size_t i = 0; i < n; i++) {
		GElf_Dyn d;
		if (gelf_getdyn(data, (int)i, &d) == NULL || d.d_tag == DT_NULL)
			break;
		o->dynamic[o->n_dynamic++] = d;
	}
}

void obj_read_dynamic(struct obj *o)
{
	size_t len = 0;
	if (obj_chunk(o, o->dynamic_offset, o->dynamic_size, MAX_DYNAMIC, ELF_T_DYN, &len) == NULL)
		return;
	take_entries(o, len);
	uint64_t address = 0, size = 0, offset = 0;
	if (!obj_dynamic(o, DT_STRTAB, 0, &address) || !obj_dynamic(o, DT_STRSZ, 0, &size) || size == 0)
		return;
	uint64_t there = obj_behind(o, address, &offset);
	if (there < size) {
		obj_wrong(o, "its string table lies outside");
		return;
	}
	o->strings = obj_chunk(o, offset, size, MAX_STRINGS, ELF_T_BYTE, &o->strings_len);
	/* Texts must end inside: what stands behind the last NUL is none. */
	while (o->strings != NULL && o->strings_len > 0 && o->strings[o->strings_len - 1] != '\0')
		o->strings_len--;
}

const char *obj_text(const struct obj *o, uint64_t offset)
{
	return o->strings != NULL && offset < o->strings_len ? o->strings + offset : NULL;
}

const char *obj_tag(struct obj *o, enum obj_tag tag, size_t n)
{
	static const int64_t tags[] = {
		[OBJ_NEEDED] = DT_NEEDED, [OBJ_SONAME] = DT_SONAME, [OBJ_RPATH] = DT_RPATH, [OBJ_RUNPATH] = DT_RUNPATH};
	uint64_t at = 0;
	if (!obj_dynamic(o, tags[tag], n, &at))
		return NULL;
	const char *text = obj_text(o, at);
	if (text == NULL)
		obj_wrong(o, "a dynamic entry names no text");
	return text;
}

bool obj_no_default_dirs(const struct obj *o)
{
	uint64_t flags = 0;
	return obj_dynamic(o, DT_FLAGS_1, 0, &flags) && (flags & DF_1_NODEFLIB) != 0;
}

/* The number of symbols by the System V hash table: its second word. */
static uint64_t count_by_hash(struct obj *o)
{
	uint64_t address = 0, offset = 0;
	size_t len = 0;
	if (!obj_dynamic(o, DT_HASH, 0, &address) || obj_behind(o, address, &offset) < 8)
		return 0;
	const uint32_t *words = obj_chunk(o, offset, 8, 8, ELF_T_WORD, &len);
	return words == NULL || len < 8 ? 0 : words[1];
}

/* The highest symbol that any bucket of a GNU hash table starts with; 0 = none. */
static uint32_t highest_bucket(struct obj *o, uint64_t offset, uint64_t n)
{
	size_t len = 0;
	const uint32_t *buckets = obj_chunk(o, offset, n * 4, MAX_BUCKETS * 4, ELF_T_WORD, &len);
	uint32_t top = 0;
	for (size_t i = 0; buckets != NULL && i < len / 4; i++)
		if (buckets[i] > top)
			top = buckets[i];
	return top;
}

/* By the GNU hash table: the end of the chain that starts last. */
static uint64_t count_by_gnu_hash(struct obj *o)
{
	uint64_t address = 0, offset = 0;
	size_t len = 0;
	if (!obj_dynamic(o, DT_GNU_HASH, 0, &address))
		return 0;
	uint64_t there = obj_behind(o, address, &offset);
	const uint32_t *head = there < 16 ? NULL : obj_chunk(o, offset, 16, 16, ELF_T_WORD, &len);
	if (head == NULL || len < 16 || head[0] > MAX_BUCKETS || head[2] > MAX_BUCKETS)
		return 0;
	uint64_t first = head[1], buckets = 16 + (uint64_t)head[2] * (o->head.is64 ? 8 : 4);
	uint64_t chains = buckets + (uint64_t)head[0] * 4;
	if (chains > there)
		return 0;
	uint64_t top = highest_bucket(o, offset + buckets, head[0]);
	if (top < first)
		return 0;
	uint64_t from = chains + (top - first) * 4;
	if (from >= there || there - from < 4)
		return 0;
	uint64_t most = there - from < MAX_HASH ? there - from : MAX_HASH;
	const uint32_t *chain = obj_chunk(o, offset + from, most & ~(uint64_t)3, MAX_HASH, ELF_T_WORD, &len);
	for (size_t i = 0; chain != NULL && i < len / 4; i++)
		if (chain[i] & 1)
			return top + i + 1;
	return 0;
}

/* By the section header that lies over the table. */
static uint64_t count_by_section(struct obj *o, uint64_t offset, uint64_t one)
{
	for (size_t i = 0; i < o->n_sections; i++) {
		GElf_Shdr s;
		if (gelf_getshdr(elf_getscn(o->elf, i), &s) != NULL && s.sh_type == SHT_DYNSYM && s.sh_offset == offset)
			return s.sh_size / one;
	}
	return 0;
}

static void load_symbols(struct obj *o)
{
	uint64_t address = 0, offset = 0, strings = 0, versions = 0;
	uint64_t one = gelf_fsize(o->elf, ELF_T_SYM, 1, EV_CURRENT);
	o->symbols_known = true;
	if (!obj_dynamic(o, DT_SYMTAB, 0, &address))
		return;
	uint64_t there = obj_behind(o, address, &offset);
	uint64_t n = count_by_section(o, offset, one);
	if (n == 0)
		n = count_by_hash(o);
	if (n == 0)
		n = count_by_gnu_hash(o);
	if (n == 0 && obj_dynamic(o, DT_STRTAB, 0, &strings) && strings > address)
		n = (strings - address) / one;
	if (n == 0 || n > MAX_SYMBOLS || n > there / one) {
		if (n > 1)
			obj_wrong(o, "its symbol table lies outside");
		return;
	}
	size_t len = 0;
	o->symbols = obj_chunk(o, offset, n * one, MAX_SYMBOLS * one, ELF_T_SYM, &len);
	o->n_symbols = o->symbols == NULL ? 0 : len / one;
	if (obj_dynamic(o, DT_VERSYM, 0, &versions) && obj_behind(o, versions, &offset) / 2 >= o->n_symbols)
		o->symbol_versions = obj_chunk(o, offset, o->n_symbols * 2, MAX_SYMBOLS * 2, ELF_T_HALF, &len);
	o->n_symbol_versions = o->symbol_versions == NULL ? 0 : len / 2;
}

size_t obj_symbols(struct obj *o)
{
	if (!o->symbols_known)
		load_symbols(o);
	return o->n_symbols > 0 ? o->n_symbols - 1 : 0;
}

/* The i-th symbol in the form of 64-bit files. */
static GElf_Sym wide_symbol(const struct obj *o, size_t i)
{
	if (o->head.is64)
		return ((const GElf_Sym *)o->symbols)[i];
	Elf32_Sym s = ((const Elf32_Sym *)o->symbols)[i];
	return (GElf_Sym){.st_name = s.st_name,
			  .st_info = s.st_info,
			  .st_other = s.st_other,
			  .st_shndx = s.st_shndx,
			  .st_value = s.st_value,
			  .st_size = s.st_size};
}

bool obj_symbol(struct obj *o, size_t i, struct obj_symbol *ret)
{
	if (i >= obj_symbols(o))
		return false;
	GElf_Sym s = wide_symbol(o, i + 1);
	const char *name = obj_text(o, s.st_name);
	unsigned char visibility = GELF_ST_VISIBILITY(s.st_other);
	*ret = (struct obj_symbol){.name = name == NULL ? "" : name,
				   .value = s.st_value,
				   .defined = s.st_shndx != SHN_UNDEF,
				   .weak = GELF_ST_BIND(s.st_info) == STB_WEAK,
				   .local = GELF_ST_BIND(s.st_info) == STB_LOCAL,
				   .visible = visibility == STV_DEFAULT || visibility == STV_PROTECTED};
	if (i + 1 < o->n_symbol_versions)
		ret->version = o->symbol_versions[i + 1] & 0x7fff;
	return true;
}
