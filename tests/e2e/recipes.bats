#!/usr/bin/env bats
# The recipes of `export github` and `export gitlab`, pasted: recipes.py checks them as strictly as the two CIs do, and runs
# each job's shell lines in a clean clone of a small project, with the real engine and registry. What is not a CI's own here:
# the runner itself, the two actions (checkout, upload), and docker:dind, for which the tests' engine stands. cudabuild comes
# onto the PATH as the recipes say, by CUDABUILD_INSTALL, and with GitLab as part of the job's image.

load lib
load project
load inside

BASE=12.8.1-base-ubuntu22.04

# interpreter FILE: plays that of an image, and says what the smoke script would; with BROKEN in its environment it does not name itself.
interpreter() {
	cat >"$1.c" <<-'EOC'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		int main(int argc, char **argv)
		{
			static const char *const rows[] = {"\"python\": \"3.11.9\"",
				"\"package\": \"torch\", \"version\": \"2.7.1+cu128\", \"cuda\": \"12.8\"", "\"end\": true"};
			const char *tag = "";
			for (int i = 1; i < argc; i++)
				if (strncmp(argv[i], "--tag=", 6) == 0)
					tag = argv[i] + 6;
			for (int i = getenv("BROKEN") ? 1 : 0; i < 3; i++)
				printf("{\"cudabuild\": 1, \"from\": \"smoke\", \"tag\": \"%s\", %s}\n", tag, rows[i]);
			return 0;
		}
	EOC
	gcc -std=gnu11 -O1 -static -s -o "$1" "$1.c"
}

# One base whose torch is sound and whose interpreter starts: an image on it passes `cudabuild test` without a GPU.
setup_file() {
	[ -n "$E2E_HOST" ] && [ -n "$E2E_REGISTRY" ] || return 0
	local context=$BATS_FILE_TMPDIR/base
	mkdir -p "$context"
	standin $BASE >/dev/null
	interpreter "$context/python3"
	inside_tar "$context/root.tar" "$context/python3"
	printf 'FROM %s/nvidia/cuda:%s\nADD root.tar /\n' "$E2E_REGISTRY" $BASE >"$context/Dockerfile"
	docker pull -q "$E2E_REGISTRY/nvidia/cuda:$BASE" >/dev/null
	docker build -q -t "$E2E_REGISTRY/recipes/cuda:$BASE" "$context" >/dev/null
	docker push -q "$E2E_REGISTRY/recipes/cuda:$BASE" >/dev/null
}

setup() {
	need_engine
	need_registry
	need_tool git
	"$TOOLS/python" -c 'import yaml' 2>/dev/null || unavailable 'PyYAML is not installed'
	P=$BATS_TEST_TMPDIR/p
	SECRETS=(--secret REGISTRY_USER=me --secret REGISTRY_PASSWORD=secret)
	IMAGE=$E2E_REGISTRY/team/recipes-$BATS_TEST_NUMBER
	project "$P" 'python: "3.11"' "image: $IMAGE" 'variants: {new: {cuda: "12.8"}, other: {cuda: "12.8"}}'
	sed -i 's|/nvidia/cuda\]|/recipes/cuda]|' "$P/cudabuild.yaml"
	wheel "$P/wheels" torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl
	cudabuild generate -q -C "$P"
	cudabuild export github -q -C "$P"
	cudabuild export gitlab -q -C "$P"
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/home"
	ln -s "$DOCKER" "$BATS_TEST_TMPDIR/bin/docker"
	committed
}

teardown() { docker image rm -f "$IMAGE:new" "$IMAGE:other" >/dev/null 2>&1 || true; }

committed() {
	git -C "$P" init -q 2>/dev/null
	git -C "$P" add -A
	git -C "$P" -c user.name=t -c user.email=t@example.com commit -qm "${1:-first}"
}

# job KIND JOB [OPTION...]: a job of the recipe that is committed, on a runner that knows nothing but its PATH.
job() {
	local kind=$1 job=$2 file=.github/workflows/cudabuild.yml home=$BATS_TEST_TMPDIR/home
	shift 2
	[ "$kind" = github ] || file=.gitlab/cudabuild.yml
	run env -i PATH="$BATS_TEST_TMPDIR/bin:/usr/bin:/bin" HOME="$home" DOCKER_HOST="$E2E_HOST" "$TOOLS/python" "$REPO/tests/e2e/recipes.py" \
		run "$kind" "$P/$file" "$job" --repository "$P" --work "$(mktemp -d "$BATS_TEST_TMPDIR/work.XXXX")" \
		--var CUDABUILD_INSTALL="ln -s '$BUILD/cudabuild' '$BATS_TEST_TMPDIR/bin/cudabuild'" \
		"${SECRETS[@]}" --set DOCKER_HOST="$E2E_HOST" "$@"
}
in_image() { ln -s "$BUILD/cudabuild" "$BATS_TEST_TMPDIR/bin/cudabuild"; }

@test "GitHub's recipe runs: fresh files, a job per variant, pushed, uploaded, cached the next time; no GPU is exit 6" {
	[ ! -e "$BATS_TEST_TMPDIR/bin/cudabuild" ]
	job github check
	exits 0
	job github build
	exits 0
	says 'runs-on: ubuntu-24.04'
	says 'Login Succeeded'
	says 'new: pass'
	says 'upload cudabuild-new: cudabuild.html cudabuild.xml'
	says 'upload cudabuild-other: cudabuild.html cudabuild.xml'
	teardown
	job github build --variant new --event pull_request
	exits 0
	says 'cached'
	says 'skipped: Push'
	teardown
	job github gpu
	exits 0
	says 'skipped: gpu'
	job github gpu --variant new --var CUDABUILD_GPU=ours
	exits 6
	says 'runs-on: ours'
	says 'upload cudabuild-new-gpu: cudabuild.html cudabuild.xml'
	same "$(leftovers)" ''
}

