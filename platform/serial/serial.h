/*
 * Ports to whoever started the machine: virtio-serial (virtio 1.2, 5.3 "Console Device", with VIRTIO_CONSOLE_F_MULTIPORT) over virtio-mmio (4.2).
 * A port is a stream in each direction, and there are SERIAL_PORTS of them. Nothing here waits. layout.h of whoever uses it says where the device is.
 */
#ifndef CAISSON_SERIAL_H
#define CAISSON_SERIAL_H

#include <stdint.h>

#include "layout.h"

/* Finds the device, and opens the ports at both ends. */
void serial_start(void);

/* Takes what has come, at most `room` bytes; how many. */
uint32_t serial_read(uint32_t port, uint8_t *to, uint32_t room);

/* What serial_write takes at once. */
uint32_t serial_room(uint32_t port);

/* Takes as much as it has room for; how many bytes. They may wait until serial_flush. */
uint32_t serial_write(uint32_t port, const uint8_t *bytes, uint32_t length);

void serial_flush(void);

/* The device wants something: something came, or something was taken. */
void serial_event(void);

/* Given by whoever uses it: the device was found in this slot; it breaks the rules; the other end of a port is closed, so that nobody is there to serve. */
void serial_found(uint32_t slot);
_Noreturn void serial_broken(const char *why);
_Noreturn void serial_closed(void);

#endif
