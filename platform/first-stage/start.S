/* Begins in EL1 or EL2 with translation off, as QEMU's -kernel starts an ELF file. Nothing that goes wrong here can be gone on from. */

.section .text.start, "ax"
.global _start
_start:
  ldr x0, =stack_end
  mov sp, x0
  ldr x0, =vectors
  mrs x1, CurrentEL
  cmp x1, #(2 << 2)
  b.eq 1f
  msr vbar_el1, x0
  b 2f
1: msr vbar_el2, x0
2: isb
  ldr x0, =bss_begin
  ldr x1, =bss_end
3: cmp x0, x1
  b.hs 4f
  stp xzr, xzr, [x0], #16
  b 3b
4: bl stage_main

/* x0: where; x1: what it is handed. */
.global stage_enter
stage_enter:
  mov x2, x0
  mov x0, x1
  dsb sy
  ic iallu
  dsb sy
  isb
  br x2

.balign 2048
vectors:
.rept 16
  .balign 128
  bl stage_fault
.endr
