#include "model/manifest_grammar.h"

#include "base/str.h"
#include "model/manifest_plain.h"
#include "model/ref.h"
#include "model/spec.h"

#include <assert.h>
#include <regex.h>
#include <string.h>

#define SHOWN_MAX 80

/* --- patterns --- */

#define CONTROL	 "\x01-\x1f\x7f"
#define USERINFO "://[^/ @]*@"
/* C1, then what str_printable() hides beyond: U+061C, U+200B-200F, U+2028-202E, U+2066-2069, U+FEFF */
#define HIDDEN                                                                                                         \
	"\xc2\x80|\xc2\x81|\xc2\x82|\xc2\x83|\xc2\x84|\xc2\x85|\xc2\x86|\xc2\x87|\xc2\x88|\xc2\x89|"                   \
	"\xc2\x8a|\xc2\x8b|\xc2\x8c|\xc2\x8d|\xc2\x8e|\xc2\x8f|\xc2\x90|\xc2\x91|\xc2\x92|\xc2\x93|"                   \
	"\xc2\x94|\xc2\x95|\xc2\x96|\xc2\x97|\xc2\x98|\xc2\x99|\xc2\x9a|\xc2\x9b|\xc2\x9c|\xc2\x9d|"                   \
	"\xc2\x9e|\xc2\x9f|\xd8\x9c|\xe2\x80\x8b|\xe2\x80\x8c|\xe2\x80\x8d|\xe2\x80\x8e|\xe2\x80\x8f|"                 \
	"\xe2\x80\xa8|\xe2\x80\xa9|\xe2\x80\xaa|\xe2\x80\xab|\xe2\x80\xac|\xe2\x80\xad|\xe2\x80\xae|"                  \
	"\xe2\x81\xa6|\xe2\x81\xa7|\xe2\x81\xa8|\xe2\x81\xa9|\xef\xbb\xbf"
#define WHOLE(p) "^(" p ")$"

/* PEP 440, in any case of letters */
#define NUM   "[0-9]{1,18}"
#define EPOCH "[vV]?(" NUM "!)?"
#define PRE                                                                                                            \
	"([-_.]?([aA]([lL][pP][hH][aA])?|[bB]([eE][tT][aA])?|[rR]?[cC]|[pP][rR][eE]([vV][iI][eE][wW])?)[-_.]?(" NUM    \
	")?)?"
#define POST	"(-" NUM "|[-_.]?([pP][oO][sS][tT]|[rR]([eE][vV])?)[-_.]?(" NUM ")?)?"
#define DEVEL	"([-_.]?[dD][eE][vV][-_.]?(" NUM ")?)?"
#define LOCAL	"([+][0-9A-Za-z]+([-_.][0-9A-Za-z]+)*)?"
#define RELEASE EPOCH NUM "(\\." NUM "){0,11}"
#define CLAUSE                                                                                                         \
	"(~= *" EPOCH NUM "(\\." NUM "){1,11}" PRE POST DEVEL "|((==|!=) *)?(" RELEASE PRE POST DEVEL LOCAL            \
	"|" RELEASE "\\.\\*)|(<=|>=|<|>) *" RELEASE PRE POST DEVEL "|=== *[^ ;)," CONTROL "]+)"
#define LIST(clause) " *" clause " *(, *" clause " *)*"

/* plain numbers, for Python and CUDA: a bare one of Python has a minor or .* */
#define N1 "[1-9][0-9]?"
#define N2 "(\\.[0-9]{1,3})"
#define RANGE                                                                                                          \
	"(" N1 "(" N2 N2 "?(\\.\\*)?|\\.\\*)|(==|!=) *" N1 N2 "?" N2 "?(\\.\\*)?|(<=|>=|<|>) *" N1 N2 "?" N2           \
	"?|~= *" N1 N2 N2 "?)"
