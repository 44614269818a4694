#include "render/tools.h"

#include "base/str.h"

/* Read from the files of the plain Python index, 2026-11. */
struct row {
	enum tool tool;
	const char *name, *version;
	unsigned from, to;	   /* minors of Python 3 */
	const char *amd64, *arm64; /* arm64 NULL: the same file for both */
};

#define ANY 999

static const struct row rows[] = {
	{TOOL_PIP, "pip", "21.3.1", 0, 6, "deaf32dcd9ab821e359cd8330786bcd077604b5c5730c0b096eda46f95c24a2d", NULL},
	{TOOL_PIP, "pip", "24.0", 7, 7, "ba0d021a166865d2265246961bec0152ff124de910c5cc39f1156ce3fa7c69dc", NULL},
	{TOOL_PIP, "pip", "25.0.1", 8, 8, "c46efd13b6aa8279f33f2864459c8ce587ea6a1a59ee20de055868d8f7688f7f", NULL},
	{TOOL_PIP, "pip", "25.3", 9, ANY, "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd", NULL},
	/* torch before 2.3 reads pkg_resources.packaging, which setuptools 70 dropped. */
	{TOOL_SETUPTOOLS, "setuptools", "59.6.0", 0, 6,
	 "4ce92f1e1f8f01233ee9952c04f6b81d1e02939d6e1b488428154974a4d0783e", NULL},
	{TOOL_SETUPTOOLS, "setuptools", "68.0.0", 7, 7,
	 "11e52c67415a381d10d6b462ced9cfb97066179f0e871399e006c4ab101fc85f", NULL},
	{TOOL_SETUPTOOLS, "setuptools", "69.5.1", 8, 12,
	 "c636ac361bc47580504644275c9ad802c50415c7522212252c033bd15f301f32", NULL},
	{TOOL_SETUPTOOLS, "setuptools", "80.9.0", 13, ANY,
	 "062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922", NULL},
	{TOOL_WHEEL, "wheel", "0.37.1", 0, 6, "4bdcd7d840138086126cd09254dc6195fb4fc6f01c050a1d7236f2630db1d22a", NULL},
	{TOOL_WHEEL, "wheel", "0.42.0", 7, 7, "177f9c9b0d45c47873b619f5b650346d632cdc35fb5e4d25058e09c9e581433d", NULL},
	{TOOL_WHEEL, "wheel", "0.45.1", 8, ANY, "708e7481cc80179af0e556bbf0cc00b8444c7321e2700b8d8580231d13017248",
	 NULL},
	{TOOL_NINJA, "ninja", "1.10.2.4", 0, 6, "327c319176c5a4af21908b727b776e9f5caf275680403da632821ba071fd6296",
	 "b86a4e4ba2ed999d8b10f2b3f2ed56d7457ff647268f4098dd0b63dd145ede32"},
	{TOOL_NINJA, "ninja", "1.11.1.4", 7, ANY, "096487995473320de7f65d622c3f1d16c3ad174797602218ca8c967f51ec38a0",
	 "d3090d4488fadf6047d0d7a1db0c9643a8d391f0d94729554dbb89b5bdc769d7"},
	{TOOL_CMAKE, "cmake", "3.31.6", 0, ANY, "1c8b05df0602365da91ee6a3336fe57525b137706c4ab5675498f662ae1dbcec",
	 "42d9883b8958da285d53d5f69d40d9650c2d1bcf922d82b3ebdceb2b3a7d4521"},
	{TOOL_UV, "uv", "0.13.9", 0, ANY, "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
	 "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe"},
};

void tool_line(enum tool tool, unsigned minor, const char *arch, struct strv *into)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		if (r->tool != tool || minor < r->from || minor > r->to)
			continue;
		const char *sha = r->arm64 && str_eq(arch, "arm64") ? r->arm64 : r->amd64;
		bool known = !r->arm64 || str_eq(arch, "amd64") || str_eq(arch, "arm64");
		if (known)
			strv_addf(into, "%s==%s --hash=sha256:%s", r->name, r->version, sha);
		else
			strv_addf(into, "%s==%s", r->name, r->version);
		return;
	}
}

unsigned tool_python_minor(const char *version)
{
	uint64_t minor = 0;
	if (!version || !str_starts(version, "3."))
		return 0;
	const char *at = version + 2;
	return str_scan_u64(&at, 99, &minor) ? (unsigned)minor : 0;
}
