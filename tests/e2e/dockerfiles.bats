#!/usr/bin/env bats
# The generated Dockerfiles as others read them: hadolint, shellcheck, both builders' parsers.

load lib

# The Dockerfiles of the cases and of the examples, absolute.
generated() { find "$REPO/tests/cases/render" "$REPO/images" -name Dockerfile 2>/dev/null | sort; }

@test "hadolint finds nothing in any generated Dockerfile but what is waived with a reason" {
	need_tool hadolint
	local files
	mapfile -t files < <(generated)
	[ "${#files[@]}" -ge 6 ]
	PATH=$PATH:$TOOLS run hadolint --no-color -c "$REPO/tests/dockerfiles/hadolint.yaml" "${files[@]}"
	same "$output" ''
	exits 0
}

@test "shellcheck finds nothing in any script of export venv" {
	need_tool shellcheck
	local files
	mapfile -t files < <(find "$REPO/tests/cases/render" -name create.sh | sort)
	[ "${#files[@]}" -ge 6 ]
	run shellcheck "${files[@]}"
	same "$output" ''
	exits 0
}

@test "no generated Dockerfile asks for more than BuildKit of Docker 20.10 and buildah 1.28 know" {
	local file
	while read -r file; do
		run grep -nE '^ *(# *syntax=|ADD )|--link|--checksum|--exclude|--parents|RUN .*(--network|--security)|<<-?.?[A-Z]+' "$file"
		same "$output" ''
		run awk 'length > 4096 { print FILENAME ": " FNR }' "$file"
		same "$output" ''
	done < <(generated)
}

@test "a final stage is never a devel image and ends in a numeric user" {
	local file last
	while read -r file; do
		last=$(grep '^FROM ' "$file" | tail -n 1)
		[[ "$last" != *-devel-* ]]
		[[ "$(grep '^USER ' "$file" | tail -n 1)" =~ ^USER\ [0-9]+(:[0-9]+)?$ ]]
	done < <(generated)
}
