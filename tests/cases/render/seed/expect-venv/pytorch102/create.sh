#!/bin/sh
# cudabuild 'seed': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#
# pytorch102: torch 1.8.1+cu102, CUDA 10.2, Python 3.8 (managed), ubuntu18.04, linux/amd64.
#
# Makes this variant's virtual environment: sh create.sh [FOLDER]. The default folder is "venv" beside this script.
# PYTHON names the interpreter; without it, and without python3.8 on this machine, uv fetches one if it is there.
# Least driver: 440.33.
# Not pinned: torch, pip packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-$here/venv}
python=python3.8
[ -z "${PYTHON:-}" ] || python=$PYTHON
fail() {
	echo "create.sh: $1" >&2
	exit 6
}
if command -v "$python" >/dev/null; then
	"$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "3.8")' ||
		fail "$python is not Python 3.8: name one with PYTHON="
	"$python" -m venv "$venv"
elif [ -z "${PYTHON:-}" ] && command -v uv >/dev/null; then
	uv venv --seed --python 3.8 "$venv"
else
	fail "$python is not there: install Python 3.8 with its venv module, name one with PYTHON=, or install uv"
fi
PATH=$venv/bin:$PATH
export PATH PIP_DISABLE_PIP_VERSION_CHECK=1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip install --no-deps --index-url https://download.pytorch.org/whl/cu102 torch==1.8.1+cu102
sed -e '1,/^# others/d' -e 's/ --hash=.*//' "$here/requirements.txt" >"$tmp/others.txt"
printf '%s\n' torch==1.8.1+cu102 'numpy<2' >"$tmp/exact.txt"
pip install -c "$tmp/exact.txt" torch -r "$tmp/others.txt"
python -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)'
echo "made: $venv (use it: . $venv/bin/activate)"
