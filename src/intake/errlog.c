#include "intake/errlog.h"

#include "base/str.h"
#include "intake/failure.h"
#include "intake/logtext.h"
#include "intake/refine.h"

#include <assert.h>
#include <string.h>

#define BUCKETS	 4096
#define ROWS_MAX 1024
#define HITS_MAX 24 /* of one row: a traceback may come from every rank */
#define ALL_MAX	 128
#define SHORT                                                                                                          \
	3 /* lines: a log no longer than that is about torch or its GPU, else it would not have been pasted here */

struct hit {
	const struct failure *row;
	struct pattern_hit found;
	size_t line;
};

struct reading {
	const struct catalog *catalog;
	struct blob log;	 /* as it was */
	struct blob text;	 /* without noise */
	uint16_t first[BUCKETS]; /* rows by the hash of their anchor, + 1; 0 = none */
	const struct failure *rows[ROWS_MAX];
	const char *pattern[ROWS_MAX]; /* of the row, or behind a '|' of it */
	size_t nrows;
	uint16_t next[ROWS_MAX];
	unsigned anchor[ROWS_MAX];
	unsigned times[ROWS_MAX];
	struct hit *hits; /* owned */
	size_t nhits;
	struct witnesses seen;
};

static unsigned hash(unsigned anchor)
{
	return anchor * 2654435761U >> 20;
}

static void index_pattern(struct reading *r, const struct failure *row, const char *pattern)
{
	assert(r->nrows < ROWS_MAX);
	size_t i = r->nrows++;
	r->rows[i] = row;
	r->pattern[i] = pattern;
	r->anchor[i] = pattern_anchor(pattern);
	uint16_t *bucket = &r->first[hash(r->anchor[i])];
	r->next[i] = *bucket;
	*bucket = (uint16_t)(i + 1);
}

static void index_table(struct reading *r, const struct failure *row)
{
	for (; row->pattern; row++)
		for (const char *pattern = row->pattern; pattern; pattern = pattern_next(pattern))
			index_pattern(r, row, pattern);
}

static void keep_hit(struct reading *r, const struct failure *row, struct pattern_hit found, size_t line)
{
	if (row->is) {
		witness_see(&r->seen, row->is, &found, r->text);
		pattern_clear(&found);
		return;
	}
	for (size_t i = 0; i < r->nhits; i++)
		if (r->hits[i].row == row && r->hits[i].found.at == found.at) { /* another spelling of the row's */
			bool more = found.len > r->hits[i].found.len;
			pattern_clear(more ? &r->hits[i].found : &found);
			r->hits[i].found = more ? found : r->hits[i].found;
			return;
		}
	r->hits = xreallocarray(r->hits, r->nhits + 1, sizeof(*r->hits));
	r->hits[r->nhits++] = (struct hit){.row = row, .found = found, .line = line};
}

/* All rows whose anchor is there. */
static void look(struct reading *r, unsigned anchor, size_t at, size_t line)
{
	for (unsigned i = r->first[hash(anchor)]; i; i = r->next[i - 1]) {
		struct pattern_hit found;
		if (r->anchor[i - 1] != anchor || r->times[i - 1] >= HITS_MAX || r->nhits >= ALL_MAX)
			continue;
		if (!pattern_match(r->pattern[i - 1], r->text, at, &found))
			continue;
		r->times[i - 1]++;
		keep_hit(r, r->rows[i - 1], found, line);
	}
}

static void scan(struct reading *r)
{
	size_t at[PATTERN_ANCHOR] = {0};
	size_t lines[PATTERN_ANCHOR] = {0};
	unsigned key = 0;
	size_t n = 0;
	size_t line = 1;
	for (size_t i = 0; i < r->text.len; i++) {
		char c = r->text.data[i];
		if (c == '\n')
			line++;
		if (c == ' ' || c == '\n')
			continue;
		key = key << 8 | (unsigned char)str_lower(c);
		at[n % PATTERN_ANCHOR] = i;
		lines[n % PATTERN_ANCHOR] = line;
		n++;
		if (n >= PATTERN_ANCHOR && r->first[hash(key)])
			look(r, key, at[n % PATTERN_ANCHOR], lines[n % PATTERN_ANCHOR]);
	}
}

/* The line as it stands in the log; the caller's. */
static char *line_of(struct blob log, size_t line)
{
	const char *at = log.data;
	const char *end = log.data + log.len;
	for (; line > 1 && at < end; line--) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		at = next ? next + 1 : end;
	}
	const char *to = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
	size_t len = (size_t)((to ? to : end) - at);
	AUTO_BUF struct buf b = BUF_INIT;
	AUTO_BUF struct buf clean = BUF_INIT;
	buf_add(&b, at, len < 4000 ? len : 4000);
	logtext_clean(buf_blob(&b, ""), &clean);
	return buf_take(&clean);
}

static void look_at_length(struct reading *r)
{
	size_t lines = 0;
	for (size_t i = 0; i < r->text.len; i++)
		lines += r->text.data[i] != '\n' && (i == 0 || r->text.data[i - 1] == '\n');
	if (lines <= SHORT)
		r->seen.seen[WITNESS_TORCH] = r->seen.seen[WITNESS_NVIDIA] = true;
}

/* Whether the hit says less than another of its row's name does. */
static bool is_said(const struct reading *r, const struct hit *h)
{
	for (size_t i = 0; h->row->rank == CAUSE_FOLLOWS && i < r->nhits; i++)
		if (r->hits[i].row->rank == CAUSE_ROOT && str_eq(r->hits[i].row->id, h->row->id))
			return true;
	return false;
}

static bool counts(const struct reading *r, const struct hit *h)
{
	bool held_back = h->row->unless != WITNESS_NONE && witness_has(&r->seen, h->row->unless);
	return witness_has(&r->seen, h->row->needs) && !held_back && !is_said(r, h);
}

static bool has_root(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].rank == CAUSE_ROOT)
			return true;
	return false;
}

/* The hits of rows that count alone, or all others. */
static void judge(struct reading *r, bool alone, struct diagnosis *into)
{
	for (size_t i = 0; i < r->nhits; i++) {
		struct hit *h = &r->hits[i];
		struct cause c = {.line = h->line};
		if (h->row->alone != alone || !counts(r, h) ||
		    !refine(h->row, &h->found, r->text, &r->seen, r->catalog, &c))
			continue;
		c.text = line_of(r->log, h->line);
		diagnosis_add(into, c);
	}
}

struct diagnosis *errlog_read(struct blob log, const struct catalog *catalog)
{
	struct diagnosis *d = xcalloc(1, sizeof(*d));
	struct reading *r = xcalloc(1, sizeof(*r));
	AUTO_BUF struct buf text = BUF_INIT;
	logtext_clean(log, &text);
	r->log = log;
	r->catalog = catalog;
	r->text = buf_blob(&text, log.name);
	for (size_t i = 0; failure_tables[i]; i++)
		index_table(r, failure_tables[i]);
	scan(r);
	look_at_length(r);
	judge(r, false, d);
	if (!has_root(d))
		judge(r, true, d);
	diagnosis_settle(d);
	for (size_t i = 0; i < r->nhits; i++)
		pattern_clear(&r->hits[i].found);
	free(r->hits);
	free(r);
	return d;
}
