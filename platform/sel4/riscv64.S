/* As aarch64.S. */
.section .text.domain_start, "ax"
.option norelax
.global domain_start
domain_start:
  la t0, bss_begin
  la t1, bss_end
  jal t2, zero
  la t0, stack_begin
  la t1, stack_end
  mv sp, t1
  jal t2, zero
  j _start

zero:
  bgeu t0, t1, 1f
  sd zero, 0(t0)
  addi t0, t0, 8
  j zero
1: jr t2
