#include "tis.h"

#include <stdbool.h>

/* PTP table 18: TIMEOUT_A to TIMEOUT_D, of which two are used. Making a key may take long; no command that is used here takes as much as this. */
enum { SHORT_MS = 750, LONG_MS = 2000, COMMAND_MS = 120000 };

/* A register that nothing answers for reads as all ones. */
enum { NOTHING = 0xff };

static bool reaches(uint32_t offset, uint8_t mask, uint8_t value, uint64_t patience_ms) {
  const uint64_t end = tis_now_ms() + patience_ms;
  do {
    if ((tis_read(offset) & mask) == value) return true;
  } while (tis_now_ms() < end);
  return (tis_read(offset) & mask) == value;
}

static bool sets(uint32_t offset, uint8_t bits, uint64_t patience_ms) { return reaches(offset, bits, bits, patience_ms); }

/* Bytes that the FIFO takes or gives now; 0: none in time. */
static uint32_t burst(void) {
  const uint64_t end = tis_now_ms() + SHORT_MS;
  do {
    uint32_t bytes = tis_read(TIS_BURST_LOW) | (uint32_t)tis_read(TIS_BURST_HIGH) << 8;
    if (bytes > 0) return bytes;
  } while (tis_now_ms() < end);
  return 0;
}

static tpm_rc take_locality(void) {
  if (tis_read(TIS_ACCESS) == NOTHING) return TPM_ABSENT;
  if (!sets(TIS_ACCESS, TIS_ACCESS_VALID, SHORT_MS)) return TPM_SLOW;
  tis_write(TIS_ACCESS, TIS_ACCESS_REQUEST);
  return sets(TIS_ACCESS, TIS_ACCESS_VALID | TIS_ACCESS_ACTIVE, SHORT_MS) ? TPM_OK : TPM_SLOW;
}

/* It wants more until it has as many bytes as the command's header says. */
static tpm_rc send(const uint8_t *command, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    uint32_t room = burst();
    if (room == 0) return TPM_SLOW;
    for (; room > 0 && at < length; room--) tis_write(TIS_FIFO, command[at++]);
  }
  return reaches(TIS_STATUS, TIS_VALID | TIS_EXPECT, TIS_VALID, LONG_MS) ? TPM_OK : TPM_MALFORMED;
}

static tpm_rc receive(uint8_t *response, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    if (!sets(TIS_STATUS, TIS_VALID | TIS_AVAILABLE, LONG_MS)) return TPM_MALFORMED;
    uint32_t ready = burst();
    if (ready == 0) return TPM_SLOW;
    for (; ready > 0 && at < length; ready--) response[at++] = tis_read(TIS_FIFO);
  }
  return TPM_OK;
}

static tpm_rc receive_all(uint8_t *response, uint32_t room, uint32_t *length) {
  if (!sets(TIS_STATUS, TIS_VALID | TIS_AVAILABLE, COMMAND_MS)) return TPM_SLOW;
  tpm_rc code = receive(response, TPM_HEADER_BYTES);
  if (code) return code;
  *length = tpm_message_bytes(response);
  if (*length < TPM_HEADER_BYTES || *length > room) return TPM_MALFORMED;
  code = receive(response + TPM_HEADER_BYTES, *length - TPM_HEADER_BYTES);
  if (code) return code;
  return reaches(TIS_STATUS, TIS_VALID | TIS_AVAILABLE, TIS_VALID, LONG_MS) ? TPM_OK : TPM_MALFORMED;
}

tpm_rc tpm_exchange(uint8_t *message, uint32_t length, uint32_t room, uint32_t *answered) {
  tpm_rc code = take_locality();
  if (code) return code;
  tis_write(TIS_STATUS, TIS_READY);
  if (!sets(TIS_STATUS, TIS_READY, LONG_MS)) return TPM_SLOW;
  code = send(message, length);
  if (!code) {
    tis_write(TIS_STATUS, TIS_GO);
    code = receive_all(message, room, answered);
  }
  tis_write(TIS_STATUS, TIS_READY); /* whatever came of it: it forgets the command and its answer */
  return code;
}
