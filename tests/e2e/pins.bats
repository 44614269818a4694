#!/usr/bin/env bats
# The packages beside torch: resolved with hashes by the real uv from a folder, kept by the lock, installed by the real pip.

load lib
load project

BASE=12.8.1-base-ubuntu22.04

# package FOLDER NAME VERSION TAGS [REQUIREMENT...]: a wheel that installers take, the same bytes every time.
package() {
	mkdir -p "$1"
	python3 - "$@" <<-'EOP'
		import sys, zipfile
		folder, name, version, tags, *needs = sys.argv[1:]
		dist = name.replace("-", "_")
		info = f"{dist}-{version}.dist-info"
		meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {n}\n" for n in needs)
		with zipfile.ZipFile(f"{folder}/{dist}-{version}-{tags}.whl", "w") as z:
		    for file, text in ((f"{dist}.py", f"version = '{version}'\n"), (f"{info}/METADATA", meta),
		                       (f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}\n"),
		                       (f"{info}/RECORD", "")):
		        z.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
	EOP
}

setup() {
	need_registry
	need_tool uv
	PATH=$PATH:$TOOLS
	standin $BASE >/dev/null
	P=$BATS_TEST_TMPDIR/p
	project "$P" 'pip: [geometric]'
	rm -r "$P/wheels" "$P/templates"
	sed -i -e '/^templates/d' -e 's/torch: wheels}/torch: wheels, pypi: index}/' "$P/cudabuild.yaml"
	package "$P/wheels" torch 2.7.1+cu128 cp310-cp310-manylinux_2_28_x86_64 'numpy<3' 'typing==1.0 ; python_version < "3.11"' 'win ; sys_platform == "win32"'
	package "$P/index" numpy 2.1 cp310-cp310-manylinux_2_17_x86_64
	package "$P/index" numpy 2.1 cp311-cp311-manylinux_2_17_x86_64
	package "$P/index" typing 1.0 py3-none-any
	package "$P/index" geometric 1.0 py3-none-any numpy
}
# pins: what the lock holds, one "name==version count-of-hashes" per line.
pins() { jq -r '.variants[0].pip[] | .requirement + " " + (.sha256 | length | tostring)' "$P/cudabuild.lock"; }

@test "generate pins every package that torch and pip need, with the hash of the file that fits" {
	run cudabuild generate -C "$P"
	exits 0
	says 'all is pinned'
	same "$(pins)" $'geometric==1.0 1\nnumpy==2.1 1\ntyping==1.0 1'
	same "$(jq -r '.variants[0].pip[1].sha256[0]' "$P/cudabuild.lock")" \
		"$(sha256sum "$P/index/numpy-2.1-cp310-cp310-manylinux_2_17_x86_64.whl" | cut -d' ' -f1)"
	same "$(jq '.variants[0].pinned' "$P/cudabuild.lock")" true
	grep -q '^    pip install --no-deps --require-hashes -r /run/requirements.txt' "$P/images/cu128/Dockerfile"
	run ! grep -q 'Not pinned' "$P/images/cu128/Dockerfile"
}

@test "what is pinned can be installed by pip, hash by hash" {
	cudabuild generate -q -C "$P"
	grep -v '^torch ' "$P/images/cu128/requirements.txt" >"$BATS_TEST_TMPDIR/r.txt"
	run python3 -m pip --version
	[ "$status" -eq 0 ] || unavailable "pip is not installed"
	run python3 -m pip download -q --no-deps --require-hashes --no-index --find-links "$P/index" --python-version 3.10 \
		--platform manylinux_2_17_x86_64 --only-binary :all: -d "$BATS_TEST_TMPDIR/d" -r "$BATS_TEST_TMPDIR/r.txt"
	exits 0
	same "$(find "$BATS_TEST_TMPDIR/d" -name '*.whl' | wc -l)" 3
}

