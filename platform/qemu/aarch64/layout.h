/* QEMU's `virt` for aarch64: hw/arm/virt.c, `a15memmap` and `a15irqmap`. */
#ifndef CAISSON_LAYOUT_H
#define CAISSON_LAYOUT_H

#define GIC_DISTRIBUTOR UINT64_C(0x08000000)
#define GIC_CPU_INTERFACE UINT64_C(0x08010000)
#define UART UINT64_C(0x09000000)
#define VIRTIO UINT64_C(0x0a000000)
#define RAM UINT64_C(0x40000000)
/* Of the only device on the platform bus, where there is one: a TPM's locality 0. */
#define TPM_REGISTERS UINT64_C(0x0c000000)

enum {
  VIRTIO_STRIDE = 0x200,
  VIRTIO_SLOTS = 32,
  /* Of the first slot: the 16th interrupt that devices share. */
  VIRTIO_INTERRUPT = 32 + 16,
};

/* Devices find everything at the address that it has here. */
#define DEVICE_OFFSET UINT64_C(0)

/* Pages of devices that are mapped: where, and bytes. */
#define DEVICES \
  {GIC_DISTRIBUTOR, 0x1000}, {GIC_CPU_INTERFACE, 0x1000}, {UART, 0x1000}, {TPM_REGISTERS, 0x1000}, {VIRTIO, VIRTIO_SLOTS * VIRTIO_STRIDE}

#endif
