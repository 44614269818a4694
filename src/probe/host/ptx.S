/* The universal PTX, packed (host/pack). */
	.section .rodata
	.global probe_ptx_packed, probe_ptx_packed_size
probe_ptx_packed:
	.incbin PACKED_PTX
.Lend:
	.balign 8
probe_ptx_packed_size:
	.quad .Lend - probe_ptx_packed
	.section .note.GNU-stack, "", %progbits