/* of CUDA alone a major will do: any of its minors */
#define CUDA_ONE "cu[1-9][0-9]{1,2}|" LIST("(" N1 "|" RANGE ")")

/* image references */
#define LABEL	  "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
#define PORT	  "(:[0-9]{1,5})?"
#define HOST	  "(" LABEL "(\\." LABEL ")*|\\[[0-9a-fA-F:]+\\])" PORT
#define COMPONENT "[a-z0-9]+((\\.|__?|-+)[a-z0-9]+)*"
#define PLAIN	  "[a-z0-9]+((__?|-+)[a-z0-9]+)*"
/* a dot in front of the first slash makes it a host */
#define REPOSITORY	"(" HOST "(/" COMPONENT ")+|" PLAIN "(/" COMPONENT ")*|" COMPONENT ")"
#define TAG		"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
#define DIGEST		"sha256:[0-9a-f]{64}"
#define HOLE		"\\{(version|variant|python|torch|torch_sparse|cuda)\\}"
#define OPEN_PART	"([a-z0-9]|" HOLE ")+"
#define OPEN_COMPONENT	OPEN_PART "((\\.|__?|-+)" OPEN_PART ")*"
#define OPEN_PLAIN	OPEN_PART "((__?|-+)" OPEN_PART ")*"
#define OPEN_REPOSITORY "(" HOST "(/" OPEN_COMPONENT ")+|" OPEN_PLAIN "(/" OPEN_COMPONENT ")*|" OPEN_COMPONENT ")"
#define OPEN_TAG	"([A-Za-z0-9_]|" HOLE ")([A-Za-z0-9_.-]|" HOLE ")*"

/* paths and URLs */
#define PATH_CHARS "/\\\\*?[" CONTROL
#define STEP	   "([^." PATH_CHARS "][^" PATH_CHARS "]*|\\.[^." PATH_CHARS "][^" PATH_CHARS "]*|\\.\\.[^" PATH_CHARS "]+)"
#define STEPS	   STEP "(/" STEP ")*/?"
#define FOLDER	   "[^: " CONTROL "-]([^:" CONTROL "]*[^: " CONTROL "])?"
#define URL	   "https?://(" LABEL "(\\." LABEL ")*|\\[[0-9a-fA-F:.]+\\])" PORT "(/[A-Za-z0-9._~%/+=@,:-]*)?"

/* PEP 508 */
#define DIST	    "[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"
#define EXTRAS	    "( *\\[ *" DIST "( *, *" DIST ")* *\\])?"
#define VERSIONS    "( *(===?|~=|!=|<=|>=|<|>) *[A-Za-z0-9!+*_.-]+( *, *(===?|~=|!=|<=|>=|<|>) *[A-Za-z0-9!+*_.-]+)*)?"
#define MARKER	    "( *; *[A-Za-z_'\"(][A-Za-z0-9_ .,'\"<>=!~()*+-]*)?"
#define REQUIREMENT DIST EXTRAS "(" VERSIONS "| *@ *" URL "( |$))" MARKER " *"

/* --- checks --- */

/* Numbers of 18 digits at most: what the pattern says, and less than a version holds. */
static bool has_long_number(const char *text)
{
	size_t run = 0;
	bool local = false;
	for (; *text; text++) {
		local = *text == '+' || (local && *text != ',');
		run = !local && str_is_digit(*text) ? run + 1 : 0;
		if (run > 18)
			return true;
	}
	return false;
}

static bool has_empty_clause(const char *text)
{
	bool empty = true;
	for (; *text; text++) {
		if (*text == ',' && empty)
			return true;
		if (*text != ' ')
			empty = *text == ',';
	}
	return empty;
}