@test "GitLab's recipe runs: fresh files, a job per variant, pushed, uploaded, cached the next time; no GPU is exit 6" {
	in_image
	job gitlab 'cudabuild check'
	exits 0
	job gitlab 'cudabuild build' --variant new
	exits 0
	says 'Login Succeeded'
	says 'upload cudabuild build: cudabuild.html cudabuild.xml'
	teardown
	job gitlab 'cudabuild build' --variant new
	exits 0
	says 'cached'
	teardown
	job gitlab 'cudabuild gpu'
	exits 0
	says 'skipped: cudabuild gpu'
	job gitlab 'cudabuild gpu' --var CUDABUILD_GPU=true --event merge_request_event
	exits 0
	says 'skipped: cudabuild gpu'
	job gitlab 'cudabuild gpu' --variant new --var CUDABUILD_GPU=true
	exits 6
	says 'tags: gpu'
	says 'upload cudabuild gpu: cudabuild.html cudabuild.xml'
	same "$(leftovers)" ''
}

@test "files that are not those of the manifest end the check, a broken image ends the build and is reported all the same" {
	in_image
	echo '# edited' >>"$P/images/new/Dockerfile"
	committed edited
	job github check
	exits 1
	says 'images/new/Dockerfile'
	job gitlab 'cudabuild check'
	exits 1
	says 'images/new/Dockerfile'
	template "$P" 'ENV BROKEN=1'
	cudabuild generate -q -C "$P"
	committed broken
	local secrets=("${SECRETS[@]}")
	SECRETS=()
	job github build --variant new
	exits 1
	says 'skipped: Log in to the registry'
	says 'skipped: Push'
	says 'upload cudabuild-new: cudabuild.html cudabuild.xml'
	SECRETS=("${secrets[@]}")
	job gitlab 'cudabuild build' --variant new
	exits 1
	says 'plan-mismatch'
	says 'upload cudabuild build: cudabuild.html cudabuild.xml'
	run docker pull -q "$IMAGE:new"
	exits 1 # nothing broken was pushed
}

@test "a manifest below the root of its repository is found from there" {
	in_image
	mkdir "$P/sub"
	for file in cudabuild.yaml cudabuild.lock images wheels templates; do mv "$P/$file" "$P/sub/"; done
	for kind in github gitlab; do
		rm -r "$P/.$kind"
		run cudabuild -C "$P/sub" export $kind -o ..
		exits 0
	done
	run grep -h 'MANIFEST: ' "$P/.github/workflows/cudabuild.yml" "$P/.gitlab/cudabuild.yml"
	same "$output" '  MANIFEST: "sub/cudabuild.yaml"
    MANIFEST: "sub/cudabuild.yaml"'
	committed moved
	job github check
	exits 0
	job github build --variant new
	exits 0
	job gitlab 'cudabuild check'
	exits 0
}

# refused KIND SED TEXT: the recipe after that change is refused, with a message that holds the text.
refused() {
	local file=.github/workflows/cudabuild.yml
	[ "$1" = github ] || file=.gitlab/cudabuild.yml
	sed -E "$2" "$P/$file" >"$BATS_TEST_TMPDIR/changed.yml"
	run cmp -s "$P/$file" "$BATS_TEST_TMPDIR/changed.yml"
	exits 1
	run "$TOOLS/python" "$REPO/tests/e2e/recipes.py" check "$1" "$BATS_TEST_TMPDIR/changed.yml"
	exits 1
	says "recipes.py: $3"
}

@test "the checker of this file refuses what the CIs do" {
	refused github 's/^    needs: build/    needs: biuld/' 'gpu: needs a job that is not there'
	refused github 's/^    needs: check/    needs: gpu/' 'jobs that wait for each other'
	refused github 's/matrix\.runner/matrix.runer/' "build: the matrix has no 'runer'"
	refused github 's/^    if: vars\./    if: secrets./' "gpu: GitHub knows no 'secrets' in job.if"
	refused github 's/^permissions:/permission:/' 'workflow: unknown keys'
	refused github 's/if-no-files-found/if-no-file/' 'build, step 8: unknown keys'
	refused github 's/(matrix.variant }})-gpu/\1/' 'two uploads of one name'
	refused github 's/"\$VARIANT"/${{ matrix.variant }}/' 'build, step 5: an expression within a shell line'
	refused github 's/^    runs-on: ubuntu.*/&\n&/' 'line '
	refused gitlab 's/^  needs: \[cudabuild build\]/  needs: [cudabuild biuld]/' "cudabuild gpu: needs 'cudabuild biuld'"
	refused gitlab 's/ && .CI_PIPELINE.*//' 'cudabuild gpu: may be where what it needs is not'
	refused gitlab 's/^  script:/  scripts:/' 'cudabuild check: unknown keys'
	refused gitlab 's/^  stage: test/  stage: gpu/' 'cudabuild gpu: a stage that is none'
	refused gitlab 's/^  extends: .*/  extends: .cuda/' 'cudabuild check: extends what is not there'
}
