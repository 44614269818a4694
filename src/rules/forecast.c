#include "rules/forecast.h"

#include "base/str.h"
#include "model/catalog_find.h"

#include <stdio.h>

static uint32_t later(uint32_t month, unsigned by)
{
	uint32_t months = month / 100 * 12 + month % 100 - 1 + by;
	return months / 12 * 100 + months % 12 + 1;
}

/* The newest tag of the same minor, system, flavor and cuDNN with a higher patch. */
static const struct tag_row *successor(const struct catalog *c, const struct tag_row *tag)
{
	const struct tag_row *best = NULL;
	for (size_t i = 0; i < c->n_tags; i++) {
		const struct tag_row *t = &c->tags[i];
		if (t->cuda == tag->cuda && t->flavor == tag->flavor && !t->rc && t->patch > tag->patch &&
		    str_eq(catalog_str(c, t->os), catalog_str(c, tag->os)) &&
		    str_eq(catalog_str(c, t->cudnn), catalog_str(c, tag->cudnn)) && (!best || t->patch > best->patch))
			best = t;
	}
	return best;
}

static const struct branch_row *branch_of(const struct catalog *c, unsigned branch)
{
	for (size_t i = 0; i < c->n_branches; i++)
		if (c->branches[i].branch == branch)
			return &c->branches[i];
	return NULL;
}

struct forecast forecast_tag(const struct catalog *c, const struct tag_row *tag)
{
	struct forecast f = {.kind = FORECAST_NONE};
	const struct toolkit_row *toolkit = catalog_toolkit(c, tag->cuda);
	if (!toolkit || !c->n_policies)
		return f;
	f.policy = &c->policies[c->n_policies - 1];
	f.branch = toolkit->driver_min.branch;
	f.branch_row = branch_of(c, f.branch);
	f.by = successor(c, tag);
	if (f.by) {
		f.kind = FORECAST_SUPERSEDED;
		return f;
	}
	if (!f.branch_row)
		return f;
	f.end = f.branch_row->end;
	f.kind = !f.end ? FORECAST_OPEN : f.branch_row->exact ? FORECAST_DATED : FORECAST_ENDED;
	f.gone = f.end ? later(f.end, f.policy->grace) : 0;
	return f;
}

const char *forecast_month(uint32_t month, char into[CUDA_TEXT])
{
	*into = '\0';
	if (month)
		(void)snprintf(into, CUDA_TEXT, "%04u-%02u", month / 100 % 10000, month % 100);
	return into;
}

char *forecast_text(const struct catalog *c, const struct tag_row *tag, const struct forecast *f)
{
	char cuda[CUDA_TEXT], end[CUDA_TEXT], gone[CUDA_TEXT], seen[CUDA_TEXT];
	const char *name = catalog_str(c, tag->tag);
	(void)cuda_key_text(tag->cuda, cuda);
	(void)forecast_month(f->end, end);
	(void)forecast_month(f->gone, gone);
	(void)forecast_month(f->policy ? f->policy->seen : 0, seen);
	switch (f->kind) {
	case FORECAST_SUPERSEDED:
		return xasprintf(
			"%s is superseded by %s: by NVIDIA's policy it may be deleted %u months after that came "
			"(the last deletion was seen in %s)",
			name, catalog_str(c, f->by->tag), (unsigned)f->policy->grace, seen);
	case FORECAST_ENDED:
		return xasprintf(
			"by NVIDIA's policy the images of CUDA %s ended with driver branch R%u, by %s at the "
			"latest: %s may be deleted from %s on at the latest (the last deletion was seen in %s)",
			cuda, f->branch, end, name, gone, seen);
	case FORECAST_DATED:
		return xasprintf("by NVIDIA's policy the images of CUDA %s end with driver branch R%u in %s: %s may be "
				 "deleted from %s on (the last deletion was seen in %s)",
				 cuda, f->branch, end, name, gone, seen);
	case FORECAST_OPEN:
		return xasprintf(
			"by NVIDIA's policy the images of CUDA %s end with driver branch R%u, which has no date "
			"of end yet",
			cuda, f->branch);
	case FORECAST_NONE:
		break;
	}
	return NULL;
}

char *forecast_source(const struct catalog *c, const struct forecast *f)
{
	char month[CUDA_TEXT];
	if (f->kind == FORECAST_NONE)
		return NULL;
	if (f->kind == FORECAST_SUPERSEDED || !f->branch_row)
		return xasprintf("%s (%s)", catalog_str(c, f->policy->source),
				 forecast_month(f->policy->announced, month));
	return xasprintf("%s (%s); %s", catalog_str(c, f->policy->source), forecast_month(f->policy->announced, month),
			 catalog_str(c, f->branch_row->source));
}

const char *forecast_kind_text(enum forecast_kind kind)
{
	static const char *const names[] = {"none", "superseded", "ended", "dated", "open"};
	return names[kind];
}