static int check_spec(const char *text, struct err *err)
{
	AUTO(spec) struct spec *spec = NULL;
	if (!strpbrk(text, "0123456789<>=!~"))
		return err_set(err, ERR_INPUT, "'%.80s' is not a version or specifier such as 2.7.1, 2.7.* or >=2.6",
			       text);
	if (strstr(text, "===") == NULL && has_long_number(text))
		return err_set(err, ERR_INPUT, "'%.80s' is not a version: a number in it is too large", text);
	if (*text && has_empty_clause(text))
		return err_set(err, ERR_INPUT, "'%.80s' has a comma too many", text);
	return spec_parse_bare(text, &spec, err);
}

static int check_base(const char *text, struct err *err)
{
	struct ref ref;
	return ref_parse(text, &ref, err);
}

static int check_repository(const char *text, struct err *err)
{
	struct ref ref;
	return ref_parse_repository(text, &ref, err);
}

/* What is left once control characters and passwords are ruled out. */
static bool any_text(const char *text)
{
	(void)text;
	return true;
}

/* --- the grammars --- */

static const char *const cuda_words[] = {"best", "all", "per-target", "cpu", NULL};
static const char *const cpu_words[] = {"cpu", NULL};
static const char *const base_words[] = {"auto", "base", "runtime", "os", NULL};
static const char *const platform_words[] = {"linux/amd64", "linux/arm64", NULL};
static const char *const auto_words[] = {"auto", NULL};
static const char *const pypi_words[] = {"pypi", NULL};

