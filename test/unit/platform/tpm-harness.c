/*
 * tpm-trust.c over tpm.c over tis.c over registers that stand before a real TPM's messages (swtpm, which is started here, on state in the folder named
 * first). For each line of input, what came of it. With "registers" or "responses" and a seed for the second and third word, these are what they may be at worst.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "envelope.h"
#include "tis.h"
#include "tpm-trust.h"

static int to_tpm;
static uint64_t clock_ms;
/* 0: all is as it should be. */
static uint64_t malice;
static bool lies_in_registers, lies_in_responses;

static uint32_t random_below(uint32_t bound) {
  malice = malice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(malice >> 33) % bound;
}

static struct {
  bool active, ready, gone;
  uint8_t command[4096], response[4096];
  uint32_t written, length, taken;
  /* Commands until it is gone; 0: it stays. */
  uint32_t left;
} device;

static uint32_t u32_at(const uint8_t *at) { return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]; }

static bool read_all(uint8_t *to, uint32_t length) {
  for (ssize_t got; length > 0; to += got, length -= (uint32_t)got)
    if ((got = read(to_tpm, to, length)) <= 0) return false;
  return true;
}

static void mutate(void) {
  uint32_t changes = random_below(4);
  for (uint32_t i = 0; i < changes && device.length > 0; i++) device.response[random_below(device.length)] = (uint8_t)random_below(256);
  if (random_below(6) == 0) device.length = random_below(sizeof device.response);
  /* As often as not its own length is as it should be, and what is in it is wrong. */
  if (random_below(2) == 0)
    for (int i = 0; i < 4; i++) device.response[2 + i] = (uint8_t)(device.length >> 8 * (3 - i));
}

static void carry_out(void) {
  device.taken = device.length = 0;
  if (device.left > 0 && --device.left == 0) {
    device.gone = true;
    return;
  }
  if (write(to_tpm, device.command, device.written) != (ssize_t)device.written || !read_all(device.response, 10)) exit(3);
  device.length = u32_at(device.response + 2);
  if (device.length > sizeof device.response || !read_all(device.response + 10, device.length - 10)) exit(4);
  if (lies_in_responses) mutate();
}

uint8_t tis_read(uint32_t offset) {
  if (lies_in_registers && random_below(40) == 0) return (uint8_t)random_below(256);
  if (device.gone) return 0xff;
  bool whole = device.written >= 6 && device.written >= u32_at(device.command + 2);
  switch (offset) {
    case TIS_ACCESS: return TIS_ACCESS_VALID | (device.active ? TIS_ACCESS_ACTIVE : 0);
    case TIS_STATUS:
      return TIS_VALID | (device.ready ? TIS_READY : 0) | (device.taken < device.length ? TIS_AVAILABLE : 0) | (device.written > 0 && !whole ? TIS_EXPECT : 0);
    /* A few bytes at a time, and sometimes none yet. */
    case TIS_BURST_LOW: return clock_ms % 3 == 0 ? 0 : 7;
    case TIS_BURST_HIGH: return 0;
    case TIS_FIFO: return device.taken < device.length ? device.response[device.taken++] : 0xff;
    default: exit(5);
  }
}

void tis_write(uint32_t offset, uint8_t value) {
  if (offset == TIS_ACCESS && value == TIS_ACCESS_REQUEST) device.active = true;
  if (offset == TIS_FIFO && device.written < sizeof device.command) {
    device.command[device.written++] = value;
    device.ready = false;
  }
  if (offset == TIS_STATUS && value == TIS_READY) {
    device.ready = true;
    device.written = device.length = device.taken = 0;
  }
  if (offset == TIS_STATUS && value == TIS_GO) {
    if (lies_in_registers && (device.written < 10 || u32_at(device.command + 2) != device.written)) device.length = 0;
    else carry_out();
  }
}

uint64_t tis_now_ms(void) { return clock_ms++; }

static void start_tpm(const char *folder) {
  int ends[2];
  char state[4096];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) exit(6);
  snprintf(state, sizeof state, "dir=%s", folder);
  if (fork() == 0) {
    close(ends[0]);
    char fd[16];
    snprintf(fd, sizeof fd, "%d", ends[1]);
    execlp("swtpm", "swtpm", "socket", "--tpm2", "--fd", fd, "--tpmstate", state, "--flags", "not-need-init", NULL);
    exit(7);
  }
  close(ends[1]);
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  to_tpm = ends[0];
}

static void show(const uint8_t *bytes, uint32_t length) {
  putchar(' ');
  for (uint32_t i = 0; i < length; i++) printf("%02x", bytes[i]);
}

static uint32_t read_hex(const char *hex, uint8_t *bytes) {
  uint32_t length = 0;
  for (unsigned byte; sscanf(hex + 2 * length, "%2x", &byte) == 1; length++) bytes[length] = (uint8_t)byte;
  return length;
}

