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

@test "values of the manifest reach the image byte for byte" {
	need_engine
	cd "$BATS_TEST_TMPDIR"
	mkdir -p templates 'a b'
	echo x >'a b/f'
	cat >templates/Dockerfile.mustache <<-'EOT'
		{{>header}}
		FROM scratch
		{{#app.env}}
		ENV {{key}}={{text.docker}}
		LABEL t.{{key}}={{text.docker}}
		{{/app.env}}
		{{#app.copy}}
		COPY [{{source.copy}}, {{target.copy}}]
		{{/app.copy}}
		WORKDIR {{app.workdir.docker}}
		USER {{app.user}}
		CMD {{app.command.json}}
	EOT
	cat >values.py <<-'EOT'
		import json, sys
		values = ["it's", 'a"b', "$HOME ${HOME:-x} $$", "end\\", "\\", "`x` $(y)", "# no comment", "<<EOF", "\u00fc \u2192 \u65e5\u672c",
		          " around ", "a=b=c", "%{x} ${x}", "'", '""', "&& rm -rf / ; |", "[1, 2]", "*?[]", "\\n\\t", "!x ~y", "-flag",
		          "".join(chr(c) for c in range(0x20, 0x7f)), "x" * 2000]
		wish = {"schema": 1, "name": "values", "torch": "2.7.1", "cuda": "12.8", "templates": "templates",
		        "app": {"copy": ["a b"], "workdir": "/w $x", "env": {"V%d" % i: v for i, v in enumerate(values)},
		                "command": ["python", "-c", 'print("$HOME")']}}
		if sys.argv[1] == "write":
		    json.dump(wish, open("cudabuild.json", "w"))
		else:
		    config, app = json.load(sys.stdin)[0]["Config"], wish["app"]
		    env = dict(e.split("=", 1) for e in config["Env"])
		    wrong = [k for k, v in app["env"].items() if env.get(k) != v or config["Labels"].get("t." + k) != v]
		    if config["WorkingDir"] != app["workdir"] or config["Cmd"] != app["command"]:
		        wrong.append("workdir or command")
		    print("differs: %s" % wrong if wrong else "equal: %d" % len(app["env"]))
	EOT
	python3 values.py write
	run cudabuild generate --offline -q
	exits 0
	docker build -q -f images/cu128/Dockerfile -t values:1 .
	run python3 values.py compare < <(docker image inspect values:1)
	same "$output" 'equal: 22'
}

@test "the build context is what the ignore file lets in" {
	need_engine
	cd "$BATS_TEST_TMPDIR"
	mkdir -p templates src/deep .git
	echo 1 >src/deep/f
	echo 1 >secret
	echo 1 >.git/config
	echo 'six' >wishes.txt
	printf '%s\n' '{{>header}}' 'FROM scratch' 'COPY . /context/' >templates/Dockerfile.mustache
	printf '%s\n' 'schema: 1' 'name: context' 'torch: "2.7.1"' 'cuda: "12.8"' 'templates: templates' 'pip: ["-r wishes.txt"]' \
		'app: {copy: [src/]}' >cudabuild.yaml
	run cudabuild generate --offline -q
	exits 0
	docker build -q -f images/cu128/Dockerfile -t context:1 .
	docker create --name context context:1 /none
	run bash -c "docker() { env DOCKER_HOST='$E2E_HOST' '$DOCKER' \"\$@\"; }; docker export context | tar -t | grep '^context/.*[^/]$' | sort"
	docker rm context
	same "$output" "$(printf 'context/%s\n' images/.local/.gitignore images/cu128/Dockerfile images/cu128/Dockerfile.dockerignore \
		images/cu128/requirements.txt src/deep/f wishes.txt)"
}
