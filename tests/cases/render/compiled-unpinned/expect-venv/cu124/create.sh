#!/bin/sh
# cudabuild 'gnn': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#
# cu124: torch 2.6.0+cu124, torch_sparse 0.6.18, torch_scatter 2.1.2, CUDA 12.4, Python 3.10 (the system's own), ubuntu22.04, linux/amd64.
#
# Makes this variant's virtual environment: sh create.sh [FOLDER]. The default folder is "venv" beside this script.
# PYTHON names the interpreter; without it, and without python3.10 on this machine, uv fetches one if it is there.
# torch_sparse 0.6.18 is compiled here: nvcc of CUDA 12.4 must be in PATH.
# torch_scatter 2.1.2 is compiled here: nvcc of CUDA 12.4 must be in PATH.
# Least driver: 525.60.13.
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
nvcc --version 2>/dev/null | grep -q 'release 12.4' || fail 'nvcc of CUDA 12.4 is not in PATH'
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
pip install --no-deps --index-url https://download.pytorch.org/whl/cu124 torch==2.6.0+cu124
printf '%s\n' \
	'setuptools==69.5.1 --hash=sha256:c636ac361bc47580504644275c9ad802c50415c7522212252c033bd15f301f32' \
	'wheel==0.45.1 --hash=sha256:708e7481cc80179af0e556bbf0cc00b8444c7321e2700b8d8580231d13017248' \
	'ninja==1.11.1.4 --hash=sha256:096487995473320de7f65d622c3f1d16c3ad174797602218ca8c967f51ec38a0' \
	>"$tmp/tools.txt"
pip install --no-deps --require-hashes -r "$tmp/tools.txt"
TORCH_CUDA_ARCH_LIST='8.0 9.0+PTX'
export TORCH_CUDA_ARCH_LIST
printf '%s\n' torch-sparse==0.6.18 >"$tmp/source.txt"
env FORCE_CUDA=1 pip wheel --no-cache-dir --no-deps --no-build-isolation --no-binary :all: -w "$tmp/wheels" -r "$tmp/source.txt"
TORCH_CUDA_ARCH_LIST='8.0 9.0+PTX'
export TORCH_CUDA_ARCH_LIST
printf '%s\n' torch-scatter==2.1.2 >"$tmp/source.txt"
env FORCE_CUDA=1 pip wheel --no-cache-dir --no-deps --no-build-isolation --no-binary :all: -w "$tmp/wheels" -r "$tmp/source.txt"
pip install --no-deps --no-index "$tmp"/wheels/*.whl
sed -e '1,/^# others/d' -e 's/ --hash=.*//' "$here/requirements.txt" >"$tmp/others.txt"
printf '%s\n' torch==2.6.0+cu124 torch-sparse==0.6.18 torch-scatter==2.1.2 >"$tmp/exact.txt"
pip install -c "$tmp/exact.txt" torch torch-sparse torch-scatter -r "$tmp/others.txt" -r requirements.txt
python -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)'
echo "made: $venv (use it: . $venv/bin/activate)"