static const struct mgrammar grammars[MG__MAX] = {
	[MG_TEXT] = {.what = "one line of text",
		     .pattern = "^[^" CONTROL "]*$",
		     .open = true,
		     .plain = any_text,
		     .max = 2000},
	[MG_NAME] = {.what = "a name of small letters and digits with - _ . between",
		     .pattern = WHOLE(COMPONENT),
		     .plain = mplain_name,
		     .max = 64},
	[MG_VARIANT] = {.what = "a name of small letters and digits with - or _ between",
			.pattern = "^[a-z0-9]+([_-][a-z0-9]+)*$",
			.plain = mplain_name,
			.max = 64},
	[MG_VERSION] = {.what = "a version that fits into a tag (letters, digits, . _ -)",
			.pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
			.max = 64},
	[MG_SPEC] = {.what = "a version or specifier",
		     .pattern = WHOLE(LIST(CLAUSE)),
		     .check = check_spec,
		     .open = true,
		     .max = 80},
	[MG_PYTHON] = {.what = "a Python version such as 3.11 or 3.13t, or a range such as >=3.10",
		       .pattern = WHOLE("[23]\\.[0-9]{1,2}t|" LIST(RANGE)),
		       .plain = mplain_range,
		       .max = 80},
	[MG_CUDA] = {.what = "a CUDA version such as 12.8, a range such as >=12.6, best, all, per-target or cpu",
		     .words = cuda_words,
		     .pattern = WHOLE(CUDA_ONE),
		     .plain = mplain_range,
		     .max = 80},
	[MG_CUDA_ITEM] = {.what = "a CUDA version such as 12.8, a range such as >=12.6, or cpu",
			  .words = cpu_words,
			  .pattern = WHOLE(CUDA_ONE),
			  .plain = mplain_range,
			  .max = 80},
	[MG_OS] = {.what = "a distribution with its release such as ubuntu22.04",
		   .pattern = "^[a-z]+[0-9]+(\\.[0-9]+)*$",
		   .max = 64},
	[MG_BASE] = {.what = "auto, base, runtime, os or an image with tag or digest",
		     .words = base_words,
		     .pattern = WHOLE(REPOSITORY "(:" TAG ")?(@" DIGEST ")?"),
		     .never = "^([^/:@]*$|[0-9a-f]{64}(:|@|$))|@sha(384|512):",
		     .check = check_base,
		     .max = 230},
	[MG_PLATFORM] = {.what = "linux/amd64 or linux/arm64", .words = platform_words, .max = 64},
	[MG_PIP] = {.what = "a requirement such as scipy>=1.11 or -r FILE (a path below the manifest's folder)",
		    .pattern = "^(" REQUIREMENT "|-r +" STEPS ")$",
		    .plain = mplain_requirement,
		    .max = 500},
	[MG_APT] = {.what = "the name of a Debian package",
		    .pattern = "^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$",
		    .max = 200},
	[MG_PATH] = {.what = "a path below the manifest's folder (no .., no wildcard)",
		     .pattern = WHOLE(STEPS),
		     .plain = mplain_file,
		     .open = true,
		     .max = 1000},
	[MG_WORKDIR] = {.what = "an absolute path without ..",
			.pattern = "^/(" STEPS ")?$",
			.plain = mplain_workdir,
			.open = true,
			.max = 1000},
	[MG_USER] = {.what = "a numeric user such as 1000 or 1000:1000",
		     .pattern = "^[0-9]{1,9}(:[0-9]{1,9})?$",
		     .max = 64},
	[MG_ENV_NAME] = {.what = "the name of an environment variable",
			 .pattern = "^[A-Za-z_][A-Za-z0-9_]*$",
			 .plain = mplain_word,
			 .max = 200},
	[MG_IMAGE] =
		{.what = "an image name, which may hold {version} {variant} {python} {torch} {torch_sparse} {cuda}",
		 .pattern = WHOLE(OPEN_REPOSITORY "(:" OPEN_TAG ")?"),
		 .plain = mplain_image,
		 .max = 200},
	[MG_REPOSITORY] = {.what = "an image name without tag and digest",
			   .pattern = WHOLE(REPOSITORY),
			   .never = "^[0-9a-f]{64}$",
			   .check = check_repository,
			   .plain = mplain_image,
			   .max = 230},
	[MG_REGISTRY] = {.what = "a registry such as docker.io/library",
			 .pattern = WHOLE("(" HOST "|" PLAIN ")(/" COMPONENT ")*"),
			 .plain = mplain_image,
			 .max = 230},
	[MG_MIRROR] = {.what = "a registry or repository such as mirror.example/cuda, or http://mirror.example/cuda",
		       .pattern = WHOLE("(http://)?(" HOST "|" PLAIN ")(/" COMPONENT ")*"),
		       .max = 230},
	[MG_DIR] = {.what = "a path (without colon)",
		    .pattern = WHOLE(FOLDER),
		    .plain = mplain_folder,
		    .open = true,
		    .max = 1000},
	[MG_PLACE] = {.what = "an http(s) URL (without query) or a folder",
		      .pattern = WHOLE(URL "|" FOLDER),
		      .plain = mplain_place,
		      .open = true,
		      .max = 1000},
	[MG_TORCH_PLACE] = {.what = "pypi, an http(s) URL (without query) or a folder",
			    .words = pypi_words,
			    .pattern = WHOLE(URL "|" FOLDER),
			    .plain = mplain_place,
			    .open = true,
			    .max = 1000},
	[MG_GPU] = {.what = "the name of a GPU such as A100",
		    .pattern = "^[A-Za-z0-9][A-Za-z0-9 ._()/+-]*$",
		    .max = 100},
	[MG_COMPUTE] = {.what = "a compute capability such as 9.0", .pattern = "^[1-9][0-9]?\\.[0-9]$", .max = 64},
	[MG_DRIVER] = {.what = "a driver version such as 535.104.05",
		       .pattern = "^[Rr]?[1-9][0-9]{0,3}(\\.[0-9]{1,4}){0,2}$",
		       .max = 64},
	[MG_SLURM] = {.what = "one line that does not begin with - or a space",
		      .pattern = "^[^ " CONTROL "-][^" CONTROL "]*$",
		      .open = true,
		      .max = 200},
	[MG_SLURM_TIME] = {.what = "a Slurm time such as 30, 1:00:00 or 1-12:00:00",
			   .pattern = "^([0-9]{1,5}-)?[0-9]{1,5}(:[0-9]{1,2}){0,2}$",
			   .max = 64},
	[MG_RUNTIME] = {.what = "the name of a container runtime such as pyxis",
			.pattern = "^[a-z][a-z0-9_-]*$",
			.max = 64},
	[MG_K8S_NAME] = {.what = "a Kubernetes name", .pattern = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", .max = 253},
	[MG_K8S_KEY] = {.what = "a label's key", .pattern = "^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$", .max = 253},
	[MG_K8S_VALUE] = {.what = "a label's value",
			  .pattern = "^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$",
			  .max = 63},
	[MG_ARCH_LIST] = {.what = "auto or a list such as 8.0 9.0+PTX",
			  .words = auto_words,
			  .pattern = "^[1-9][0-9]?\\.[0-9][af]?([+]PTX)?([ ;][1-9][0-9]?\\.[0-9][af]?([+]PTX)?)*$",
			  .max = 200},
	[MG_SECONDS] = {.what = "a time such as 300s, 5m or 2h (at most 7 days)",
			.pattern = "^([1-9][0-9]{0,4}s?|[1-9][0-9]{0,3}m|([1-9][0-9]?|1[0-5][0-9]|16[0-8])h)$",
			.max = 64},
};

const struct mgrammar *mgrammar_of(enum mgrammar_id id)
{
	return &grammars[id];
}

const char *mgrammar_ruled_out(void)
{
	return USERINFO "|" HIDDEN;
}

static bool matches(const char *pattern, const char *text)
{
	regex_t re;
	int rc = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB);
	assert(rc == 0);
	if (rc != 0)
		return false;
	rc = regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return rc == 0;
}

