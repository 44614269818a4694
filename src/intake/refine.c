#include "intake/refine.h"

#include "base/str.h"
#include "intake/failure_words.h"
#include "intake/refine_part.h"

#include <string.h>

/* Rows of this table are cited by name; where they were read. */
#define FACTS "table of known failures"

/* --- what else is there --------------------------------------------------------------------------------------------
 */

/* Whether a label stands in the address of a page or folder: that is what was asked for, not what torch is. */
static bool is_address(const struct pattern_hit *hit, struct blob text)
{
	const char *behind = hit->at + hit->len;
	size_t left = (size_t)(text.data + text.len - behind);
	return left > 0 && (*behind == '/' || (left >= 4 && memcmp(behind, "html", 4) == 0));
}

static void see_torch(struct witnesses *w, const struct cuda *cuda, uint32_t version)
{
	static const struct cuda none = {.major = 0};
	bool other = w->torch.major && !cuda_same_minor(&w->torch, cuda);
	w->torch_is_unclear |= other || (w->version && version && w->version != version);
	w->torch = w->torch_is_unclear ? none : *cuda;
	w->version = w->torch_is_unclear ? 0 : version ? version : w->version;
}

static uint32_t read_version(const char *text)
{
	struct err err = ERR_INIT;
	struct ver v;
	bool ok = text && ver_parse(text, &v, &err) == 0;
	err_clear(&err);
	return ok ? catalog_ver_rel(&v) : 0;
}

void witness_see(struct witnesses *w, enum witness which, const struct pattern_hit *hit, struct blob text)
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	if (which == WITNESS_TORCH_LABEL && is_address(hit, text))
		return;
	w->seen[which] = true;
	AUTO_TEXT char *label = which == WITNESS_TORCH_LABEL ? xasprintf("cu%s", hit->hole[1]) : NULL;
	const char *said = label ? label : which == WITNESS_TORCH_CUDA ? hit->hole[0] : NULL;
	if (said && cuda_parse(said, &cuda, &err) == 0 && cuda.major)
		see_torch(w, &cuda, label ? read_version(hit->hole[0]) : 0);
	err_clear(&err);
}

bool witness_has(const struct witnesses *w, enum witness which)
{
	return which == WITNESS_NONE || w->seen[which];
}

/* --- sentences -----------------------------------------------------------------------------------------------------
 */

void cause_more(char **sentence, const char *behind)
{
	char *text = xasprintf("%s%s", *sentence, behind);
	free(*sentence);
	*sentence = text;
}

static void set(char **sentence, char *text)
{
	if (!text)
		return;
	free(*sentence);
	*sentence = text;
}

void cause_say(struct cause *c, const char *code, char *because, char *proof, char *fix)
{
	c->code = code ? code : c->code;
	set(&c->because, because);
	set(&c->proof, proof);
	set(&c->fix, fix);
}

bool text_has_any(const char *text, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, parts[i]))
			return true;
	return false;
}

/* A sentence with {1} to {5} replaced, by nothing where the pattern that was found has no such hole; the caller's. */
static char *filled(const char *text, const struct pattern_hit *hit)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (; *text; text++) {
		unsigned n = text[0] == '{' ? (unsigned)(text[1] - '1') : PATTERN_HOLES;
		if (n < PATTERN_HOLES && text[2] == '}') {
			buf_adds(&b, hit->hole[n] ? hit->hole[n] : "");
			text += 2;
		} else {
			buf_addc(&b, *text);
		}
	}
	return buf_take(&b);
}

/* The page of the torch that the log itself names, in place of X.Y and cuNNN. */
static void name_page(const struct witnesses *w, struct cause *c)
{
	static const char words[] = "torch-X.Y.0+cuNNN.html";
	char version[CUDA_TEXT];
	char variant[CUDA_TEXT];
	char *at = strstr(c->fix, words);
	if (!at || !w->version || !w->torch.major)
		return;
	AUTO_BUF struct buf b = BUF_INIT;
	buf_add(&b, c->fix, (size_t)(at - c->fix));
	buf_addf(&b, "torch-%s+%s.html", catalog_rel_text(REL_MINOR(w->version), version),
		 cuda_variant(&w->torch, variant));
	at += sizeof(words) - 1;
	buf_adds(&b, str_starts(at, PAGE_NOTE) ? at + strlen(PAGE_NOTE) : at);
	set(&c->fix, buf_take(&b));
}

static bool complete(enum refine how, const struct refining *r, struct cause *c)
{
	static bool (*const parts[REFINE__MAX])(const struct refining *,
						struct cause *) = {[REFINE_PAIR] = refine_pair,
								   [REFINE_SYMBOL] = refine_symbol,
								   [REFINE_SONAME] = refine_soname,
								   [REFINE_NVLIB] = refine_nvlib,
								   [REFINE_EXTENSION] = refine_extension,
								   [REFINE_DRIVER] = refine_driver,
								   [REFINE_REQUIRE] = refine_require,
								   [REFINE_ARCH] = refine_arch,
								   [REFINE_DEVICE] = refine_device,
								   [REFINE_GLIBC] = refine_glibc,
								   [REFINE_IMAGE] = refine_image,
								   [REFINE_OLD] = refine_old,
								   [REFINE_CAPABILITY] = refine_capability};
	return !parts[how] || parts[how](r, c);
}

bool refine(const struct failure *row, const struct pattern_hit *hit, struct blob text, const struct witnesses *w,
	    const struct catalog *catalog, struct cause *c)
{
	struct refining r = {.hit = hit, .text = text, .seen = w, .catalog = catalog};
	struct cause own = {.code = row->code, .rank = row->rank, .line = c->line};
	own.because = filled(row->because, hit);
	own.proof = filled(row->proof, hit);
	own.fix = filled(row->fix, hit);
	if (!complete(row->refine, &r, &own)) {
		free(own.because);
		free(own.proof);
		free(own.fix);
		return false;
	}
	name_page(w, &own);
	own.fact = xasprintf("%s: %s", FACTS, row->id);
	*c = own;
	return true;
}
