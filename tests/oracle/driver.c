/* driver — answers manifests: documents on standard input, each ended by a line "---", one block of lines for each on
 * standard output, ended by a line ".". "yes ANSWER" as in the golden table, or "no CODES" with "set\tLINE\tLINE..."
 * and "change\tTEXT\tRESULT". */
#include "base/file.h"
#include "base/str.h"
#include "resolve/resolve.h"
#include "support/question.h"

#include <stdio.h>
#include <string.h>

static void print_conflict(const struct conflict *why)
{
	AUTO_TEXT char *answer = answer_of_conflict(why);
	printf("no %s\n", answer);
	for (size_t i = 0; i < why->nsets; i++) {
		printf("set");
		for (size_t k = 0; k < why->sets[i].lines.n; k++)
			printf("\t%s", why->sets[i].lines.v[k]);
		printf("\n");
	}
	for (size_t i = 0; i < why->nsuggestions; i++)
		printf("change\t%s\t%s\n", why->suggestions[i].change, why->suggestions[i].result);
}

static void answer(const char *text)
{
	AUTO(manifest) struct manifest *m = NULL;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	struct resolve_opts opts = {.offline = true};
	struct err err = ERR_INIT;
	int rc = manifest_parse(blob_text("oracle.yaml", text), &m, &err);
	rc = rc < 0 ? rc : resolve(m, NULL, &opts, &plan, &why, NULL, &err);
	if (rc == RESOLVE_PLAN) {
		AUTO_TEXT char *line = answer_of_plan(plan);
		printf("yes %s\n", line);
	} else if (rc == RESOLVE_NO) {
		print_conflict(why);
	} else {
		printf("error %s\n", err.text);
	}
	printf(".\n");
	err_clear(&err);
}

int main(void)
{
	AUTO_BUF struct buf text = BUF_INIT;
	char line[4096];
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "---\n") != 0) {
			buf_adds(&text, line);
			continue;
		}
		answer(buf_text(&text));
		buf_cut(&text, 0);
	}
	return 0;
}
