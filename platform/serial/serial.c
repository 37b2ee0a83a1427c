#include "serial.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "barrier.h"

/* Registers of a virtio-mmio device: 4.2.2. */
enum {
  MAGIC = 0x00,
  VERSION = 0x04,
  DEVICE_ID = 0x08,
  DRIVER_FEATURES = 0x20,
  DRIVER_FEATURES_SELECT = 0x24,
  QUEUE_SELECT = 0x30,
  QUEUE_SIZE = 0x38,
  QUEUE_READY = 0x44,
  QUEUE_NOTIFY = 0x50,
  INTERRUPT_STATUS = 0x60,
  INTERRUPT_ACKNOWLEDGE = 0x64,
  STATUS = 0x70,
  QUEUE_DESCRIPTORS = 0x80,
  QUEUE_AVAILABLE = 0x90,
  QUEUE_USED = 0xa0,
};
enum { MAGIC_VALUE = 0x74726976, VERSION_1_2 = 2, CONSOLE_DEVICE = 3 };
enum { ACKNOWLEDGED = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
/* Feature bits 1 (VIRTIO_CONSOLE_F_MULTIPORT) and 32 (VIRTIO_F_VERSION_1), as the words that they are in. */
enum { MULTIPORT = 1 << 1, VERSION_1 = 1 << 0 };

enum {
  ENTRIES = 64,
  /* QEMU gives no more at a time. */
  RECEIVE_BYTES = 4096,
  SEND_BYTES = 65536,
  SEND_BUFFERS = 4,
  CONTROL_BYTES = 64,
  DEVICE_WRITES = 2,
};

/* A split virtqueue: 2.7. Shared with the device. */
struct queue {
  struct {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
  } descriptors[ENTRIES];
  struct {
    uint16_t flags, index, entries[ENTRIES];
  } available;
  struct {
    uint16_t flags, index;
    struct {
      uint32_t id, length;
    } entries[ENTRIES];
  } used __attribute__((aligned(4)));
} __attribute__((aligned(16)));

struct port {
  volatile struct queue *receive, *send;
  bool added, open;
  /* Used entries of `receive` that were taken, and bytes of the next one that were. */
  uint16_t taken;
  uint32_t within;
  /* Bytes in the buffer that is being filled. */
  uint32_t filled;
};

enum { QUEUES = 2 * (SERIAL_PORTS + 2), CONTROL_RECEIVE = 2, CONTROL_SEND = 3, FIRST_PORT = 1 };

/* What the device reaches, zeroed when it starts. */
#define DEVICE_REACHES __attribute__((section(".bss.device")))

static struct queue queues[QUEUES] DEVICE_REACHES;
static uint8_t received[SERIAL_PORTS][ENTRIES][RECEIVE_BYTES] __attribute__((section(".bss.buffers")));
static uint8_t to_send[SERIAL_PORTS][SEND_BUFFERS][SEND_BYTES] __attribute__((section(".bss.buffers")));
static uint8_t controls[ENTRIES][CONTROL_BYTES] DEVICE_REACHES;
static struct port ports[SERIAL_PORTS];
static volatile uint32_t *device;

static volatile uint32_t *reg(uint32_t offset) { return device + offset / sizeof *device; }

static void notify(uint32_t queue) {
  barrier();
  *reg(QUEUE_NOTIFY) = queue;
}

/* Where the device finds it. The sum is made when it runs: a linker may not reach that far. */
static uint64_t physical(const volatile void *at) {
  uint64_t address = (uintptr_t)at;
  __asm__("" : "+r"(address));
  return address + DEVICE_OFFSET;
}

static void set_address(uint32_t offset, const volatile void *at) {
  *reg(offset) = (uint32_t)physical(at);
  *reg(offset + 4) = (uint32_t)(physical(at) >> 32);
}

static void ready(uint32_t number) {
  *reg(QUEUE_SELECT) = number;
  *reg(QUEUE_SIZE) = ENTRIES;
  set_address(QUEUE_DESCRIPTORS, queues[number].descriptors);
  set_address(QUEUE_AVAILABLE, &queues[number].available);
  set_address(QUEUE_USED, &queues[number].used);
  *reg(QUEUE_READY) = 1;
}

static void describe(volatile struct queue *queue, uint32_t id, const uint8_t *bytes, uint32_t length, uint16_t flags) {
  queue->descriptors[id].address = physical(bytes);
  queue->descriptors[id].length = length;
  queue->descriptors[id].flags = flags;
}

/* Hands a descriptor to the device, which may not see it before what it says. */
static void offer(volatile struct queue *queue, uint32_t id) {
  queue->available.entries[queue->available.index % ENTRIES] = (uint16_t)id;
  barrier();
  queue->available.index++;
}

/* All that the device may fill with what comes. */
static void offer_all(uint32_t number, uint8_t *bytes, uint32_t each) {
  for (uint32_t id = 0; id < ENTRIES; id++) {
    describe(&queues[number], id, bytes + id * each, each, DEVICE_WRITES);
    offer(&queues[number], id);
  }
}

/* The id of the used entry that comes next, and how many bytes the device wrote; false: none is there. */
static bool next_used(const volatile struct queue *queue, uint16_t taken, uint32_t *id, uint32_t *length) {
  if (queue->used.index == taken) return false;
  barrier();
  *id = queue->used.entries[taken % ENTRIES].id;
  *length = queue->used.entries[taken % ENTRIES].length;
  if (*id >= ENTRIES) serial_broken("the serial device used what it was not given");
  return true;
}

/* Events of 5.3.6.2. */
enum event { DEVICE_READY, PORT_ADD, PORT_REMOVE, PORT_READY, CONSOLE_PORT, RESIZE, PORT_OPEN, PORT_NAME };

struct control {
  uint32_t port;
  uint16_t event, value;
};

/* The device takes it at once: what is said here is said when the machine starts. */
static void tell_device(uint32_t port, enum event event, uint16_t value) {
  static struct control control DEVICE_REACHES;
  volatile struct queue *queue = &queues[CONTROL_SEND];
  control = (struct control){.port = port, .event = (uint16_t)event, .value = value};
  describe(queue, 0, (const uint8_t *)&control, sizeof control, 0);
  offer(queue, 0);
  notify(CONTROL_SEND);
  while (queue->used.index != queue->available.index) barrier();
}

static void hear_control(const struct control *control) {
  if (control->port < FIRST_PORT || control->port >= FIRST_PORT + SERIAL_PORTS) return;
  struct port *port = &ports[control->port - FIRST_PORT];
  if (control->event == PORT_ADD) port->added = true;
  if (control->event == PORT_OPEN) {
    port->open = control->value != 0;
    if (!port->open) serial_closed();
  }
}

static void hear_device(void) {
  static uint16_t taken;
  volatile struct queue *queue = &queues[CONTROL_RECEIVE];
  uint32_t id, length;
  for (; next_used(queue, taken, &id, &length); taken++) {
    struct control control;
    if (length >= sizeof control) {
      memcpy(&control, controls[id], sizeof control);
      hear_control(&control);
    }
    offer(queue, id);
    notify(CONTROL_RECEIVE);
  }
}

static void find_device(void) {
  for (uint32_t slot = 0; slot < VIRTIO_SLOTS; slot++) {
    device = (volatile uint32_t *)(VIRTIO + (uint64_t)slot * VIRTIO_STRIDE);
    if (*reg(MAGIC) != MAGIC_VALUE || *reg(VERSION) != VERSION_1_2 || *reg(DEVICE_ID) != CONSOLE_DEVICE) continue;
    serial_found(slot);
    return;
  }
  serial_broken("no serial device");
}

/* 3.1.1, in its order. */
static void start_device(void) {
  *reg(STATUS) = 0;
  *reg(STATUS) = ACKNOWLEDGED;
  *reg(STATUS) = ACKNOWLEDGED | DRIVER;
  *reg(DRIVER_FEATURES_SELECT) = 0;
  *reg(DRIVER_FEATURES) = MULTIPORT;
  *reg(DRIVER_FEATURES_SELECT) = 1;
  *reg(DRIVER_FEATURES) = VERSION_1;
  *reg(STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_OK;
  if (!(*reg(STATUS) & FEATURES_OK)) serial_broken("the serial device wants other features");
  for (uint32_t queue = CONTROL_RECEIVE; queue < QUEUES; queue++) ready(queue);
  *reg(STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_OK | DRIVER_OK;
}

static uint32_t receive_queue(uint32_t port) { return 2 * (port + FIRST_PORT + 1); }
static uint32_t send_queue(uint32_t port) { return receive_queue(port) + 1; }

void serial_start(void) {
  find_device();
  start_device();
  offer_all(CONTROL_RECEIVE, controls[0], CONTROL_BYTES);
  notify(CONTROL_RECEIVE);
  tell_device(0, DEVICE_READY, 1);
  hear_device();
  for (uint32_t i = 0; i < SERIAL_PORTS; i++) {
    struct port *port = &ports[i];
    if (!port->added) serial_broken("a serial port is missing");
    port->receive = &queues[receive_queue(i)];
    port->send = &queues[send_queue(i)];
    offer_all(receive_queue(i), received[i][0], RECEIVE_BYTES);
    tell_device(i + FIRST_PORT, PORT_READY, 1);
    tell_device(i + FIRST_PORT, PORT_OPEN, 1);
    notify(receive_queue(i)); /* not before it is open: QEMU looks only then whether there is room */
    hear_device();
    if (!port->open) serial_closed();
  }
}

uint32_t serial_read(uint32_t number, uint8_t *to, uint32_t room) {
  struct port *port = &ports[number];
  uint32_t read = 0, id, length;
  uint16_t taken = port->taken;
  while (read < room && next_used(port->receive, port->taken, &id, &length)) {
    if (length > RECEIVE_BYTES) serial_broken("the serial device wrote more than it was given");
    if (length < port->within) serial_broken("the serial device took back what it had written");
    uint32_t count = length - port->within < room - read ? length - port->within : room - read;
    memcpy(to + read, received[number][id] + port->within, count);
    read += count;
    port->within += count;
    if (port->within < length) break;
    port->within = 0;
    port->taken++;
    offer(port->receive, id);
  }
  if (port->taken != taken) notify(receive_queue(number));
  return read;
}

static uint32_t sending(const struct port *port) { return (uint16_t)(port->send->available.index - port->send->used.index); }

uint32_t serial_room(uint32_t number) {
  const struct port *port = &ports[number];
  return (SEND_BUFFERS - sending(port)) * SEND_BYTES - port->filled;
}

/* Buffers are used in turn, each by the descriptor of its number. */
static void flush(uint32_t number) {
  struct port *port = &ports[number];
  if (port->filled == 0) return;
  uint32_t id = port->send->available.index % SEND_BUFFERS;
  describe(port->send, id, to_send[number][id], port->filled, 0);
  port->filled = 0;
  offer(port->send, id);
  notify(send_queue(number));
}

uint32_t serial_write(uint32_t number, const uint8_t *bytes, uint32_t length) {
  struct port *port = &ports[number];
  uint32_t written = 0;
  while (written < length && sending(port) < SEND_BUFFERS) {
    uint8_t *buffer = to_send[number][port->send->available.index % SEND_BUFFERS];
    uint32_t room = SEND_BYTES - port->filled;
    uint32_t count = length - written < room ? length - written : room;
    memcpy(buffer + port->filled, bytes + written, count);
    port->filled += count;
    written += count;
    if (port->filled == SEND_BYTES) flush(number);
  }
  return written;
}

void serial_flush(void) {
  for (uint32_t port = 0; port < SERIAL_PORTS; port++) flush(port);
}

void serial_event(void) {
  *reg(INTERRUPT_ACKNOWLEDGE) = *reg(INTERRUPT_STATUS);
  hear_device();
}
