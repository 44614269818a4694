#include "source/credential.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void keys_mean_a_registry_or_a_prefix_of_its_repositories(void **state)
{
	static const struct {
		const char *key, *domain, *path;
		bool matches;
	} rows[] = {
		{"nvcr.io", "nvcr.io", "nvidia/cuda", true},
		{"https://nvcr.io", "nvcr.io", "nvidia/cuda", true},
		{"https://nvcr.io/v2/", "nvcr.io", "nvidia/cuda", true},
		{"NVCR.io", "nvcr.io", "nvidia/cuda", true},
		{"Reg.Example", "Reg.Example", "x", true},
		{"reg.example", "REG.example", "x", true},
		{"nvcr.io/nvidia", "nvcr.io", "nvidia/cuda", true},
		{"nvcr.io/nvidia/cuda", "nvcr.io", "nvidia/cuda", true},
		{"nvcr.io/nvid", "nvcr.io", "nvidia/cuda", false},
		{"nvcr.io/nvidia/cuda/x", "nvcr.io", "nvidia/cuda", false},
		{"nvcr.io.evil", "nvcr.io", "nvidia/cuda", false},
		{"evil.nvcr.io", "nvcr.io", "nvidia/cuda", false},
		{"io", "nvcr.io", "nvidia/cuda", false},
		{"nvcr", "nvcr.io", "nvidia/cuda", false},
		{"https://index.docker.io/v1/", "docker.io", "library/ubuntu", true},
		{"docker.io", "docker.io", "library/ubuntu", true},
		{"registry-1.docker.io", "docker.io", "library/ubuntu", true},
		{"127.0.0.1:5000", "127.0.0.1:5000", "x", true},
		{"127.0.0.1", "127.0.0.1:5000", "x", false},
		{"127.0.0.1:5000", "127.0.0.1", "x", false},
		{"", "nvcr.io", "x", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((credential_key_matches(rows[i].key, rows[i].domain, rows[i].path) > 0) != rows[i].matches)
			fail_msg("%s for %s/%s", rows[i].key, rows[i].domain, rows[i].path);
}

/* "user|password|identity|registry|helper|trouble" of what a file says for reg.example/team/x */
static char *said(const char *text)
{
	AUTO(credential) struct credential *c = xcalloc(1, sizeof(*c));
	AUTO_TEXT char *helper = NULL, *trouble = NULL;
	int rc = credential_search(blob_text("config.json", text), "reg.example", "team/x", c, &helper, &trouble);
	return xasprintf("%d|%s|%s|%s|%s|%s|%s", rc, c->user ? c->user : "", c->password ? c->password : "",
			 c->identity_token ? c->identity_token : "", c->registry_token ? c->registry_token : "",
			 helper ? helper : "", trouble ? trouble : "");
}

static void a_file_says_who_logs_in_where(void **state)
{
	static const char *const rows[][2] = {
		{"{}", "0||||||"},
		{"{\"auths\":{}}", "0||||||"},
		{"{\"auths\":{\"other\":{\"auth\":\"bWU6c2VjcmV0\"}}}", "0||||||"},
		{"{\"auths\":{\"reg.example\":{\"auth\":\"bWU6c2VjcmV0\"}}}", "1|me|secret||||"},
		{"{\"auths\":{\"reg.example\":{\"auth\":\"bWU6YTpi\"}}}", "1|me|a:b||||"},
		{"{\"auths\":{\"reg.example\":{\"auth\":\"bWU6c2VjcmV0AAA=\"}}}", "1|me|secret||||"},
		{"{\"auths\":{\"reg.example\":{\"username\":\"me\",\"password\":\"p\"}}}", "1|me|p||||"},
		{"{\"auths\":{\"reg.example\":{\"identitytoken\":\"idt\"}}}", "1|||idt|||"},
		{"{\"auths\":{\"reg.example\":{\"registrytoken\":\"rt\"}}}", "1||||rt||"},
		{"{\"auths\":{\"reg.example\":{\"registrytoken\":\"a\\r\\nX: b\"}}}",
		 "-1||||||config.json: /auths/reg.example: 'registrytoken' fits in no header"},
		/* and then nothing of it is taken */
		{"{\"auths\":{\"reg.example\":{\"auth\":\"bWU6c2VjcmV0\",\"identitytoken\":\"idt\",\"registrytoken\":"
		 "\"a b\"}}}",
		 "-1||||||config.json: /auths/reg.example: 'registrytoken' fits in no header"},
		{"{\"auths\":{\"reg.example\":{\"username\":\"me\",\"password\":\"p\",\"registrytoken\":\"a b\"}}}",
		 "-1||||||config.json: /auths/reg.example: 'registrytoken' fits in no header"},
		{"{\"auths\":{\"reg.example\":{}}}", "0||||||"},
		{"{\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\"},\"reg.example/team\":{\"auth\":\"bWU6dHdv\"}}}",
		 "1|me|two||||"},
		{"{\"credsStore\":\"pass\",\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\"}}}", "1|||||pass|"},
		{"{\"credsStore\":\"pass\",\"credHelpers\":{\"reg.example\":\"gcloud\"}}", "1|||||gcloud|"},
		{"{\"credHelpers\":{\"other.example\":\"gcloud\"},\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\"}}}",
		 "1|me|one||||"},
		{"{\"HttpHeaders\":{\"a\":\"b\"},\"auths\":null}", "0||||||"},
		{"{\"auths\":{\"reg.example\":{\"auth\":\"***\"}}}",
		 "-1||||||config.json: /auths/reg.example: 'auth' is not base64 of user:password"},
		{"{\"auths\":{\"reg.example\":{\"auth\":\"bWU=\"}}}",
		 "-1||||||config.json: /auths/reg.example: 'auth' is not base64 of user:password"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = said(rows[i][0]);
		assert_string_equal(got, rows[i][1]);
	}
}

static void a_file_that_is_no_json_is_trouble_and_no_login(void **state)
{
	AUTO_TEXT char *got = said("{\"auths\": {\"reg.example\": {\"auth\": secret}}}");
	(void)state;
	assert_string_equal(got, "-1||||||config.json: not JSON"); /* and nothing of what stands there */
}

struct home {
	char *dir, *path;
};

static const char *const variables[] = {"DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR",
					"XDG_CONFIG_HOME"};

static int setup(void **state)
{
	struct home *h = xcalloc(1, sizeof(*h));
	struct err err = ERR_INIT;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	assert_int_equal(file_temp_dir(&h->dir, &err), 0);
	h->path = xstrdup(getenv("PATH"));
	AUTO_TEXT char *path = xasprintf("%s:%s", h->dir, h->path);
	setenv("HOME", h->dir, 1);
	setenv("PATH", path, 1);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct home *h = *state;
	struct err err = ERR_INIT;
	setenv("PATH", h->path, 1);
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	assert_int_equal(file_remove_tree(h->dir, &err), 0);
	free(h->dir);
	free(h->path);
	free(h);
	return 0;
}

static void put(const struct home *h, const char *name, const char *text, unsigned mode)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *path = file_join(h->dir, name);
	assert_int_equal(file_write(path, blob_text(name, text), mode, &err), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static char *found(const char *domain)
{
	AUTO(credential) struct credential *c = credential_find(domain, "team/x", NULL);
	return xasprintf("%s|%s|%s|%s", c->user ? c->user : "", c->password ? c->password : "",
			 c->identity_token ? c->identity_token : "", c->trouble ? c->trouble : "");
}

static void places_are_asked_in_turn(void **state)
{
	struct home *h = *state;
	AUTO_TEXT char *nothing = found("reg.example");
	assert_string_equal(nothing, "|||");
	put(h, ".dockercfg", "{\"reg.example\":{\"auth\":\"b2xkOjA=\",\"email\":\"me@example.com\"}}", 0600);
	AUTO_TEXT char *old = found("reg.example");
	assert_string_equal(old, "old|0||");
	put(h, ".config/containers/auth.json",
	    "{\"auths\":{\"reg.example\":{\"username\":\"podman\",\"password\":\"1\"}}}", 0600);
	AUTO_TEXT char *podman = found("reg.example");
	assert_string_equal(podman, "podman|1||");
	AUTO_TEXT char *config = file_join(h->dir, "config"), *run = file_join(h->dir, "run");
	put(h, "config/containers/auth.json", "{\"auths\":{\"reg.example\":{\"username\":\"xdg\",\"password\":\"5\"}}}",
	    0600);
	setenv("XDG_CONFIG_HOME", config, 1);
	AUTO_TEXT char *xdg = found("reg.example");
	assert_string_equal(xdg, "xdg|5||"); /* in place of ~/.config */
	put(h, "run/containers/auth.json",
	    "{\"auths\":{\"reg.example/team\":{\"username\":\"run\",\"password\":\"6\"}}}", 0600);
	setenv("XDG_RUNTIME_DIR", run, 1);
	AUTO_TEXT char *runtime = found("reg.example");
	assert_string_equal(runtime, "run|6||");
	put(h, ".docker/config.json", "{\"auths\":{\"reg.example\":{\"username\":\"docker\",\"password\":\"2\"}}}",
	    0600);
	AUTO_TEXT char *docker = found("reg.example");
	assert_string_equal(docker, "docker|2||");
	AUTO_TEXT char *named = file_join(h->dir, "named");
	put(h, "named/config.json", "{\"auths\":{\"reg.example\":{\"username\":\"named\",\"password\":\"7\"}}}", 0600);
	setenv("DOCKER_CONFIG", named, 1);
	AUTO_TEXT char *folder = found("reg.example");
	assert_string_equal(folder, "named|7||"); /* in place of ~/.docker */
	put(h, "auth", "{\"auths\":{\"reg.example\":{\"username\":\"file\",\"password\":\"3\"}}}", 0600);
	AUTO_TEXT char *path = file_join(h->dir, "auth");
	setenv("REGISTRY_AUTH_FILE", path, 1);
	AUTO_TEXT char *file = found("reg.example");
	assert_string_equal(file, "file|3||");
	setenv("DOCKER_AUTH_CONFIG", "{\"auths\":{\"reg.example\":{\"username\":\"text\",\"password\":\"4\"}}}", 1);
	AUTO_TEXT char *text = found("reg.example");
	assert_string_equal(text, "text|4||");
	AUTO_TEXT char *other = found("other.example");
	assert_string_equal(other, "|||");
}

static void what_a_refused_entry_holds_is_not_used(void **state)
{
	struct home *h = *state;
	put(h, ".docker/config.json", "{\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\",\"registrytoken\":\"a b\"}}}",
	    0600);
	AUTO_TEXT char *alone = found("reg.example");
	AUTO_TEXT char *want =
		xasprintf("|||%s/.docker/config.json: /auths/reg.example: 'registrytoken' fits in no header", h->dir);
	assert_string_equal(alone, want);
	put(h, ".dockercfg", "{\"reg.example\":{\"identitytoken\":\"idt\"}}", 0600);
	AUTO_TEXT char *next = found("reg.example");
	AUTO_TEXT char *other = xasprintf("||idt%s", want + 2);
	assert_string_equal(next, other);
}

/* As docker means them, neither is for registries: see FILES of the manual. */
static void headers_and_proxies_of_docker_are_passed_over(void **state)
{
	struct home *h = *state;
	put(h, ".docker/config.json",
	    "{\"HttpHeaders\":{\"X-Meta\":\"secret\"},\"proxies\":{\"default\":{\"httpProxy\":\"http://p:1\"}},"
	    "\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\"}}}",
	    0600);
	AUTO_TEXT char *got = found("reg.example");
	assert_string_equal(got, "me|one||");
	assert_null(getenv("http_proxy"));
}

static void a_helper_is_asked_for_the_registry_by_name(void **state)
{
	struct home *h = *state;
	put(h, "docker-credential-fake",
	    "#!/bin/sh\nread a || :\ncase $a in\nreg.example) echo "
	    "'{\"ServerURL\":\"x\",\"Username\":\"me\",\"Secret\":\"shh\"}';;\n"
	    "https://index.docker.io/v1/) echo '{\"Username\":\"<token>\",\"Secret\":\"idt\"}';;\n"
	    "odd.example) echo garbage;;\nbad.example) echo 'it broke' >&2; exit 3;;\n"
	    "*) echo 'credentials not found in native keychain'; exit 1;;\nesac\n",
	    0755);
	put(h, ".docker/config.json", "{\"credsStore\":\"fake\"}", 0600);
	AUTO_TEXT char *login = found("reg.example"), *hub = found("docker.io"), *none = found("none.example"),
		       *bad = found("bad.example");
	AUTO_TEXT char *odd = found("odd.example");
	assert_string_equal(login, "me|shh||");
	assert_string_equal(hub, "||idt|");
	assert_string_equal(none, "|||");
	assert_string_equal(bad, "|||docker-credential-fake: ended with 3: it broke");
	assert_string_equal(odd, "|||docker-credential-fake: its answer is no JSON with Username and Secret");
}

static void a_helper_that_is_not_there_or_has_an_odd_name_is_trouble(void **state)
{
	struct home *h = *state;
	put(h, ".docker/config.json", "{\"credsStore\":\"no-such-helper\"}", 0600);
	AUTO_TEXT char *missing = found("reg.example");
	assert_true(str_starts(missing, "|||docker-credential-no-such-helper: "));
	put(h, ".docker/config.json", "{\"credsStore\":\"../../bin/sh\"}", 0600);
	AUTO_TEXT char *odd = found("reg.example");
	assert_string_equal(odd, "|||the configured credential helper has no valid name");
}

static void a_helper_that_others_may_change_is_not_asked(void **state)
{
	struct home *h = *state;
	AUTO_TEXT char *dir = file_join(h->dir, "open"), *path = file_join(dir, "docker-credential-fake");
	AUTO_TEXT char *here = xasprintf("%s:%s", dir, h->path);
	const char *script = "#!/bin/sh\necho '{\"Username\":\"me\",\"Secret\":\"shh\"}'\n";
	put(h, ".docker/config.json", "{\"credsStore\":\"fake\"}", 0600);
	put(h, "open/docker-credential-fake", script, 0757);
	assert_int_equal(chmod(dir, 0755), 0);
	setenv("PATH", here, 1);
	AUTO_TEXT char *file = found("reg.example");
	AUTO_TEXT char *want =
		xasprintf("|||docker-credential-fake: '%s' is not asked: others than its owner may change it", path);
	assert_string_equal(file, want);
	assert_int_equal(chmod(path, 0755), 0);
	AUTO_TEXT char *good = found("reg.example");
	assert_string_equal(good, "me|shh||");
	assert_int_equal(chmod(dir, 0777), 0);
	AUTO_TEXT char *folder = found("reg.example");
	assert_string_equal(folder, want);
	assert_int_equal(chmod(dir, 01777), 0); /* as /tmp: others cannot replace it */
	AUTO_TEXT char *sticky = found("reg.example");
	assert_string_equal(sticky, "me|shh||");
}

static void a_helper_in_a_relative_folder_is_not_asked(void **state)
{
	struct home *h = *state;
	char before[4096];
	put(h, "docker-credential-fake", "#!/bin/sh\necho '{\"Username\":\"me\",\"Secret\":\"shh\"}'\n", 0755);
	put(h, ".docker/config.json", "{\"credsStore\":\"fake\"}", 0600);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(h->dir), 0);
	setenv("PATH", ".:/usr/bin:/bin", 1);
	AUTO_TEXT char *got = found("reg.example");
	assert_int_equal(chdir(before), 0);
	assert_string_equal(got, "|||docker-credential-fake: a relative folder of PATH is no place to find it in");
}

static void a_helper_that_hangs_or_talks_without_end_is_given_up(void **state)
{
	struct home *h = *state;
	put(h, ".docker/config.json", "{\"credsStore\":\"fake\",\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\"}}}",
	    0600);
	put(h, "docker-credential-fake", "#!/bin/sh\nexec sleep 100\n", 0755);
	setenv("CUDABUILD_STALL_TIMEOUT", "1s", 1);
	AUTO_TEXT char *hangs = found("reg.example");
	unsetenv("CUDABUILD_STALL_TIMEOUT");
	assert_string_equal(hangs, "|||docker-credential-fake: no answer within 1 s");
	put(h, "docker-credential-fake", "#!/bin/sh\nhead -c 70000 /dev/zero | tr '\\0' ' '\necho '{}'\n", 0755);
	AUTO_TEXT char *endless = found("reg.example");
	assert_string_equal(endless, "|||docker-credential-fake: its answer is longer than 64 KiB");
}

static void a_file_with_a_login_that_others_may_read_is_warned_of(void **state)
{
	struct home *h = *state;
	AUTO_TEXT char *path = file_join(h->dir, ".docker/config.json");
	put(h, ".docker/config.json", "{\"auths\":{\"reg.example\":{\"auth\":\"bWU6b25l\"}}}", 0644);
	AUTO(credential) struct credential *open = credential_find("reg.example", "x", NULL);
	AUTO_TEXT char *want =
		xasprintf("'%s' holds a login and is open to others (mode 0644); `chmod 600` closes it", path);
	assert_string_equal(open->warning, want);
	assert_string_equal(open->user, "me");
	AUTO(credential) struct credential *other = credential_find("other.example", "x", NULL);
	assert_null(other->warning); /* it holds none for that one */
	assert_int_equal(chmod(path, 0600), 0);
	AUTO(credential) struct credential *closed = credential_find("reg.example", "x", NULL);
	assert_null(closed->warning);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_mean_a_registry_or_a_prefix_of_its_repositories),
		cmocka_unit_test(a_file_says_who_logs_in_where),
		cmocka_unit_test(a_file_that_is_no_json_is_trouble_and_no_login),
		T(places_are_asked_in_turn),
		T(what_a_refused_entry_holds_is_not_used),
		T(headers_and_proxies_of_docker_are_passed_over),
		T(a_helper_is_asked_for_the_registry_by_name),
		T(a_helper_that_is_not_there_or_has_an_odd_name_is_trouble),
		T(a_helper_that_others_may_change_is_not_asked),
		T(a_helper_in_a_relative_folder_is_not_asked),
		T(a_helper_that_hangs_or_talks_without_end_is_given_up),
		T(a_file_with_a_login_that_others_may_read_is_warned_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