void tpm_trust_trouble(const char *why) { fprintf(stderr, "%s\n", why); }

/* A frame in, what it said and to whom. */
static void show_said(struct said said, const uint8_t *frame) {
  static const char *const TO[] = {"nobody", "vault", "keeper"};
  printf("%s", TO[said.to]);
  show(frame, said.length);
  putchar('\n');
}

static bool serve_trust(const char *word, const uint8_t *heard, uint32_t length) {
  uint8_t frame[TRUST_FRAME_BYTES], quote[QUOTE_FRAME_BYTES], public_key[PUBLIC_KEY_BYTES] = {0};
  if (!strcmp(word, "vault")) show_said(tpm_trust_hear_vault(heard, length, frame), frame);
  else if (!strcmp(word, "keeper")) show_said(tpm_trust_hear_keeper(heard, length, frame), frame);
  else if (!strcmp(word, "attest")) {
    show(quote, tpm_trust_quote(heard, public_key, quote));
    putchar('\n');
  } else return false;
  return true;
}

/* What closing and opening under one key come to. */
static bool serve_envelope(const char *word, const uint8_t *bytes, uint32_t length) {
  static const uint8_t key[ENVELOPE_KEY_BYTES] = {1, 2, 3};
  uint8_t made[ENVELOPE_MAX_BYTES];
  if (!strcmp(word, "close")) {
    envelope_close(key, bytes, length, made);
    show(made, length + ENVELOPE_TAG_BYTES);
  } else if (strcmp(word, "open")) return false;
  else if (envelope_open(key, bytes, length, made)) show(made, length - ENVELOPE_TAG_BYTES);
  else printf("refused");
  putchar('\n');
  return true;
}

/* Not those of tpm-trust.c. */
enum { COUNTER = 0x0180ca16, SEALED = 0x8101ca16 };

/* One line: a word, a number, bytes. */
static void serve(const char *word, unsigned number, const char *hex) {
  uint8_t bytes[1024] = {0}, given[TRUST_FRAME_BYTES];
  uint32_t length = read_hex(hex, given), shown = 0;
  uint64_t count = 0;
  struct tpm_bytes unsealed = {0};
  struct tpm_quote quote = {0};
  tpm_rc code = 0xbad;
  if (serve_trust(word, given, length) || serve_envelope(word, given, length)) return;
  if (!strcmp(word, "start")) code = tpm_start();
  if (!strcmp(word, "random")) code = tpm_random(bytes, shown = number);
  if (!strcmp(word, "extend")) code = tpm_pcr_extend(number, given);
  if (!strcmp(word, "read")) code = tpm_pcr_read(number, bytes), shown = TPM_DIGEST_BYTES;
  if (!strcmp(word, "define")) code = tpm_counter_define(COUNTER);
  if (!strcmp(word, "undefine")) code = tpm_counter_undefine(COUNTER);
  if (!strcmp(word, "count")) code = tpm_counter_increment(COUNTER);
  if (!strcmp(word, "counted")) code = tpm_counter_read(COUNTER, &count);
  if (!strcmp(word, "seal")) code = tpm_seal(SEALED, number, given, length);
  if (!strcmp(word, "unseal")) code = tpm_unseal(SEALED, number, &unsealed);
  if (!strcmp(word, "quote")) code = tpm_quote(number, given, &quote);
  if (!strcmp(word, "remove")) device.gone = true, code = 0;
  if (!strcmp(word, "leave")) device.left = number + 1, code = 0;
  printf("%x", tpm_reason(code));
  if (code) printf(" %s", tpm_words(code));
  else if (shown > 0) show(bytes, shown);
  else if (!strcmp(word, "counted")) printf(" %llu", (unsigned long long)count);
  else if (!strcmp(word, "unseal")) show(unsealed.bytes, unsealed.length);
  else if (!strcmp(word, "quote")) {
    show(quote.key.bytes, quote.key.length);
    show(quote.quoted.bytes, quote.quoted.length);
    show(quote.signature.bytes, quote.signature.length);
  }
  putchar('\n');
}

int main(int count, char **words) {
  char line[4096], word[32], hex[2 * TRUST_FRAME_BYTES + 1];
  unsigned number;
  start_tpm(words[1]);
  if (count > 3) {
    malice = strtoull(words[3], NULL, 10);
    lies_in_registers = !strcmp(words[2], "registers");
    lies_in_responses = !strcmp(words[2], "responses");
  }
  while (fgets(line, sizeof line, stdin)) {
    number = 0;
    hex[0] = 0;
    if (sscanf(line, "%31s %u %2112s", word, &number, hex) > 0) serve(word, number, hex);
  }
  close(to_tpm);
  wait(NULL);
  return 0;
}
