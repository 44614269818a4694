#!/bin/sh
# cudabuild 'seed': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#
# torchsparse111: torch 1.8.1+cu111, torch_sparse 0.6.12, torch_scatter 2.0.8, CUDA 11.1, Python 3.8 (the system's own), ubuntu20.04, linux/amd64.
# Makes this variant's virtual environment; `sh create.sh --help` says how.
# Not pinned: torch, torch_sparse, torch_scatter, pip packages.
set -eu
unset CDPATH
LC_ALL=C
export LC_ALL
here=$(cd -P -- "$(dirname -- "$0")" && pwd)
venv='' python=python3.8 tool='' dry='' clear=''
elsewhere=''

usage() {
	cat <<'END'
usage: sh create.sh [OPTION]... [FOLDER]

Makes the virtual environment of torchsparse111 in FOLDER (default: venv beside this script).

  --dry-run        look at this machine and print the commands; make nothing
  --uv, --pip      what installs (default: uv where it is there, else pip)
  --clear          replace a virtual environment that is in FOLDER
  --other-machine  the environment will run elsewhere: do not ask for the driver
  --help           this text

PYTHON names the interpreter (default: python3.8; where it is missing uv fetches one).
Needed here: linux/amd64, NVIDIA driver 450.80.02 or newer, Python 3.8.
Exit codes: 0 made, 1 what was made does not work, 2 usage, 6 this machine cannot carry it; else what failed says.
END
}
end() {
	echo "create.sh: $2" >&2
	exit "$1"
}
named() {
	[ -n "$1" ] || end 2 'an empty name is no folder'
	[ -z "$venv" ] || end 2 'one folder at most; see --help'
	venv=$1
}
while [ $# -gt 0 ]; do
	case $1 in
	--dry-run) dry=yes ;;
	--uv) tool=uv ;;
	--pip) tool=pip ;;
	--clear) clear=yes ;;
	--other-machine) elsewhere=yes ;;
	--help)
		usage
		exit 0
		;;
	--)
		shift
		break
		;;
	-*) end 2 "unknown option $1; see --help" ;;
	*) named "$1" ;;
	esac
	shift
done
for rest; do
	named "$rest"
done
[ -n "$venv" ] || venv=$here/venv
case $venv in
/*) ;;
*) venv=$PWD/$venv ;;
esac
[ -z "${PYTHON:-}" ] || python=$PYTHON

# --- can this machine carry it? ---

faults=''
fault() {
	faults="$faults
  $1"
}
# at_least FOUND NEEDED: numbers with dots.
at_least() {
	[ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}
has() { command -v "$1" >/dev/null 2>&1; }

found="$(uname -s) $(uname -m)"
[ "$found" = 'Linux x86_64' ] || fault "platform: found $found, needed Linux x86_64"
if [ -z "$elsewhere" ]; then
	found=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null |
		sed -n 's/^ *\([0-9][0-9]*\.[0-9][0-9.]*\) *$/\1/p' | head -n 1)
	if [ -z "$found" ] && [ -r /proc/driver/nvidia/version ]; then
		found=$(sed -n 's/^NVRM version:.* \([0-9][0-9]*\.[0-9][0-9.]*\) .*/\1/p' /proc/driver/nvidia/version | head -n 1)
	fi
	if [ -z "$found" ]; then
		fault 'NVIDIA driver: found none, needed 450.80.02 or newer (--other-machine: it will run elsewhere)'
	elif ! at_least "$found" 450.80.02; then
		fault "NVIDIA driver: found $found, needed 450.80.02 or newer (CUDA 11.1)"
	fi
fi
if [ -z "$tool" ]; then
	tool=pip
	! has uv || tool=uv
elif [ "$tool" = uv ]; then
	has uv || fault 'uv: found none in PATH, needed for --uv'
