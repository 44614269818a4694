# lib.bash — what every .bats file loads: `load lib`. tests/e2e/run starts an engine and a registry for all of them.
#
#   E2E_HOST       unix://... of the private engine, or empty (then E2E_NO_ENGINE says why)
#   E2E_REGISTRY   HOST:PORT of the private registry, empty at start, or empty text (then E2E_NO_REGISTRY says why)
#   E2E_GATEWAY    the address under which containers reach servers of this host (nothing else is reached)
#   BUILD REPO     the build directory and the source tree, absolute
#   BATS_TEST_TMPDIR, BATS_FILE_TMPDIR   bats' own folders, per test and per file
# shellcheck shell=bash disable=SC2154 # status and output are bats' own

bats_require_minimum_version 1.5.0
# shellcheck source=tests/services.bash
. "$REPO/tests/services.bash"
TOOLS=$CACHE/venv/bin

# unavailable WHY: a skip that names the reason; a failure on machines that are known to have it (REQUIRE=e2e).
unavailable() {
	if [[ " ${REQUIRE:-} " == *" e2e "* ]]; then
		echo "required, but: $1"
		return 1
	fi
	skip "$1"
}
need_engine() { [ -n "$E2E_HOST" ] || unavailable "$E2E_NO_ENGINE"; }
need_registry() { [ -n "$E2E_REGISTRY" ] || unavailable "$E2E_NO_REGISTRY"; }
# need_tool NAME...: programs of the host or of the tests' Python environment.
need_tool() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || [ -x "$TOOLS/$tool" ] || unavailable "$tool is not installed"
	done
}

# cudabuild ARGUMENT...: the front program, with a home, caches and configuration of this test alone.
cudabuild() {
	local home=$BATS_TEST_TMPDIR/home
	mkdir -p "$home"
	env HOME="$home" XDG_CACHE_HOME="$home/cache" XDG_CONFIG_HOME="$home/config" DOCKER_HOST="${E2E_HOST:-unix:///none}" \
		"$BUILD/cudabuild" "$@"
}

# docker ARGUMENT...: Debian's client on the private engine.
docker() { env DOCKER_HOST="$E2E_HOST" DOCKER_BUILDKIT=1 "$DOCKER" "$@"; }

# standin [--kind KIND] TAG...: pushes stand-ins for nvidia/cuda to the private registry.
standin() { "$REPO/tests/standin/nvidia" --registry "$E2E_REGISTRY" "$@"; }

# tiny_image NAME [CHANGE...]: an image FROM scratch with one static program /hello that prints its arguments and, for
# "sleep", waits; NAME may name a registry. Changes are Dockerfile instructions ('ENV A=b', 'CMD ["/hello"]').
tiny_image() {
	local name=$1 change changes=()
	shift
	if [ ! -x "$BATS_RUN_TMPDIR/tiny/hello" ]; then
		mkdir -p "$BATS_RUN_TMPDIR/tiny"
		cat >"$BATS_RUN_TMPDIR/tiny/hello.c" <<-'EOC'
			#include <stdio.h>
			#include <string.h>
			#include <unistd.h>
			int main(int argc, char **argv)
			{
				for (int i = 1; i < argc; i++)
					printf("%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
				fflush(stdout);
				while (argc > 1 && strcmp(argv[1], "sleep") == 0)
					sleep(1);
				return argc > 1 && strcmp(argv[1], "fail") == 0;
			}
		EOC
		gcc -static -Os -s -o "$BATS_RUN_TMPDIR/tiny/hello" "$BATS_RUN_TMPDIR/tiny/hello.c"
	fi
	for change; do changes+=(-c "$change"); done
	tar -C "$BATS_RUN_TMPDIR/tiny" -c hello | docker import "${changes[@]}" - "$name" >/dev/null
}

# new_registry NAME [PORT]: one more registry; its address in $REGISTRY. It ends when stop_registries is called
# (in teardown_file).
new_registry() {
	local name=$1
	shift
	registry_start "$BATS_FILE_TMPDIR/registry-$name" "$@" || return 1
	echo "$REGISTRY_PID" >>"$BATS_FILE_TMPDIR/registries"
}
stop_registries() {
	local pid
	while read -r pid; do process_stop "$pid" docker-registry; done < <(cat "$BATS_FILE_TMPDIR/registries" 2>/dev/null)
}

# exits STATUS: the exit status of the last `run`, with what was printed when it is another one.
exits() {
	[ "$status" -eq "$1" ] || { printf 'exit %s instead of %s:\n%s\n' "$status" "$1" "$output"; return 1; }
}
# says TEXT / said_not TEXT: the output of the last `run` holds, or does not hold, that text.
says() { [[ "$output" == *"$1"* ]] || { printf 'not said: %s\nbut:\n%s\n' "$1" "$output"; return 1; }; }
said_not() { [[ "$output" != *"$1"* ]] || { printf 'said: %s\nin:\n%s\n' "$1" "$output"; return 1; }; }
# same ACTUAL EXPECTED: texts are equal; else the difference is shown.
same() { [ "$1" = "$2" ] || { diff -u <(printf '%s\n' "$2") <(printf '%s\n' "$1"); return 1; }; }

# leftovers: containers, volumes and networks of ours on the private engine, one per line; must be empty after a test.
leftovers() {
	docker ps -aq --filter label=io.cudabuild.owner
	docker volume ls -q --filter label=io.cudabuild.owner
}

# fits NAME: $output is one JSON document and fits `cudabuild schema NAME` (strict: a key more is refused).
fits() {
	[ -x "$TOOLS/jsonschema" ] || return 0
	cudabuild schema "$1" >"$BATS_TEST_TMPDIR/schema.json"
	# shellcheck disable=SC2154 # bats' own
	printf '%s' "$output" | "$TOOLS/python" -c '
import json, sys, jsonschema
errors = list(jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).iter_errors(json.load(sys.stdin)))
print("\n".join("/%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:300]) for e in errors[:5]))
sys.exit(bool(errors))' "$BATS_TEST_TMPDIR/schema.json"
}
