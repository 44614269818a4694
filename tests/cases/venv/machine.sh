# machine.sh: sourced by the cases; plays a machine with programs of its own in ./bin, which come first in PATH, and exports
# the variants of ./cudabuild.yaml to ./venv.
# shellcheck shell=sh
mkdir -p bin temporary
PATH=$PWD/bin:$PATH
export PATH
program() { # NAME TEXT...: a program that prints the texts
	name=$1
	shift
	{
		echo '#!/bin/sh'
		for line; do printf "echo '%s'\n" "$line"; done
	} >"bin/$name"
	chmod +x "bin/$name"
}
program getconf 'glibc 2.36'
program nvidia-smi 535.104.05
python() { # VERSION: an interpreter that says so and has everything
	printf '#!/bin/sh\ncase $* in *sysconfig*) echo %s ;; esac\n' "$1" >"bin/python$2"
	chmod +x "bin/python$2"
}
python 3.11 3.11
cat >bin/mktemp <<END
#!/bin/sh
mkdir -p "$PWD/temporary"
echo "$PWD/temporary"
END
chmod +x bin/mktemp
program uv 'uv of the test'
cat >bin/uname <<'END'
#!/bin/sh
case $1 in
-m) echo x86_64 ;;
*) echo Linux ;;
esac
END
chmod +x bin/uname
[ -e cudabuild.yaml ] || cat >cudabuild.yaml <<'END'
schema: 1
name: small
torch: "2.7.1"
torch_sparse: "0.6.18"
cuda: "12.8"
python: "3.11"
END
cudabuild export venv --offline -q >exported || cat exported
