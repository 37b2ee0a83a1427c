/* QEMU's `virt` for riscv64: hw/riscv/virt.c, `virt_memmap`. */
#ifndef CAISSON_LAYOUT_H
#define CAISSON_LAYOUT_H

#define PLIC UINT64_C(0x0c000000)
#define UART UINT64_C(0x10000000)
#define VIRTIO UINT64_C(0x10001000)
#define RAM UINT64_C(0x80000000)

/* Of the PLIC: what enables interrupts for the first processor's supervisor, and its threshold and claim. */
#define PLIC_ENABLE (PLIC + 0x2080)
#define PLIC_CONTEXT (PLIC + 0x201000)

enum {
  VIRTIO_STRIDE = 0x1000,
  VIRTIO_SLOTS = 8,
  /* Of the first slot. */
  VIRTIO_INTERRUPT = 1,
};

/* Devices find everything at the address that it has here. */
#define DEVICE_OFFSET UINT64_C(0)

/* Pages of devices that are mapped: where, and bytes. */
#define DEVICES \
  {PLIC, 0x1000}, {PLIC + 0x2000, 0x1000}, {PLIC_CONTEXT, 0x1000}, {UART, 0x1000}, {VIRTIO, VIRTIO_SLOTS * VIRTIO_STRIDE}

#endif
