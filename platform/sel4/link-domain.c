/* The domain with the serial device: passes bytes between the host and the lanes of the host's, as they come, and reads none of them. */
#include <microkit.h>
#include <stddef.h>

#include "domain.h"
#include "serial.h"

/* What it does on a device with too little memory for its buffers cannot be seen here: domain.ld checks it. */
void serial_found(uint32_t slot) { (void)slot; }

_Noreturn void serial_broken(const char *why) {
  struct report *report = region(REPORT_ADDRESS);
  copy_text(report->why, why);
  name_nothing(0);
}

_Noreturn void serial_closed(void) { serial_broken("the host has gone"); }

static void take_in(uint32_t port) {
  uint32_t room, read;
  do {
    uint8_t *space = stream_space(&into[port], &room);
    read = room > 0 ? serial_read(port, space, room) : 0;
    if (read > 0) stream_wrote(&into[port], read);
  } while (read > 0);
}

static void give_out(uint32_t port) {
  uint32_t ready, wrote;
  if (out[port].written == 0) return;
  do {
    const uint8_t *data = stream_data(&out[port], &ready);
    wrote = serial_write(port, data, ready);
    if (wrote > 0) stream_took(&out[port], wrote);
  } while (wrote > 0);
}

void init(void) {
  serial_start();
  notified(INTERRUPT_CHANNEL);
}

void notified(microkit_channel channel) {
  if (channel == INTERRUPT_CHANNEL) {
    serial_event();
    microkit_irq_ack(INTERRUPT_CHANNEL);
  }
  for (uint32_t port = 0; port < SERIAL_PORTS; port++) {
    take_in(port);
    give_out(port);
  }
  serial_flush();
  streams_notify();
}
