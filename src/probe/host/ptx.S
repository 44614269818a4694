/* The universal PTX, packed (host/pack). */
	.section .rodata
	.global probe_ptx_packed, probe_ptx_packed_end
probe_ptx_packed:
	.incbin PACKED_PTX
probe_ptx_packed_end:
	.section .note.GNU-stack, "", %progbits
