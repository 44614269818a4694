#!/bin/sh
# embed.sh BUILD FILE... writes the assembler source that holds the bytes of each FILE, and embed_table, an array of
# struct blob that ends with a NULL name. A file's name is its path without "src/" or "BUILD/" in front. A NUL byte
# follows each file's bytes, so that text may be read as a C string.
set -eu
build=$1
shift
printf '\t.section .rodata\n'
i=0
for file; do
	name=${file#src/}
	name=${name#"$build"/}
	printf 'n%d:\t.asciz "%s"\nf%d:\t.incbin "%s"\ne%d:\t.byte 0\n' $i "$name" $i "$file" $i
	i=$((i + 1))
done
printf '\t.section .data.rel.ro, "aw"\n\t.balign 8\n\t.globl embed_table\n\t.hidden embed_table\nembed_table:\n'
n=0
while [ $n -lt $i ]; do
	printf '\t.quad n%d, f%d, e%d - f%d\n' $n $n $n $n
	n=$((n + 1))
done
printf '\t.quad 0, 0, 0\n\t.section .note.GNU-stack, "", %%progbits\n'
