/* Begins in EL1 with translation off, as QEMU's -kernel starts an ELF file; and what every exception leads to. */

.section .text.start, "ax"
.global _start
_start:
  mov x19, x0                   /* what whoever started it hands over */
  mov x0, #(3 << 20)            /* floating-point registers: compilers copy with them */
  msr cpacr_el1, x0
  isb
  ldr x0, =stack_end
  mov sp, x0
  ldr x0, =vectors
  msr vbar_el1, x0
  ldr x0, =bss_begin
  ldr x1, =bss_end
1: cmp x0, x1
  b.hs 2f
  stp xzr, xzr, [x0], #16
  b 1b
2: mov x0, x19
  bl machine_main

/* Nothing is kept: whatever ran does not go on. Its stack does, for what is run in its place. */
.balign 2048
vectors:
.rept 16
  .balign 128
  mov x3, sp
  ldr x4, =fault_stack_end
  mov sp, x4
  stp x3, xzr, [sp, #-16]!
  mrs x0, esr_el1
  mrs x1, elr_el1
  mrs x2, far_el1
  bl machine_fault
  ldp x3, xzr, [sp], #16
  mov sp, x3
  msr elr_el1, x0
  eret
.endr
