#!/usr/bin/env bats
# `test`: what the bytes of a broken image say, and what its own interpreter and loader meet in it, have one reason code.

load lib

setup() {
	need_engine
	[ "$(uname -m)" = x86_64 ] || skip 'the broken trees are for x86-64'
	need_tool as ld
}

teardown_file() { [ -z "$E2E_HOST" ] || docker images --format '{{.Repository}}:{{.Tag}}' alike | xargs -r docker rmi -f >/dev/null 2>&1 || true; }

# said LEVEL IMAGE: the reasons of that level's failures, each once.
said() {
	jq -r --arg level "$1" --arg image "alike:$2" '[.checks[] |
		select(.subject == $image and .level == $level and .status == "fail") | .code] | unique | join(" ")' \
		"$BATS_TEST_TMPDIR/r.json"
}

@test "one cause has one code, whether it shows in the bytes or when the packages are imported" {
	local name code args=() wrong=''
	python3 "$REPO/tests/e2e/alike_images.py" "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/due"
	docker load -q -i "$BATS_TEST_TMPDIR/images.tar" >/dev/null
	while read -r name _; do args+=(--image "alike:$name"); done <"$BATS_TEST_TMPDIR/due"
	run cudabuild test -q -j 2 "${args[@]}" --report "$BATS_TEST_TMPDIR/r.json"
	exits 1
	while read -r name code; do
		[ "$code" != - ] || code=''
		# The bytes may say more: that a package is not whole, too.
		[ "$(said container "$name")" = "$code" ] && [[ " $(said static "$name") " == *" $code "* ]] ||
			wrong+="$name: due '$code', static '$(said static "$name")', container '$(said container "$name")'"$'\n'
	done <"$BATS_TEST_TMPDIR/due"
	same "$wrong" ''
	same "$(said static healthy)" ''
	same "$(leftovers)" ''
}
