#!/usr/bin/env bats
# `export venv` for real: environments made by pip and by uv from local wheels that are hashed, and from the Python index.
load lib
load project

setup_file() {
	PYTHON=$(command -v python3)
	VERSION=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
	export PYTHON VERSION
}

# package NAME VERSION CODE: a wheel with one module, in $P/wheels.
package() { "$PYTHON" "$REPO/tests/e2e/tiny_wheel.py" "$P/wheels" "$@"; }

# A project in "$P" whose wheels are tiny and real; lines are added to its manifest.
setup() {
	case $VERSION in 3.9 | 3.10 | 3.11 | 3.12 | 3.13) ;; *) skip "this host's python3 is $VERSION, and torch 2.7 has no wheel for it" ;; esac
	[ "$(uname -m)" = x86_64 ] || skip 'the wheels are for x86_64'
	need_registry
	P="$BATS_TEST_TMPDIR/it's a project"
	mkdir -p "$P"
	package torch 2.7.1+cu128 '__version__ = "2.7.1+cu128"\nclass version: cuda = "12.8"'
	package torch_sparse 0.6.18+pt27cu128 'import torch, torch_scatter'
	package torch_scatter 2.1.2+pt27cu128 'import torch'
	cat >"$P/cudabuild.yaml" <<-EOM
		schema: 1
		name: small
		torch: "2.7.1"
		torch_sparse: "0.6.18"
		cuda: "12.8"
		os: ubuntu22.04
		python: "$VERSION"
		sources: {images: [$E2E_REGISTRY/nvidia/cuda], os_images: $E2E_REGISTRY/library, torch: wheels, pyg: wheels}
	EOM
	standin 12.8.1-base-ubuntu22.04
	# This machine, with a driver that is new enough whatever it has.
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho 580.65.06\n' >"$BATS_TEST_TMPDIR/bin/nvidia-smi"
	printf '#!/bin/sh\necho "glibc 2.40"\n' >"$BATS_TEST_TMPDIR/bin/getconf"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

exported() {
	run cudabuild export venv -C "$P"
	exits 0
	CREATE=$P/venv/cu128/create.sh
}

@test "pip makes the environment from hashed local wheels, and a dry run makes nothing" {
	exported
	run env PYTHON="$PYTHON" sh "$CREATE" --pip --dry-run
	exits 0
	[ ! -e "$P/venv/cu128/venv" ]
	run env PYTHON="$PYTHON" sh "$CREATE" --pip
	exits 0
	says 'torch 2.7.1+cu128 CUDA 12.8'
	says "made: $P/venv/cu128/venv (use it: . '"
	run "$P/venv/cu128/venv/bin/python" -c 'import torch_sparse; print(torch_sparse.__file__)'
	says "$P/venv/cu128/venv/lib/"
}

@test "uv makes the same environment" {
	need_tool uv
	exported
	run env PATH="$TOOLS:$PATH" PYTHON="$PYTHON" sh "$CREATE" --uv "$BATS_TEST_TMPDIR/an other place"
	exits 0
	says 'torch 2.7.1+cu128 CUDA 12.8'
	"$BATS_TEST_TMPDIR/an other place/bin/python" -c 'import torch_sparse'
}

@test "a wheel with other bytes than the hash says is not installed, and nothing half made is left" {
	exported
	package torch_sparse 0.6.18+pt27cu128 'evil = 1'
	for tool in pip uv; do
		[ $tool = pip ] || [ -x "$TOOLS/uv" ] || continue
		run env PATH="$TOOLS:$PATH" PYTHON="$PYTHON" sh "$CREATE" --$tool
		[ "$status" -ne 0 ]
		[[ "${output,,}" == *hash* ]]
		[ ! -e "$P/venv/cu128/venv" ]
	done
}

@test "what was made and does not import is exit 1" {
	package torch 2.7.1+cu128 '__version__ = "2.7.1+cu126"\nclass version: cuda = "12.6"'
	exported
	run env PATH="$TOOLS:$PATH" PYTHON="$PYTHON" sh "$CREATE"
	exits 1
	says 'torch is for CUDA 12.6, not 12.8'
	says 'does not work'
}

@test "without a driver the script refuses, unless the environment is for another machine" {
	[ ! -e /proc/driver/nvidia/version ] || skip 'this machine has an NVIDIA driver'
	printf '#!/bin/sh\nexit 9\n' >"$BATS_TEST_TMPDIR/bin/nvidia-smi"
	exported
	run env PATH="$TOOLS:$PATH" PYTHON="$PYTHON" sh "$CREATE"
	exits 6
	says 'NVIDIA driver: found none, needed 525.60.13 or newer'
	run env PATH="$TOOLS:$PATH" PYTHON="$PYTHON" sh "$CREATE" --other-machine
	exits 0
}

@test "packages of the Python index come with their hashes" {
	need_tool uv
	timeout 60 "$TOOLS/pip" download -q --no-deps --no-cache-dir -d "$BATS_TEST_TMPDIR/probe" six==1.17.0 >/dev/null 2>&1 ||
		unavailable 'the Python index cannot be reached'
	echo 'pip: ["six==1.17.0"]' >>"$P/cudabuild.yaml"
	PATH=$TOOLS:$PATH run cudabuild export venv -C "$P"
	exits 0
	grep -q '^six==1.17.0 --hash=sha256:' "$P/venv/cu128/requirements.txt"
	for tool in pip uv; do
		run env PATH="$TOOLS:$PATH" PYTHON="$PYTHON" sh "$P/venv/cu128/create.sh" --$tool --clear
		exits 0
		"$P/venv/cu128/venv/bin/python" -c 'import six, torch_sparse'
	done
}
