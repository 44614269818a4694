#include "adapt/html.h"

#include "base/str.h"

#include <libxml/HTMLparser.h>
#include <limits.h>

#define PIECE	4096
#define TAG_MAX (256 * 1024)

struct reading {
	int (*each)(void *self, const struct html_link *l, struct err *err);
	void *self;
	struct err *err;
	char *base;
	htmlParserCtxtPtr parser;
	bool any, failed;
};

static const char *attribute(const xmlChar **attributes, const char *name)
{
	for (size_t i = 0; attributes && attributes[i]; i += 2)
		if (xmlStrEqual(attributes[i], (const xmlChar *)name))
			return attributes[i + 1] ? (const char *)attributes[i + 1] : "";
	return NULL;
}

static void on_element(void *self, const xmlChar *name, const xmlChar **attributes)
{
	struct reading *r = self;
	const char *href = attribute(attributes, "href");
	r->any = true;
	if (r->failed)
		return;
	if (xmlStrEqual(name, (const xmlChar *)"base") && href && !r->base)
		r->base = xstrdup(href);
	if (!xmlStrEqual(name, (const xmlChar *)"a") || !href)
		return;
	struct html_link link = {
		.href = href,
		.requires_python = attribute(attributes, "data-requires-python"),
		.yanked = attribute(attributes, "data-yanked"),
	};
	if (r->each(r->self, &link, r->err) < 0) {
		r->failed = true;
		xmlStopParser(r->parser);
	}
}

/* The parser compares each attribute of a tag with those before it, so that no tag may go on for ever. */
static int check_tag(const struct reading *r, const char *page, struct err *err)
{
	const xmlParserInput *in = r->parser->input;
	if (in && in->end - in->cur > TAG_MAX)
		return err_set(err, ERR_PROTOCOL, "%s: a tag or text of more than %d KiB", page, TAG_MAX / 1024);
	return 0;
}

static void parser_free(htmlParserCtxtPtr *p)
{
	htmlFreeParserCtxt(*p);
}

int html_links(struct blob page, int (*each)(void *self, const struct html_link *l, struct err *err), void *self,
	       char **ret_base, struct err *err)
{
	static htmlSAXHandler handler = {.startElement = on_element};
	struct reading r = {.each = each, .self = self, .err = err};
	if (page.len > INT_MAX / 2)
		return err_set(err, ERR_PROTOCOL, "%s: too large for a page", page.name);
	__attribute__((cleanup(parser_free))) htmlParserCtxtPtr parser =
		htmlCreatePushParserCtxt(&handler, &r, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (!parser)
		mem_short();
	r.parser = parser;
	htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	for (size_t at = 0; at < page.len && !r.failed;) {
		size_t n = page.len - at < PIECE ? page.len - at : PIECE;
		htmlParseChunk(parser, page.data + at, (int)n, 0);
		at += n;
		if (!r.failed && check_tag(&r, page.name, err) < 0)
			r.failed = true;
	}
	if (!r.failed)
		htmlParseChunk(parser, "", 0, 1);
	if (r.failed || !r.any) {
		free(r.base);
		return r.failed ? -1 : err_set(err, ERR_PROTOCOL, "%s: not an HTML page", page.name);
	}
	*ret_base = r.base;
	return 0;
}
