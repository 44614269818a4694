#include "adapt/elf.h"

#include "adapt/elf_impl.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LOADS    256
#define MAX_SECTIONS 65536
#define MAX_NAMES    ((uint64_t)1 << 20)
#define MAX_INTERP   4096

void obj_free(struct obj *o)
{
	if (o == NULL)
		return;
	free(o->demands);
	free(o->versions);
	free(o->loads);
	free(o->dynamic);
	if (o->elf != NULL)
		(void)elf_end(o->elf);
	free(o);
}

void obj_wrong(struct obj *o, const char *fault)
{
	if (o->fault == NULL)
		o->fault = fault;
}

const char *obj_fault(const struct obj *o)
{
	return o->fault;
}

bool obj_is_cut(const struct obj *o)
{
	return o->cut;
}

const struct obj_head *obj_head(const struct obj *o)
{
	return &o->head;
}

size_t obj_loads(const struct obj *o)
{
	return o->n_loads;
}

struct obj_load obj_load(const struct obj *o, size_t i)
{
	return o->loads[i];
}

/* Whether the file has len bytes at the offset; if not, it was cut short. */
static bool inside(struct obj *o, uint64_t offset, uint64_t len)
{
	if (offset <= o->head.size && len <= o->head.size - offset)
		return true;
	o->cut = true;
	obj_wrong(o, "shorter than its headers say");
	return false;
}

const void *obj_chunk(struct obj *o, uint64_t offset, uint64_t len, uint64_t max, Elf_Type type, size_t *ret_len)
{
	if (len == 0 || !inside(o, offset, len))
		return NULL;
	if (len > max) {
		obj_wrong(o, "a table is larger than any in use");
		return NULL;
	}
	const Elf_Data *data = elf_getdata_rawchunk(o->elf, (int64_t)offset, (size_t)len, type);
	if (data == NULL || data->d_buf == NULL) {
		obj_wrong(o, "a table cannot be read");
		return NULL;
	}
	*ret_len = data->d_size;
	return data->d_buf;
}

/* Two segments decide where everything else is looked for. */
static void take_header(struct obj *o, const GElf_Phdr *p)
{
	switch (p->p_type) {
	case PT_LOAD:
		(void)inside(o, p->p_offset, p->p_filesz);
		if (o->n_loads < MAX_LOADS && p->p_filesz > 0)
			o->loads[o->n_loads++] = (struct obj_load){.offset = p->p_offset,
								   .address = p->p_vaddr,
								   .size = p->p_filesz,
								   .executable = (p->p_flags & PF_X) != 0,
								   .writable = (p->p_flags & PF_W) != 0};
		break;
	case PT_DYNAMIC:
		o->dynamic_offset = p->p_offset;
		o->dynamic_size = p->p_filesz;
		break;
	case PT_INTERP:
		o->interp_offset = p->p_offset;
		o->interp_size = p->p_filesz;
		break;
	default:
		break;
	}
}

static void read_headers(struct obj *o)
{
	size_t n = 0;
	if (elf_getphdrnum(o->elf, &n) != 0)
		obj_wrong(o, "its program headers cannot be read");
	o->loads = xcalloc(MAX_LOADS, sizeof(*o->loads));
	for (size_t i = 0; i < n && i < MAX_SECTIONS; i++) {
		GElf_Phdr p;
		if (gelf_getphdr(o->elf, (int)i, &p) == NULL) {
			obj_wrong(o, "its program headers cannot be read");
			o->cut = o->cut || o->head.size < (uint64_t)o->ehdr.e_phoff + n * o->ehdr.e_phentsize;
			break;
		}
		take_header(o, &p);
	}
}

/* Names are read only where they are as short as they always are. */
static void look_at_names(struct obj *o)
{
	size_t names = 0;
	GElf_Shdr s;
	if (elf_getshdrstrndx(o->elf, &names) == 0 && names < o->n_sections &&
	    gelf_getshdr(elf_getscn(o->elf, names), &s) != NULL && s.sh_type == SHT_STRTAB && s.sh_size <= MAX_NAMES &&
	    s.sh_size <= o->head.size && s.sh_offset <= o->head.size - s.sh_size)
		o->names = names;
}

static void look_at_sections(struct obj *o)
{
	if (o->ehdr.e_shoff == 0)
		return;
	size_t n = 0;
	if (!inside(o, o->ehdr.e_shoff, (uint64_t)o->ehdr.e_shnum * o->ehdr.e_shentsize))
		return;
	if (elf_getshdrnum(o->elf, &n) != 0)
		obj_wrong(o, "its section headers cannot be read");
	else
		o->n_sections = n < MAX_SECTIONS ? n : MAX_SECTIONS;
	look_at_names(o);
}

