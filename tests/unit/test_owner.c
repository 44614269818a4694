#include "engine/owner.h"

#include "base/str.h"
#include "support/t.h"

#include <sys/wait.h>
#include <unistd.h>

static struct owner *self(void)
{
	struct owner *o = NULL;
	struct err err = ERR_INIT;
	if (owner_self("gnn", &o, &err) < 0)
		fail_msg("%s", err.text);
	return o;
}

static void this_process_is_alive(void **state)
{
	AUTO(owner) struct owner *o = self();
	AUTO_STRV struct strv labels = STRV_INIT;
	(void)state;
	owner_labels(o, &labels);
	assert_int_equal(labels.n, 6);
	assert_string_equal(owner_label(&labels, OWNER_LABEL), "1");
	assert_string_equal(owner_label(&labels, OWNER_PROJECT), "gnn");
	assert_string_equal(owner_label(&labels, OWNER_MACHINE), o->machine);
	assert_int_equal(strlen(o->machine), 16);
	assert_null(owner_label(&labels, "io.cudabuild"));
	assert_int_equal(owner_judge(o, &labels), OWNER_ALIVE);
}

/* The labels of o with one of them set to value, or left out. */
static enum owner_state judge_with(const struct owner *o, const char *key, const char *value)
{
	AUTO_STRV struct strv labels = STRV_INIT, changed = STRV_INIT;
	owner_labels(o, &labels);
	for (size_t i = 0; i < labels.n; i++)
		if (!str_starts(labels.v[i], key) || labels.v[i][strlen(key)] != '=')
			strv_add(&changed, labels.v[i]);
	if (value)
		strv_addf(&changed, "%s=%s", key, value);
	return owner_judge(o, &changed);
}

static void only_what_is_surely_dead_is_dead(void **state)
{
	AUTO(owner) struct owner *o = self();
	AUTO_STRV struct strv parts = STRV_INIT;
	(void)state;
	strv_split(&parts, o->process, ":");
	assert_int_equal(parts.n, 3);
	AUTO_TEXT char *used_again = xasprintf("%s:%s:%s1", parts.v[0], parts.v[1], parts.v[2]);
	AUTO_TEXT char *gone = xasprintf("%s:2147483646:1", parts.v[0]);
	AUTO_TEXT char *elsewhere = xasprintf("1%s:2147483646:1", parts.v[0]);
	assert_int_equal(judge_with(o, OWNER_PROCESS, used_again), OWNER_DEAD);
	assert_int_equal(judge_with(o, OWNER_PROCESS, gone), OWNER_DEAD);
	assert_int_equal(judge_with(o, OWNER_BOOT, "another"), OWNER_DEAD);
	assert_int_equal(judge_with(o, OWNER_PROCESS, elsewhere), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_PROCESS, "nonsense"), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_PROCESS, ":::"), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_PROCESS, NULL), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_BOOT, NULL), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_BOOT, ""), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_MACHINE, "another"), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_USER, "another"), OWNER_UNKNOWN);
	assert_int_equal(judge_with(o, OWNER_PROJECT, NULL), OWNER_ALIVE);
}

static void a_child_is_alive_until_it_has_ended(void **state)
{
	AUTO(owner) struct owner *o = self();
	int go[2], said[2];
	char text[300] = "";
	(void)state;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(said), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct owner *child = self();
		close(go[1]);
		ssize_t rc = write(said[1], child->process, strlen(child->process));
		char c;
		rc += read(go[0], &c, 1);
		owner_free(child);
		owner_free(o);
		_exit(rc < 0);
	}
	assert_true(read(said[0], text, sizeof(text) - 1) > 0);
	assert_int_equal(judge_with(o, OWNER_PROCESS, text), OWNER_ALIVE);
	close(go[0]);
	close(go[1]);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(judge_with(o, OWNER_PROCESS, text), OWNER_DEAD); /* ended, not yet waited for */
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(judge_with(o, OWNER_PROCESS, text), OWNER_DEAD);
	close(said[0]);
	close(said[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_process_is_alive),
		cmocka_unit_test(only_what_is_surely_dead_is_dead),
		cmocka_unit_test(a_child_is_alive_until_it_has_ended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
