#include "source/netrc.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

static void the_entry_of_the_host_is_found(void **state)
{
	static const struct {
		const char *text, *user, *password; /* user NULL: nothing is found */
	} rows[] = {
		{"machine h login me password secret\n", "me", "secret"},
		{"machine other login x password y\nmachine h\n\tlogin me\n\tpassword secret\n", "me", "secret"},
		{"machine H.example login x password y machine h login me password secret", "me", "secret"},
		{"# machine h login x password y\nmachine h login me password \"a b\\\"c\"", "me", "a b\"c"},
		{"machine h account a login me password secret machine h login two password two", "me", "secret"},
		{"macdef init\nmachine h login no password no\n\nmachine h login me password secret", "me", "secret"},
		{"machine h password only", "", "only"},
		{"default login d password e", NULL, NULL},
		{"machine hh login x password y", NULL, NULL},
		{"machine", NULL, NULL},
		{"machine h", NULL, NULL},
		{"machine h login", NULL, NULL},
		{"", NULL, NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *user = NULL, *password = NULL;
		assert_int_equal(netrc_search(blob_text("netrc", rows[i].text), "h", &user, &password),
				 rows[i].user != NULL);
		assert_true(str_eq(user, rows[i].user));
		assert_true(str_eq(password, rows[i].password));
	}
}

static void the_file_serves_https_and_this_machine_and_no_url_with_a_user(void **state)
{
	static const struct {
		const char *url;
		bool found;
	} rows[] = {
		{"https://index.example/simple/", true},
		{"https://INDEX.example:8443/x", true},
		{"http://index.example/simple/", false},
		{"https://you@index.example/", false},
		{"https://example/", false},
		{"http://127.0.0.1:99/x", true},
		{"nonsense", false},
	};
	struct err err = ERR_INIT;
	AUTO_TEXT char *dir = NULL;
	(void)state;
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	AUTO_TEXT char *path = file_join(dir, "n");
	assert_int_equal(
		file_write(path,
			   blob_text("n",
				     "machine index.example login a password b\nmachine 127.0.0.1 login a password b"),
			   0600, &err),
		0);
	setenv("NETRC", path, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *user = NULL, *password = NULL;
		netrc_find(rows[i].url, &user, &password);
		assert_int_equal(user != NULL, rows[i].found);
		assert_true(str_eq(password, rows[i].found ? "b" : NULL));
	}
	unsetenv("NETRC");
	assert_int_equal(file_remove_tree(dir, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_entry_of_the_host_is_found),
		cmocka_unit_test(the_file_serves_https_and_this_machine_and_no_url_with_a_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
