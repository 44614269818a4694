#include "support/texts.h"

#include "base/str.h"

static const char *const seeds[] = {
	"2.7.1",
	"1.8.1+cu102",
	"~=2.6",
	">= 2.6, <3",
	"!=2.7.*",
	"===2.1.2+pt27cu128",
	"1!2.0rc1.post2.dev3",
	"v1.0-1",
	"1.0.dev",
	"1.0a",
	"3.11",
	"3.13t",
	">=3.10,<3.13",
	"12.8",
	"12.8.1",
	"12.*",
	"cu128",
	"~=12.4",
	"cpu",
	"ubuntu22.04",
	"auto",
	"docker.io/library/ubuntu:22.04",
	"localhost:5000/a/b_c--d.e:T-1",
	"Host/a",
	"a/b",
	"a.b/c@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:1",
	"[::1]:5000/x",
	"index.docker.io/foo:v1",
	"linux/amd64",
	"scipy[a,b]>=1.1,!=2; python_version<'3'",
	"x @ https://a.b/c.whl ; a>'b'",
	"-r sub/r.txt",
	"git=1:2.3~4",
	"src/a.py",
	".hidden/..x/",
	"/app/x",
	"1000:1000",
	"OMP_NUM",
	"reg:5000/{variant}/g-{python}:{torch}_{cuda}",
	"https://a.b:80/c%20d/",
	"http://u:p@a.b/",
	"./wheels",
	"A100 (SXM4)",
	"9.0",
	"535.104.05",
	"R570",
	"gpu:1",
	"1-12:00:00",
	"pyxis",
	"nvidia.com/gpu.product",
	"8.0 9.0a+PTX;12.0",
	"300s",
	"168h",
	"168m",
	"\x01",
	"a\x7f",
	"\xc3\xa9t\xc3\xa9",
	"a\xe2\x80\xae",
	"\xc2\x9b",
	"\xe2\x80\x8d",
	" a",
	"a ",
	"a  b",
	"\xd8\x9c",
	"\xef\xbb\xbf",
	"../t",
	"-",
};

static unsigned next_random(unsigned *x)
{
	*x = *x * 1664525U + 1013904223U;
	return *x >> 8;
}

static void make(unsigned *x, struct buf *into)
{
	static const char alphabet[] = "0129aAvrbcdefpostPREalz.._--++**==~~!!<<>>,,  //::@@[]{};'\"()$%\\?&|#\t\n";
	buf_cut(into, 0);
	buf_adds(into, seeds[next_random(x) % ARRAY_LEN(seeds)]);
	if (next_random(x) % 8 == 0)
		buf_adds(into, seeds[next_random(x) % ARRAY_LEN(seeds)]);
	for (unsigned n = next_random(x) % 4; n > 0 && into->len > 0; n--) {
		size_t at = next_random(x) % into->len;
		char c = alphabet[next_random(x) % (sizeof(alphabet) - 1)];
		AUTO_TEXT char *rest = xstrdup(into->data + at + (next_random(x) % 2));
		buf_cut(into, at);
		if (next_random(x) % 3 > 0)
			buf_addc(into, c);
		buf_adds(into, rest);
	}
}

void texts_make(unsigned *x, struct buf *into)
{
	do
		make(x, into);
	while (!str_utf8_valid(buf_text(into), into->len));
}
