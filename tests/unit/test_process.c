#include "adapt/process.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SH(script)                                                                                                     \
	(const char *const[])                                                                                          \
	{                                                                                                              \
		"sh", "-c", script, NULL                                                                               \
	}

static void run_ok(const struct proc_spec *spec, struct proc_end *end)
{
	struct err err = ERR_INIT;
	if (proc_run(spec, NULL, end, &err) < 0)
		fail_msg("%s", err.text);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void both_outputs_and_the_exit_status_are_kept_apart(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("echo out; echo err >&2; exit 3")}, &end);
	assert_int_equal(end.code, 3);
	assert_int_equal(end.signal, 0);
	assert_false(end.timed_out);
	assert_string_equal(buf_text(&end.out), "out\n");
	assert_string_equal(buf_text(&end.err), "err\n");
}

static void arguments_pass_through_no_shell(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	run_ok(&(struct proc_spec){.argv = (const char *const[]){"printf", "%s|", "$HOME; `x`", "a b", "", NULL}},
	       &end);
	assert_string_equal(buf_text(&end.out), "$HOME; `x`|a b||");
}

static void merged_outputs_keep_their_order(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("echo a; echo b >&2; echo c"), .merge = true}, &end);
	assert_string_equal(buf_text(&end.out), "a\nb\nc\n");
	assert_int_equal(end.err.len, 0);
}

static void input_far_beyond_a_pipe_goes_through(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	AUTO_BUF struct buf input = BUF_INIT;
	(void)state;
	buf_repeat(&input, "0123456789abcdef", 50000);
	run_ok(&(struct proc_spec){.argv = SH("cat; wc -c >&2 </dev/null"), .input = buf_blob(&input, "in")}, &end);
	assert_int_equal(end.out.len, 800000);
	assert_memory_equal(end.out.data, input.data, input.len);
	assert_false(end.cut);
}

static void a_child_that_reads_nothing_is_no_fault(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	AUTO_BUF struct buf input = BUF_INIT;
	(void)state;
	buf_repeat(&input, "x", 1000000);
	run_ok(&(struct proc_spec){.argv = SH("exec 0<&-; echo done"), .input = buf_blob(&input, "in")}, &end);
	assert_string_equal(buf_text(&end.out), "done\n");
	assert_int_equal(end.code, 0);
}

static void without_input_the_child_reads_an_end(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("cat; echo end")}, &end);
	assert_string_equal(buf_text(&end.out), "end\n");
}

static void output_beyond_the_limit_is_read_and_dropped(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("head -c 3000000 /dev/zero | tr '\\0' x; echo e >&2"), .out_max = 10},
	       &end);
	assert_string_equal(buf_text(&end.out), "xxxxxxxxxx");
	assert_true(end.cut);
	assert_int_equal(end.code, 0);
}

static void a_child_over_its_time_is_ended_with_its_group(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	double began = seconds();
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("echo begun; sleep 30 | sleep 30; echo never"), .timeout_ms = 200}, &end);
	assert_true(end.timed_out);
	assert_int_equal(end.signal, SIGTERM);
	assert_int_equal(end.code, 128 + SIGTERM);
	assert_string_equal(buf_text(&end.out), "begun\n");
	assert_true(seconds() - began < 20);
}

static void a_child_that_ignores_the_request_to_end_is_killed(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("trap '' TERM; while :; do sleep 1; done"), .timeout_ms = 100}, &end);
	assert_true(end.timed_out);
	assert_int_equal(end.signal, SIGKILL);
}

static void what_a_child_leaves_running_does_not_hold_us_up(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	double began = seconds();
	(void)state;
	run_ok(&(struct proc_spec){.argv = SH("sleep 30 & echo done")}, &end);
	assert_string_equal(buf_text(&end.out), "done\n");
	assert_true(seconds() - began < 20);
}

static void the_environment_is_added_to_and_taken_from(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	(void)state;
	setenv("TEXT_A", "old", 1);
	setenv("TEXT_AB", "stays", 1);
	setenv("TEXT_GONE", "secret", 1);
	run_ok(&(struct proc_spec){.argv = SH("echo $TEXT_A $TEXT_AB [$TEXT_GONE] $TEXT_NEW"),
				   .env = (const char *const[]){"TEXT_A=new", "TEXT_NEW=a=b", NULL},
				   .env_without = (const char *const[]){"TEXT_GONE", NULL}},
	       &end);
	assert_string_equal(buf_text(&end.out), "new stays [] a=b\n");
}

static void the_child_has_a_folder_and_no_descriptor_of_ours(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	int fds[2];
	(void)state;
	assert_int_equal(pipe(fds), 0);
	/* With what the shell has built in, since a pipeline opens descriptors of its own for a moment. */
	run_ok(&(struct proc_spec){.argv = SH("pwd; n=0; while [ $n -lt 64 ]; do [ -e /proc/self/fd/$n ] && echo $n; "
					      "n=$((n + 1)); done; :"),
				   .dir = "/usr"},
	       &end);
	assert_string_equal(buf_text(&end.out), "/usr\n0\n1\n2\n");
	close(fds[0]);
	close(fds[1]);
}

