#!/bin/sh
# cudabuild 'gnn': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#
# pytorch130: torch 2.11.0+cu130, torch_sparse 0.6.18, torch_scatter 2.1.2, CUDA 13.0, Python 3.11 (managed), ubuntu24.04, linux/arm64.
#
# Makes this variant's virtual environment: sh create.sh [FOLDER]. The default folder is "venv" beside this script.
# PYTHON names the interpreter; without it, and without python3.11 on this machine, uv fetches one if it is there.
# torch_sparse 0.6.18 is compiled here: nvcc of CUDA 13.0 must be in PATH.
# torch_scatter 2.1.2 is compiled here: nvcc of CUDA 13.0 must be in PATH.
# Least driver: 580.65.06.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-$here/venv}
python=python3.11
[ -z "${PYTHON:-}" ] || python=$PYTHON
fail() {
	echo "create.sh: $1" >&2
	exit 6
}
nvcc --version 2>/dev/null | grep -q 'release 13.0' || fail 'nvcc of CUDA 13.0 is not in PATH'
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
export PIP_INDEX_URL=https://pypi.example.com/simple
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip install --no-deps --require-hashes --find-links ../wheels -r "$here/requirements.txt"
printf '%s\n' \
	'setuptools==69.5.1 --hash=sha256:c636ac361bc47580504644275c9ad802c50415c7522212252c033bd15f301f32' \
	'wheel==0.45.1 --hash=sha256:708e7481cc80179af0e556bbf0cc00b8444c7321e2700b8d8580231d13017248' \
	'ninja==1.11.1.4 --hash=sha256:d3090d4488fadf6047d0d7a1db0c9643a8d391f0d94729554dbb89b5bdc769d7' \
	>"$tmp/tools.txt"
pip install --no-deps --require-hashes -r "$tmp/tools.txt"
TORCH_CUDA_ARCH_LIST='9.0 10.0 12.0+PTX'
export TORCH_CUDA_ARCH_LIST
printf '%s\n' 'torch-sparse==0.6.18 --hash=sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' >"$tmp/source.txt"
env FORCE_CUDA=1 pip wheel --no-cache-dir --no-deps --no-build-isolation --no-binary :all: --require-hashes -w "$tmp/wheels" -r "$tmp/source.txt"
TORCH_CUDA_ARCH_LIST='9.0 10.0 12.0+PTX'
export TORCH_CUDA_ARCH_LIST
printf '%s\n' 'torch-scatter==2.1.2 --hash=sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc' >"$tmp/source.txt"
env FORCE_CUDA=1 pip wheel --no-cache-dir --no-deps --no-build-isolation --no-binary :all: --require-hashes -w "$tmp/wheels" -r "$tmp/source.txt"
pip install --no-deps --no-index "$tmp"/wheels/*.whl
python -c 'import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)'
echo "made: $venv (use it: . $venv/bin/activate)"
