#!/bin/sh
# cudabuild 'gnn': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#
# cu128: torch 2.7.1+cu128, torch_sparse 0.6.18+pt27cu128, torch_scatter 2.1.2+pt27cu128, CUDA 12.8, Python 3.11 (managed), ubuntu22.04, linux/amd64.
#
# Makes this variant's virtual environment: sh create.sh [FOLDER]. The default folder is "venv" beside this script.
# PYTHON names the interpreter; without it, and without python3.11 on this machine, uv fetches one if it is there.
# Least driver: 525.60.13.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-$here/venv}
python=python3.11
[ -z "${PYTHON:-}" ] || python=$PYTHON
fail() {
	echo "create.sh: $1" >&2
	exit 6
}
if command -v "$python" >/dev/null; then
	"$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "3.11")' ||
		fail "$python is not Python 3.11: name one with PYTHON="
	"$python" -m venv "$venv"
elif [ -z "${PYTHON:-}" ] && command -v uv >/dev/null; then
	uv venv --seed --python 3.11 "$venv"
else
	fail "$python is not there: install Python 3.11 with its venv module, name one with PYTHON=, or install uv"
fi
PATH=$venv/bin:$PATH
export PATH PIP_DISABLE_PIP_VERSION_CHECK=1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip install --no-deps --require-hashes -r "$here/requirements.txt"
python -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)'
echo "made: $venv (use it: . $venv/bin/activate)"