static bool is_word(const struct mgrammar *g, const char *text)
{
	for (const char *const *w = g->words; w && *w; w++) {
		if (str_eq(*w, text))
			return true;
	}
	return false;
}

static int fail(const struct mgrammar *g, const char *text, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(text, SHOWN_MAX);
	size_t n = 0;
	while (g->words && g->words[n])
		n++;
	const char *near = n > 0 ? str_nearest(text, g->words, n) : NULL;
	if (near)
		return err_set(err, ERR_INPUT, "'%s' is not %s (did you mean '%s'?)", shown, g->what, near);
	return err_set(err, ERR_INPUT, "'%s' is not %s", shown, g->what);
}

/* What str_printable() would not show: line breaks, what moves a terminal or turns the order of what is read. */
static bool has_hidden(const char *text)
{
	AUTO_TEXT char *shown = str_shown(text, strlen(text) + 4);
	return !str_eq(shown, text);
}

/* "://user:password@": would stay in files, logs and images. What USERINFO matches. */
static bool has_userinfo(const char *text)
{
	for (const char *at = strstr(text, "://"); at; at = strstr(at, "://")) {
		at += 3;
		if (at[strcspn(at, "/ @")] == '@')
			return true;
	}
	return false;
}

int mgrammar_check(enum mgrammar_id id, const char *text, struct err *err)
{
	const struct mgrammar *g = &grammars[id];
	if (is_word(g, text))
		return 0;
	if (has_hidden(text)) {
		AUTO_TEXT char *shown = str_shown(text, SHOWN_MAX);
		return err_set(err, ERR_INPUT, "'%s' holds a line break or another control character", shown);
	}
	if (has_userinfo(text))
		return err_set(
			err, ERR_INPUT,
			"a URL must not hold a user or password: leave them to netrc or the tool's configuration");
	if (str_columns(text) > g->max)
		return err_set(err, ERR_INPUT, "longer than %zu characters", g->max);
	if (g->plain && g->plain(text))
		return 0;
	if (!g->pattern || (g->never && matches(g->never, text)))
		return fail(g, text, err);
	if (g->check)
		return g->check(text, err);
	return matches(g->pattern, text) ? 0 : fail(g, text, err);
}
