/* The universal PTX as a text that ends with a NUL, as the driver wants it. */
	.section .rodata
	.global probe_ptx_text
probe_ptx_text:
	.incbin "src/probe/spmm.ptx"
	.byte 0
	.section .note.GNU-stack, "", %progbits
