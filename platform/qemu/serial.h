/*
 * Ports to whoever started the machine: virtio-serial (virtio 1.2, 5.3 "Console Device", with VIRTIO_CONSOLE_F_MULTIPORT) over virtio-mmio (4.2).
 * A port is a stream in each direction. Nothing here waits but serial_wait; a device that breaks the rules ends the machine.
 */
#ifndef CAISSON_SERIAL_H
#define CAISSON_SERIAL_H

#include <stdint.h>

#include "topology.h"

enum {
  /* One for each component with a lane of the host's, in the topology's order, and one for what is between runner and machine. */
  SERIAL_PORTS = HOST_LANES + 1,
  RUNNER_PORT = HOST_LANES,
};

/* Finds the device, and opens the ports at both ends. */
void serial_start(void);

/* Takes what has come, at most `room` bytes; how many. */
uint32_t serial_read(uint32_t port, uint8_t *to, uint32_t room);

/* What serial_write takes at once. */
uint32_t serial_room(uint32_t port);

/* Takes as much as it has room for; how many bytes. They may wait until serial_flush. */
uint32_t serial_write(uint32_t port, const uint8_t *bytes, uint32_t length);

void serial_flush(void);

/* Sleeps until something came, or something was taken. Ends the machine when the other end of a port is closed: nobody is there to serve. */
void serial_wait(void);

#endif
