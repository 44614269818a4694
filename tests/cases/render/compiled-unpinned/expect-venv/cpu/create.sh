#!/bin/sh
# cudabuild 'gnn': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#
# cpu: torch 2.6.0+cpu, torch_sparse 0.6.18+pt26cpu, torch_scatter 2.1.2+pt26cpu, Python 3.10 (the system's own), ubuntu22.04, linux/amd64.
#
# Makes this variant's virtual environment: sh create.sh [FOLDER]. The default folder is "venv" beside this script.
# PYTHON names the interpreter; without it, and without python3.10 on this machine, uv fetches one if it is there.
# Not pinned: torch, torch_sparse, torch_scatter, pip packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-$here/venv}
python=python3.10
[ -z "${PYTHON:-}" ] || python=$PYTHON
fail() {
	echo "create.sh: $1" >&2
	exit 6
}
if command -v "$python" >/dev/null; then
	"$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "3.10")' ||
		fail "$python is not Python 3.10: name one with PYTHON="
	"$python" -m venv "$venv"
elif [ -z "${PYTHON:-}" ] && command -v uv >/dev/null; then
	uv venv --seed --python 3.10 "$venv"
else
	fail "$python is not there: install Python 3.10 with its venv module, name one with PYTHON=, or install uv"
fi
PATH=$venv/bin:$PATH
export PATH PIP_DISABLE_PIP_VERSION_CHECK=1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip install --no-deps --index-url https://download.pytorch.org/whl/cpu torch==2.6.0+cpu
pip install --no-deps --no-index --find-links https://data.pyg.org/whl/torch-2.6.0+cpu.html torch-sparse==0.6.18+pt26cpu
pip install --no-deps --no-index --find-links https://data.pyg.org/whl/torch-2.6.0+cpu.html torch-scatter==2.1.2+pt26cpu
sed -e '1,/^# others/d' -e 's/ --hash=.*//' "$here/requirements.txt" >"$tmp/others.txt"
printf '%s\n' torch==2.6.0+cpu torch-sparse==0.6.18+pt26cpu torch-scatter==2.1.2+pt26cpu >"$tmp/exact.txt"
pip install -c "$tmp/exact.txt" torch torch-sparse torch-scatter -r "$tmp/others.txt"
python -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)'
echo "made: $venv (use it: . $venv/bin/activate)"
