/*
 * Where a domain begins, for the first time and again: nothing that it had before is left in its own variables or on its stack. What libmicrokit
 * keeps, and whatever lies in memory with a name of its own, is none of these.
 */
.section .text.domain_start, "ax"
.global domain_start
domain_start:
  ldr x0, =bss_begin
  ldr x1, =bss_end
  bl zero
  ldr x0, =stack_begin
  ldr x1, =stack_end
  mov sp, x1
  bl zero
  b _start

zero:
  cmp x0, x1
  b.hs 1f
  stp xzr, xzr, [x0], #16
  b zero
1: ret
