#include "cli/diff.h"

#include "adapt/process.h"
#include "base/file.h"

static int diff_one(struct app *app, const char *dir, const char *name, struct blob old, struct blob now,
		    struct err *err)
{
	AUTO_TEXT char *a = file_join(dir, "old");
	AUTO_TEXT char *b = file_join(dir, "new");
	AUTO_TEXT char *label_a = xasprintf("a/%s", name);
	AUTO_TEXT char *label_b = xasprintf("b/%s", name);
	const char *const argv[] = {"diff", "-u", "--label", label_a, "--label", label_b, a, b, NULL};
	const struct proc_spec spec = {.argv = argv, .out_max = 8 << 20, .timeout_ms = 60000};
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;

	if (file_write(a, old, 0600, err) < 0 || file_write(b, now, 0600, err) < 0 ||
	    proc_run(&spec, app->stop, &end, err) < 0)
		return -1;
	if (end.code > 1)
		return err_set(err, ERR_INTERNAL, "diff ended with %d", end.code);
	return ui_out(app->ui, buf_text(&end.out), err);
}

int diff_print(struct app *app, const struct context *files, const struct outputs *o, struct err *err)
{
	AUTO_TEXT char *dir = NULL;
	struct err ignored = ERR_INIT;
	int rc = file_temp_dir(&dir, err);

	for (size_t i = 0; i < o->n && rc == 0; i++) {
		const struct output *f = &o->v[i];
		const struct member *m = context_find(files, f->name);

		if (f->state != OUTPUT_SAME)
			rc = diff_one(
				app, dir, f->name,
				(struct blob){.name = f->name, .data = f->old ? f->old : "", .len = f->old_len},
				(struct blob){.name = f->name, .data = m ? m->data : "", .len = m ? (size_t)m->len : 0},
				err);
	}
	if (dir && file_remove_tree(dir, &ignored) < 0)
		err_clear(&ignored);
	return rc;
}