fi
if has "$python"; then
	found=$("$python" -c 'import sys, sysconfig
print("%d.%d%s" % (sys.version_info[0], sys.version_info[1], "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""))') || found='one that does not start'
	if [ "$found" != 3.8 ]; then
		fault "Python: found $found ($python), needed 3.8; name one with PYTHON="
	elif [ "$tool" = pip ] && ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
		fault "Python: found $python without its venv module, needed with it (or uv)"
	fi
elif [ -n "${PYTHON:-}" ]; then
	fault "Python: found no $python, which PYTHON names"
elif has uv; then
	python='' tool=uv # uv fetches one
else
	fault 'Python: found no python3.8, needed 3.8; install it, name one with PYTHON=, or install uv'
fi
if [ -n "$faults" ]; then
	echo "create.sh: this machine cannot carry torchsparse111:$faults" >&2
	exit 6
fi
if [ -n "$(ls -A -- "$venv" 2>/dev/null)" ] || { [ -e "$venv" ] && [ ! -d "$venv" ]; }; then
	[ -f "$venv/pyvenv.cfg" ] || end 2 "$venv is in the way and is no virtual environment"
	[ -n "$clear" ] || end 2 "$venv is there already; --clear replaces it"
fi

# --- make it ---

tmp=$(mktemp -d)
made=''
finish() {
	rm -rf -- "$tmp"
	[ -z "$made" ] || rm -rf -- "$venv" # half made
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

quote() {
	case $1 in
	'' | *[!A-Za-z0-9_@%+=:,./-]*) printf "'%s'" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")" ;;
	*) printf '%s' "$1" ;;
	esac
}
# run COMMAND...: or, with --dry-run, print it.
run() {
	if [ -z "$dry" ]; then
		"$@"
		return
	fi
	line=''
	for word; do
		line="$line${line:+ }$(quote "$word")"
	done
	printf '%s\n' "$line"
}
# put NAME: a file of lines from standard input, for the next command.
put() {
	cat >"$tmp/$1"
	[ -z "$dry" ] || sed "s|^|# $1: |" "$tmp/$1"
}
install() {
	if [ "$tool" = uv ]; then
		run uv pip install --python "$venv/bin/python" "$@"
	else
		run "$venv/bin/python" -m pip install "$@"
	fi
}

export PIP_DISABLE_PIP_VERSION_CHECK=1
[ -z "$clear" ] || [ ! -e "$venv" ] || run rm -rf -- "$venv"
[ -n "$dry" ] || made=yes
if [ "$tool" = uv ]; then
	[ -n "$python" ] || python=3.8
	run uv venv --quiet --python "$python" "$venv"
else
	run "$python" -m venv "$venv"
fi
if [ "$tool" = pip ]; then
	printf '%s\n' 'pip==25.0.1 --hash=sha256:c46efd13b6aa8279f33f2864459c8ce587ea6a1a59ee20de055868d8f7688f7f' | put pip.txt
	install --no-deps --require-hashes -r "$tmp/pip.txt"
fi
install --no-deps --index-url https://download.pytorch.org/whl/cu111 torch==1.8.1+cu111
install --no-deps --no-index --find-links https://data.pyg.org/whl/torch-1.8.0+cu111.html torch-sparse==0.6.12
install --no-deps --no-index --find-links https://data.pyg.org/whl/torch-1.8.0+cu111.html torch-scatter==2.0.8
sed -e '1,/^# others/d' -e 's/ --hash=.*//' "$here/requirements.txt" | put others.txt
printf '%s\n' torch==1.8.1+cu111 torch-sparse==0.6.12 torch-scatter==2.0.8 'numpy<2' | put exact.txt
install -c "$tmp/exact.txt" torch torch-sparse torch-scatter -r "$tmp/others.txt"
printf '%s\n' 'import importlib, sys' 'faults = []' \
	'importlib.import_module("torch")' \
	'importlib.import_module("torch_sparse")' \
	'importlib.import_module("torch_scatter")' \
	'import torch' \
	'if torch.__version__.split("+")[0] != "1.8.1": faults.append("torch is %s, not 1.8.1" % torch.__version__)' \
	'if str(torch.version.cuda) != "11.1": faults.append("torch is for CUDA %s, not 11.1" % torch.version.cuda)' \
	'print("torch", torch.__version__, "CUDA", torch.version.cuda)' \
	'sys.exit("; ".join(faults) or 0)' | put try.py
if ! run "$venv/bin/python" "$tmp/try.py"; then
	made='' # to look at
	end 1 "what was made in $venv does not work"
fi
made=''
[ -n "$dry" ] || echo "made: $venv (use it: . $(quote "$venv/bin/activate"))"