static int start(struct obj *o)
{
	if (elf_version(EV_CURRENT) == EV_NONE)
		return 1;
	o->elf = elf_begin(o->fd, ELF_C_READ, NULL);
	if (o->elf == NULL || elf_kind(o->elf) != ELF_K_ELF || gelf_getehdr(o->elf, &o->ehdr) == NULL)
		return 1;
	o->head.is64 = gelf_getclass(o->elf) == ELFCLASS64;
	o->head.little = o->ehdr.e_ident[EI_DATA] == ELFDATA2LSB;
	o->head.is_dyn = o->ehdr.e_type == ET_DYN;
	o->head.is_exec = o->ehdr.e_type == ET_EXEC;
	o->head.machine = OBJ_OTHER_MACHINE;
	if (o->head.is64 && o->head.little && o->ehdr.e_machine == EM_X86_64)
		o->head.machine = OBJ_X86_64;
	else if (o->head.is64 && o->head.little && o->ehdr.e_machine == EM_AARCH64)
		o->head.machine = OBJ_AARCH64;
	return 0;
}

int obj_open(int fd, struct obj **ret, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_set_errno(err, errno, "look at an ELF file");
	AUTO(obj) struct obj *o = xcalloc(1, sizeof(*o));
	o->fd = fd;
	o->head.size = st.st_size < 0 ? 0 : (uint64_t)st.st_size;
	/* libelf reads with pread(), but looks at the file's position once. */
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_set_errno(err, errno, "read an ELF file");
	if (start(o) != 0)
		return 1;
	read_headers(o);
	look_at_sections(o);
	obj_read_dynamic(o);
	*ret = TAKE(o);
	return 0;
}

size_t obj_sections(struct obj *o)
{
	return o->n_sections;
}

bool obj_section(struct obj *o, size_t i, struct obj_section *ret)
{
	GElf_Shdr s;
	if (i >= o->n_sections || gelf_getshdr(elf_getscn(o->elf, i), &s) == NULL)
		return false;
	const char *name = o->names == 0 ? NULL : elf_strptr(o->elf, o->names, s.sh_name);
	*ret = (struct obj_section){.name = name == NULL ? "" : name,
				    .offset = s.sh_offset,
				    .size = s.sh_size,
				    .has_bits = s.sh_type != SHT_NOBITS && s.sh_type != SHT_NULL,
				    .loaded = (s.sh_flags & SHF_ALLOC) != 0,
				    .executable = (s.sh_flags & SHF_EXECINSTR) != 0};
	return !ret->has_bits || inside(o, s.sh_offset, s.sh_size);
}

/* The bytes in the file from an address to the end of its segment. */
uint64_t obj_behind(const struct obj *o, uint64_t address, uint64_t *ret_offset)
{
	for (size_t i = 0; i < o->n_loads; i++) {
		const struct obj_load *l = &o->loads[i];
		if (address >= l->address && address - l->address < l->size) {
			*ret_offset = l->offset + (address - l->address);
			return l->size - (address - l->address);
		}
	}
	return 0;
}

bool obj_offset(const struct obj *o, uint64_t address, uint64_t *ret)
{
	uint64_t offset = 0;
	if (obj_behind(o, address, &offset) == 0 || offset >= o->head.size)
		return false;
	*ret = offset;
	return true;
}

void obj_lay(struct obj *o, const struct obj_patch *v, size_t n)
{
	o->patches = v;
	o->n_patches = n;
}

/* The first patch that ends behind the offset. */
static size_t first_patch(const struct obj *o, uint64_t offset)
{
	size_t low = 0, high = o->n_patches;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (o->patches[mid].offset + o->patches[mid].len <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void patch(const struct obj *o, uint64_t offset, unsigned char *into, size_t len)
{
	for (size_t i = first_patch(o, offset); i < o->n_patches && o->patches[i].offset < offset + len; i++) {
		const struct obj_patch *p = &o->patches[i];
		uint64_t from = p->offset > offset ? p->offset : offset;
		uint64_t end = p->offset + p->len < offset + len ? p->offset + p->len : offset + len;
		memcpy(into + (from - offset), p->data + (from - p->offset), (size_t)(end - from));
	}
}

long obj_read(const struct obj *o, uint64_t offset, void *into, size_t len)
{
	if (offset >= o->head.size)
		return 0;
	size_t have = 0;
	while (have < len) {
		ssize_t got = pread(o->fd, (char *)into + have, len - have, (off_t)(offset + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	patch(o, offset, into, have);
	return (long)have;
}

const char *obj_interp(struct obj *o)
{
	size_t len = 0;
	const char *text = obj_chunk(o, o->interp_offset, o->interp_size, MAX_INTERP, ELF_T_BYTE, &len);
	return text != NULL && memchr(text, '\0', len) != NULL ? text : NULL;
}