static void what_cannot_be_started_is_told_apart(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(
		proc_run(&(struct proc_spec){.argv = (const char *const[]){"no-such-tool", NULL}}, NULL, &end, &err),
		-1);
	assert_int_equal(err.kind, ERR_MISSING);
	assert_string_equal(err.text, "'no-such-tool' is not installed (not found in PATH)");
	err_clear(&err);
	assert_int_equal(
		proc_run(&(struct proc_spec){.argv = (const char *const[]){"/dev/null", NULL}}, NULL, &end, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "run '/dev/null': Permission denied");
	err_clear(&err);
	assert_int_equal(proc_run(&(struct proc_spec){.argv = SH("true"), .dir = "/no/such"}, NULL, &end, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "run 'sh': '/no/such' is no folder");
	err_clear(&err);
}

static volatile int canceled;
static void on_alarm(int signal)
{
	canceled = signal;
}

static void a_signal_ends_the_child_and_is_the_error(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	struct err err = ERR_INIT;
	(void)state;
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 100000}}, NULL);
	assert_int_equal(proc_run(&(struct proc_spec){.argv = SH("sleep 30")}, &canceled, &end, &err), -1);
	assert_int_equal(err.kind, ERR_CANCELED);
	assert_int_equal(err.sys, SIGALRM);
	assert_string_equal(err.text, "run 'sh': interrupted");
	err_clear(&err);
}

static int collect(void *self, int which, struct blob piece, struct err *err)
{
	struct buf *into = self;
	buf_addf(into, "%d:%.*s", which, (int)piece.len, piece.data);
	return into->len > 30 ? err_set(err, ERR_PROTOCOL, "too much") : 0;
}

static void pieces_are_handed_on_as_they_come_and_may_be_refused(void **state)
{
	AUTO_PROC_END struct proc_end end = PROC_END_INIT;
	AUTO_BUF struct buf got = BUF_INIT;
	struct err err = ERR_INIT;
	struct proc_spec spec = {.argv = SH("echo a; sleep 0.2; echo b >&2"), .on_data = collect, .self = &got};
	(void)state;
	run_ok(&spec, &end);
	assert_string_equal(buf_text(&got), "1:a\n2:b\n");
	assert_int_equal(end.out.len, 0);
	spec.argv = SH("while :; do echo 0123456789; done");
	assert_int_equal(proc_run(&spec, NULL, &end, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_string_equal(err.text, "too much");
	err_clear(&err);
}

static void several_run_side_by_side(void **state)
{
	struct proc *p[3] = {NULL};
	struct err err = ERR_INIT;
	double began = seconds();
	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(proc_start(&(struct proc_spec){.argv = SH("sleep 1; echo x")}, &p[i], &err), 0);
	for (size_t i = 0; i < 3; i++) {
		AUTO_PROC_END struct proc_end end = PROC_END_INIT;
		while (proc_poll(p[i], 1000, &err) == 0)
			;
		proc_take_end(p[i], &end);
		assert_string_equal(buf_text(&end.out), "x\n");
		proc_free(p[i]);
	}
	assert_true(seconds() - began < 2.9);
}

static void freeing_a_running_child_ends_it(void **state)
{
	struct proc *p = NULL;
	struct err err = ERR_INIT;
	double began = seconds();
	(void)state;
	assert_int_equal(proc_start(&(struct proc_spec){.argv = SH("sleep 30")}, &p, &err), 0);
	proc_free(p);
	assert_true(seconds() - began < 20);
}

static void programs_are_found_in_the_path_or_not(void **state)
{
	AUTO_TEXT char *sh = proc_find("sh"), *none = proc_find("no-such-tool"), *dir = proc_find("/usr");
	AUTO_TEXT char *full = proc_find("/bin/sh"), *empty = proc_find("");
	(void)state;
	assert_true(str_ends(sh, "/sh"));
	assert_string_equal(full, "/bin/sh");
	assert_null(none);
	assert_null(dir);
	assert_null(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_outputs_and_the_exit_status_are_kept_apart),
		cmocka_unit_test(arguments_pass_through_no_shell),
		cmocka_unit_test(merged_outputs_keep_their_order),
		cmocka_unit_test(input_far_beyond_a_pipe_goes_through),
		cmocka_unit_test(a_child_that_reads_nothing_is_no_fault),
		cmocka_unit_test(without_input_the_child_reads_an_end),
		cmocka_unit_test(output_beyond_the_limit_is_read_and_dropped),
		cmocka_unit_test(a_child_over_its_time_is_ended_with_its_group),
		cmocka_unit_test(a_child_that_ignores_the_request_to_end_is_killed),
		cmocka_unit_test(what_a_child_leaves_running_does_not_hold_us_up),
		cmocka_unit_test(the_environment_is_added_to_and_taken_from),
		cmocka_unit_test(the_child_has_a_folder_and_no_descriptor_of_ours),
		cmocka_unit_test(what_cannot_be_started_is_told_apart),
		cmocka_unit_test(a_signal_ends_the_child_and_is_the_error),
		cmocka_unit_test(pieces_are_handed_on_as_they_come_and_may_be_refused),
		cmocka_unit_test(several_run_side_by_side),
		cmocka_unit_test(freeing_a_running_child_ends_it),
		cmocka_unit_test(programs_are_found_in_the_path_or_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