@test "a lock that has them asks nobody; new versions come by --update alone, whole or by name" {
	cudabuild generate -q -C "$P"
	package "$P/index" numpy 2.2 cp310-cp310-manylinux_2_17_x86_64
	package "$P/index" geometric 1.1 py3-none-any numpy
	PATH=/usr/bin:/bin run cudabuild generate -C "$P"
	exits 0
	says 'nothing to change'
	says 'all is pinned'
	run cudabuild generate --update numpy -C "$P"
	exits 0
	says 'cu128: pip numpy==2.1 -> numpy==2.2'
	same "$(pins)" $'geometric==1.0 1\nnumpy==2.2 1\ntyping==1.0 1'
	run cudabuild generate --update -C "$P"
	exits 0
	same "$(pins)" $'geometric==1.1 1\nnumpy==2.2 1\ntyping==1.0 1'
	run cudabuild generate --update nothing -C "$P"
	exits 2
	says "'nothing' is no package of the plan"
}

@test "a wish more resolves only that; the others keep their versions" {
	cudabuild generate -q -C "$P"
	package "$P/index" numpy 2.2 cp310-cp310-manylinux_2_17_x86_64
	package "$P/index" extra 3.0 py3-none-any numpy
	echo extra >"$P/requirements.txt"
	sed -i 's/^pip: .*/pip: [geometric, "-r requirements.txt"]/' "$P/cudabuild.yaml"
	run cudabuild generate --check -C "$P"
	exits 1
	run cudabuild generate --locked -C "$P"
	exits 1
	cudabuild generate -q -C "$P"
	same "$(pins)" $'extra==3.0 1\ngeometric==1.0 1\nnumpy==2.1 1\ntyping==1.0 1'
	run cudabuild generate --check -C "$P"
	exits 0
	echo 'numpy==2.2' >>"$P/requirements.txt"
	run cudabuild generate --check -C "$P"
	exits 1
}

@test "for a free-threaded Python uv locks nothing, and the lock, the Dockerfile and the last line say so" {
	run uv pip compile --python-version 3.13t /dev/null
	exits 2 # one that takes it would be worth asking
	sed -i -e 's/^torch: .*/torch: "2.9.1"/' -e 's/^cuda: .*/cuda: "12.8"/' -e '/^os:/d' "$P/cudabuild.yaml"
	for python in 3.13t 3.14t; do
		local minor=${python%t}
		rm -rf "$P/cudabuild.lock" "$P/images"
		package "$P/wheels" torch 2.9.1+cu128 "cp${minor/./}-cp${minor/./}t-manylinux_2_28_x86_64" 'numpy<3'
		grep -v '^python:' "$P/cudabuild.yaml" >"$P/m"
		mv "$P/m" "$P/cudabuild.yaml"
		echo "python: $python" >>"$P/cudabuild.yaml"
		standin 12.8.1-base-ubuntu24.04 >/dev/null
		run cudabuild generate -C "$P"
		exits 0
		says 'cu128: warning: the packages beside torch are not locked: `uv pip compile --python-version` takes no free-threaded Python'
		says 'cu128: not pinned: pip packages'
		same "$(jq -r '.variants[0] | [.python.version, .pinned, (.pip | tostring)] | join(" ")' "$P/cudabuild.lock")" \
			"$python false [{\"requirement\":\"geometric\"}]"
		same "$(jq -r '.variants[0].packages[0].sha256' "$P/cudabuild.lock")" \
			"$(sha256sum "$P"/wheels/torch-2.9.1*"cp${minor/./}t"* | cut -d' ' -f1)"
		grep -q 'Not pinned: pip packages' "$P/images/cu128/Dockerfile"
		run cudabuild generate --check -C "$P"
		exits 0
	done
}

@test "without uv, or where it finds no solution, the rest is said not to be locked" {
	PATH=/usr/bin:/bin run cudabuild generate -C "$P"
	exits 0
	says 'not locked: uv, which resolves them, is not on this host'
	says 'cu128: not pinned: pip packages'
	sed -i 's/^pip: .*/pip: ["numpy>9"]/' "$P/cudabuild.yaml"
	run cudabuild generate -C "$P"
	exits 0
	says 'not locked: error: No solution found'
	says 'cu128: not pinned: pip packages'
	same "$(pins)" 'numpy>9 0'
	run cudabuild generate --check -C "$P"
	exits 0
}
