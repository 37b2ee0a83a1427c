#ifndef CAISSON_BARRIER_H
#define CAISSON_BARRIER_H

/* What a device and this program must see in this order. */
static inline void barrier(void) {
#ifdef __aarch64__
  __asm__ volatile("dmb sy" ::: "memory");
#else
  __asm__ volatile("fence iorw, iorw" ::: "memory");
#endif
}

#endif
