/* Begins in supervisor mode with translation off, as OpenSBI starts what QEMU's -kernel names; and what every exception leads to. */

.section .text.start, "ax"
.option norelax
.global _start
_start:
  li t0, 3 << 13                /* floating-point registers: compilers may use them */
  csrs sstatus, t0
  la sp, stack_end
  la t0, fault
  csrw stvec, t0
  la t0, bss_begin
  la t1, bss_end
1: bgeu t0, t1, 2f
  sd zero, 0(t0)
  addi t0, t0, 8
  j 1b
2: call machine_main

/* Nothing is kept: whatever ran does not go on. Its stack does, for what is run in its place. */
.balign 4
fault:
  csrw sscratch, sp
  la sp, fault_stack_end
  csrr a0, scause
  csrr a1, sepc
  csrr a2, stval
  call machine_fault
  csrr sp, sscratch
  csrw sepc, a0
  li t0, 1 << 8                 /* sret stays in supervisor mode */
  csrs sstatus, t0
  sret
