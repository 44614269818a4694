#include "adapt/elf_impl.h"

#define MAX_TABLE   ((uint64_t)1 << 20)
#define MAX_RECORDS 4096

/* A list of versions that grows. */
struct list {
	struct obj_need *v;
	size_t n, cap;
};

static void list_add(struct list *l, const char *file, const char *version, uint16_t index)
{
	if (version == NULL || l->n >= MAX_RECORDS)
		return;
	if (l->n == l->cap) {
		l->cap = mem_grow(l->cap);
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = (struct obj_need){.file = file, .version = version, .index = index};
}

/* A version table: what its dynamic entry points at, to the end of the segment at most. libelf converts nothing, since
 * these records chain by offsets that it would trust; files of the other byte order have no tables here. */
static bool table(struct obj *o, int64_t tag, Elf_Data *ret)
{
	uint64_t address = 0, offset = 0;
	size_t len = 0;
	if (!o->head.little || !obj_dynamic(o, tag, 0, &address))
		return false;
	uint64_t there = obj_behind(o, address, &offset);
	if (there > MAX_TABLE)
		there = MAX_TABLE;
	if (offset < o->head.size && there > o->head.size - offset)
		there = o->head.size - offset;
	/* rawchunk wants whole records of four bytes. */
	const void *bytes = obj_chunk(o, offset, there & ~(uint64_t)3, MAX_TABLE, ELF_T_BYTE, &len);
	if (bytes == NULL)
		return false;
	*ret = (Elf_Data){
		.d_buf = (void *)(uintptr_t)bytes, .d_size = len, .d_type = ELF_T_VNEED, .d_version = EV_CURRENT};
	return true;
}

static void read_file_demands(struct obj *o, Elf_Data *data, size_t at, const GElf_Verneed *need, struct list *into)
{
	const char *file = obj_text(o, need->vn_file);
	size_t aux = at + need->vn_aux;
	for (unsigned i = 0; i < need->vn_cnt && i < MAX_RECORDS; i++) {
		GElf_Vernaux a;
		if (aux > data->d_size || gelf_getvernaux(data, (int)aux, &a) == NULL)
			return;
		list_add(into, file, obj_text(o, a.vna_name), a.vna_other & 0x7fff);
		if (a.vna_next == 0)
			return;
		aux += a.vna_next;
	}
}

static void read_demands(struct obj *o, struct list *into)
{
	Elf_Data data;
	if (!table(o, DT_VERNEED, &data))
		return;
	size_t at = 0;
	for (unsigned i = 0; i < MAX_RECORDS; i++) {
		GElf_Verneed need;
		if (at > data.d_size || gelf_getverneed(&data, (int)at, &need) == NULL || need.vn_version != 1)
			return;
		read_file_demands(o, &data, at, &need, into);
		if (need.vn_next == 0)
			return;
		at += need.vn_next;
	}
}

static void read_versions(struct obj *o, struct list *into)
{
	Elf_Data data;
	if (!table(o, DT_VERDEF, &data))
		return;
	data.d_type = ELF_T_VDEF;
	size_t at = 0;
	for (unsigned i = 0; i < MAX_RECORDS; i++) {
		GElf_Verdef def;
		GElf_Verdaux aux;
		if (at > data.d_size || gelf_getverdef(&data, (int)at, &def) == NULL || def.vd_version != 1)
			return;
		size_t name = at + def.vd_aux;
		if (name <= data.d_size && gelf_getverdaux(&data, (int)name, &aux) != NULL &&
		    !(def.vd_flags & VER_FLG_BASE))
			list_add(into, NULL, obj_text(o, aux.vda_name), def.vd_ndx & 0x7fff);
		if (def.vd_next == 0)
			return;
		at += def.vd_next;
	}
}

static void load_versions(struct obj *o)
{
	struct list demands = {.v = NULL}, versions = {.v = NULL};
	o->versions_known = true;
	read_demands(o, &demands);
	read_versions(o, &versions);
	o->demands = demands.v;
	o->n_demands = demands.n;
	o->versions = versions.v;
	o->n_versions = versions.n;
}

static bool at(const struct obj_need *v, size_t n, size_t i, struct obj_need *ret)
{
	if (i >= n)
		return false;
	*ret = v[i];
	return true;
}

bool obj_demand(struct obj *o, size_t i, struct obj_need *ret)
{
	if (!o->versions_known)
		load_versions(o);
	return at(o->demands, o->n_demands, i, ret);
}

bool obj_version(struct obj *o, size_t i, struct obj_need *ret)
{
	if (!o->versions_known)
		load_versions(o);
	return at(o->versions, o->n_versions, i, ret);
}
