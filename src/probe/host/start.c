/* The entry point: the C library's own start files ask for a newer __libc_start_main than old images have. */
#include <stddef.h>

int main(int argc, char **argv);
int __libc_start_main(int (*program)(int, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*at_exit)(void), void *stack_end);
void start_in_c(long *stack) __attribute__((noreturn, used));

/* stack: argc, argv[0] ... argv[argc - 1], NULL, the environment. */
void start_in_c(long *stack)
{
	__libc_start_main(main, (int)stack[0], (char **)(stack + 1), NULL, NULL, NULL, stack);
	__builtin_trap();
}

#ifdef __x86_64__
__asm__(".text\n"
	".global _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start_in_c\n"
	"	hlt\n"
	".size _start, . - _start\n");
#else
__asm__(".text\n"
	".global _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	bl start_in_c\n"
	"	brk #0\n"
	".size _start, . - _start\n");
#endif
