#include "base/str.h"
#include "inspect/elf_parts.h"
#include "inspect/fatbin.h"

#define GAP_IN_SECTION ((uint64_t)64 << 10)
#define GAP_IN_SEGMENT ((uint64_t)1 << 30)

static long read_obj(void *self, uint64_t offset, void *into, size_t len)
{
	return obj_read(self, offset, into, len);
}

/* Sections that start with a container, whatever they are called: .nv_fatbin, __nv_relfatbin. */
static void scan_sections(struct obj *o, struct fatbin *f)
{
	for (size_t i = 0; i < obj_sections(o); i++) {
		struct obj_section s;
		unsigned char head[FATBIN_HEAD];
		uint64_t size = 0;
		if (!obj_section(o, i, &s) || !s.has_bits || s.executable || s.size < sizeof(head))
			continue;
		if (obj_read(o, s.offset, head, sizeof(head)) == (long)sizeof(head) && fatbin_container(head, &size))
			fatbin_scan(f, s.offset, s.offset + s.size, GAP_IN_SECTION, str_eq(s.name, "__nv_relfatbin"));
	}
}

void elf_read_code(struct obj *o, struct binary *b)
{
	AUTO(fatbin) struct fatbin *f = fatbin_new((struct fatbin_source){.read = read_obj, .self = o}, b);
	if (obj_sections(o) > 0) {
		scan_sections(o, f);
	} else {
		for (size_t i = 0; i < obj_loads(o); i++) {
			struct obj_load l = obj_load(o, i);
			fatbin_scan(f, l.offset, l.offset + l.size, GAP_IN_SEGMENT, false);
		}
	}
	elf_fault(b, fatbin_end(f));
}
