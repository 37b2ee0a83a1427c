#include "tpm.h"

#include <string.h>

/* Part 2, table 12: TPM_CC. */
enum command {
  EVICT_CONTROL = 0x120,
  NV_UNDEFINE_SPACE = 0x122,
  NV_DEFINE_SPACE = 0x12a,
  CREATE_PRIMARY = 0x131,
  NV_INCREMENT = 0x134,
  SELF_TEST = 0x143,
  STARTUP = 0x144,
  NV_READ = 0x14e,
  CREATE = 0x153,
  LOAD = 0x157,
  QUOTE = 0x158,
  UNSEAL = 0x15e,
  FLUSH_CONTEXT = 0x165,
  START_AUTH_SESSION = 0x176,
  GET_RANDOM = 0x17b,
  PCR_READ = 0x17e,
  POLICY_PCR = 0x17f,
  PCR_EXTEND = 0x182,
  POLICY_GET_DIGEST = 0x189,
};
/* Tables 19 (TPM_ST), 20 (TPM_SU), 9 (TPM_ALG_ID), 10 (TPM_ECC_CURVE), 24 (TPM_SE). */
enum { NO_SESSIONS = 0x8001, SESSIONS = 0x8002, CLEAR = 0 };
enum { AES = 0x06, KEYED_HASH = 0x08, SHA256 = 0x0b, ALG_NULL = 0x10, ECDSA = 0x18, ECC = 0x23, CFB = 0x43, NIST_P256 = 0x03 };
enum session { POLICY = 1, TRIAL = 3 };
/* Table 28: TPM_RH. */
enum { OWNER = 0x40000001, RH_NULL = 0x40000007, PASSWORD = 0x40000009, ENDORSEMENT = 0x4000000b };
/* Table 31: TPMA_OBJECT. */
enum {
  FIXED_TPM = 1 << 1,
  FIXED_PARENT = 1 << 4,
  SENSITIVE_DATA_ORIGIN = 1 << 5,
  USER_WITH_AUTH = 1 << 6,
  NO_DA = 1 << 10,
  RESTRICTED = 1 << 16,
  DECRYPT = 1 << 17,
  SIGN = 1 << 18,
};
/* Table 205: TPMA_NV. */
enum { NV_AUTH_WRITE = 1 << 2, NV_COUNTER = 1 << 4, NV_AUTH_READ = 1 << 18, NV_NO_DA = 1 << 25 };
enum { COUNTER_BYTES = 8, NONCE_BYTES = 16, PCR_SELECT_BYTES = 3, AES_BITS = 128 };

/* The command that is being written, and then the response that is being read: from `at` to `end`. */
static struct {
  uint8_t bytes[TPM_MESSAGE_BYTES];
  uint32_t at, end;
  /* More was to be written than there is room for, or to be read than there is. */
  bool bad;
} message;

static uint64_t number_at(const uint8_t *at, uint32_t bytes) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bytes; i++) value = value << 8 | at[i];
  return value;
}

static void put_number_at(uint8_t *at, uint64_t value, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

uint32_t tpm_message_bytes(const uint8_t *bytes) { return (uint32_t)number_at(bytes + 2, 4); }

/* Where the next `bytes` are, or NULL. */
static uint8_t *next(uint32_t bytes) {
  if (message.bad || bytes > message.end - message.at) {
    message.bad = true;
    return NULL;
  }
  message.at += bytes;
  return message.bytes + message.at - bytes;
}

static void put(uint64_t value, uint32_t bytes) {
  uint8_t *to = next(bytes);
  if (to) put_number_at(to, value, bytes);
}
static void put8(uint8_t value) { put(value, 1); }
static void put16(uint32_t value) { put(value, 2); }
static void put32(uint32_t value) { put(value, 4); }

static void put_bytes(const uint8_t *bytes, uint32_t length) {
  uint8_t *to = next(length);
  if (to) memcpy(to, bytes, length);
}

/* TPM2B: a length, and so many bytes. */
static void put_sized(const uint8_t *bytes, uint32_t length) {
  put16(length);
  put_bytes(bytes, length);
}

/* For a structure whose length comes before it: what begin_sized returned is filled in when it is written. */
static uint32_t begin_sized(uint32_t bytes) {
  put(0, bytes);
  return message.at;
}
static void end_sized(uint32_t begin, uint32_t bytes) {
  if (!message.bad) put_number_at(message.bytes + begin - bytes, message.at - begin, bytes);
}

static uint64_t get(uint32_t bytes) {
  const uint8_t *from = next(bytes);
  return from ? number_at(from, bytes) : 0;
}
static uint32_t get16(void) { return (uint32_t)get(2); }
static uint32_t get32(void) { return (uint32_t)get(4); }

static void get_bytes(uint8_t *to, uint32_t length) {
  const uint8_t *from = next(length);
  if (from) memcpy(to, from, length);
}

static void get_sized(struct tpm_bytes *to) {
  to->length = get16();
  if (to->length > sizeof to->bytes) message.bad = true;
  else get_bytes(to->bytes, to->length);
  if (message.bad) to->length = 0;
}

static void skip_sized(void) { next(get16()); }

static void begin(uint32_t tag, enum command command) {
  message.at = 0;
  message.end = sizeof message.bytes;
  message.bad = false;
  put16(tag);
  put32(0);
  put32(command);
}

/* Part 1, 18.4: one authorization, without a nonce; by an empty password or by a policy session, which ends with it. */
static void authorize(uint32_t session) {
  uint32_t area = begin_sized(4);
  put32(session);
  put16(0);
  put8(0);
  put16(0);
  end_sized(area, 4);
}

/* Sends the command, and comes to stand behind the response's header. */
static tpm_rc run(void) {
  if (message.bad) return TPM_MALFORMED;
  put_number_at(message.bytes + 2, message.at, 4);
  uint32_t answered = 0;
  tpm_rc code = tpm_exchange(message.bytes, message.at, sizeof message.bytes, &answered);
  if (code) return code;
  message.at = 0;
  message.end = answered;
  uint32_t tag = get16(), length = get32();
  code = get32();
  if (message.bad || length != answered || (tag != NO_SESSIONS && tag != SESSIONS)) return TPM_MALFORMED;
  return code;
}

/* Parameters of the response to a command with an authorization, behind its handles. */
static void enter_parameters(void) {
  uint32_t length = get32();
  if (length > message.end - message.at) message.bad = true;
  else message.end = message.at + length;
}

/* What was said in either direction does not stay. `code`: how it went so far. */
static tpm_rc end(tpm_rc code) {
  if (!code && message.bad) code = TPM_MALFORMED;
  memset(message.bytes, 0, sizeof message.bytes);
  return code;
}

static tpm_rc run_to_end(void) { return end(run()); }

tpm_rc tpm_reason(tpm_rc code) {
  enum { FORMAT_ONE = 1 << 7, OF_FORMAT_ONE = 0xbf };
  return code < TPM_ABSENT && code & FORMAT_ONE ? code & OF_FORMAT_ONE : code;
}

const char *tpm_words(tpm_rc code) {
  switch (tpm_reason(code)) {
    case TPM_OK: return "all is well";
    case TPM_ABSENT: return "there is no TPM";
    case TPM_SLOW: return "the TPM does not answer in time";
    case TPM_MALFORMED: return "the TPM does not answer what it was asked";
    case TPM_RC_POLICY_FAIL: return "the TPM keeps it for another image";
    case TPM_RC_HANDLE: return "the TPM has no such thing";
    case TPM_RC_NV_UNINITIALIZED: return "the TPM has not counted yet";
    default: return "the TPM refuses";
  }
}

tpm_rc tpm_start(void) {
  begin(NO_SESSIONS, STARTUP);
  put16(CLEAR);
  tpm_rc code = run_to_end();
  if (code && code != TPM_RC_INITIALIZE) return code;
  begin(NO_SESSIONS, SELF_TEST);
  put8(1);
  return run_to_end();
}

/* It may give fewer than it was asked for: part 3, 16.1. */
tpm_rc tpm_random(uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    begin(NO_SESSIONS, GET_RANDOM);
    put16(length - at);
    tpm_rc code = run();
    uint32_t given = code ? 0 : get16();
    if (!code && (given == 0 || given > length - at)) code = TPM_MALFORMED;
    if (!code) get_bytes(bytes + at, given);
    code = end(code);
    if (code) return code;
    at += given;
  }
  return TPM_OK;
}

/* TPML_PCR_SELECTION with one bank. */
static void put_pcrs(tpm_pcrs pcrs) {
  put32(1);
  put16(SHA256);
  put8(PCR_SELECT_BYTES);
  for (uint32_t i = 0; i < PCR_SELECT_BYTES; i++) put8((uint8_t)(pcrs >> 8 * i));
}

tpm_rc tpm_pcr_extend(uint32_t pcr, const uint8_t digest[TPM_DIGEST_BYTES]) {
  begin(SESSIONS, PCR_EXTEND);
  put32(pcr);
  authorize(PASSWORD);
  put32(1);
  put16(SHA256);
  put_bytes(digest, TPM_DIGEST_BYTES);
  return run_to_end();
}

tpm_rc tpm_pcr_read(uint32_t pcr, uint8_t digest[TPM_DIGEST_BYTES]) {
  begin(NO_SESSIONS, PCR_READ);
  put_pcrs(UINT32_C(1) << pcr);
  tpm_rc code = run();
  if (code) return end(code);
  get32(); /* how often registers were changed */
  next(4 + 2 + 1 + PCR_SELECT_BYTES);
  if (get32() != 1 || get16() != TPM_DIGEST_BYTES) message.bad = true;
  get_bytes(digest, TPM_DIGEST_BYTES);
  return end(code);
}

tpm_rc tpm_counter_define(uint32_t index) {
  begin(SESSIONS, NV_DEFINE_SPACE);
  put32(OWNER);
  authorize(PASSWORD);
  put16(0); /* its own password */
  uint32_t public = begin_sized(2);
  put32(index);
  put16(SHA256);
  put32(NV_COUNTER | NV_AUTH_READ | NV_AUTH_WRITE | NV_NO_DA);
  put16(0);
  put16(COUNTER_BYTES);
  end_sized(public, 2);
  return run_to_end();
}

tpm_rc tpm_counter_undefine(uint32_t index) {
  begin(SESSIONS, NV_UNDEFINE_SPACE);
  put32(OWNER);
  put32(index);
  authorize(PASSWORD);
  return run_to_end();
}

tpm_rc tpm_counter_increment(uint32_t index) {
  begin(SESSIONS, NV_INCREMENT);
  put32(index);
  put32(index);
  authorize(PASSWORD);
  return run_to_end();
}

tpm_rc tpm_counter_read(uint32_t index, uint64_t *value) {
  begin(SESSIONS, NV_READ);
  put32(index);
  put32(index);
  authorize(PASSWORD);
  put16(COUNTER_BYTES);
  put16(0);
  tpm_rc code = run();
  if (code) return end(code);
  enter_parameters();
  if (get16() != COUNTER_BYTES) message.bad = true;
  *value = get(COUNTER_BYTES);
  return end(code);
}

static tpm_rc flush(uint32_t handle) {
  begin(NO_SESSIONS, FLUSH_CONTEXT);
  put32(handle);
  return run_to_end();
}

/* What was done with something that takes the TPM's room, which it then gives back. */
static tpm_rc flushed(uint32_t handle, tpm_rc code) {
  tpm_rc flushing = flush(handle);
  return code ? code : flushing;
}

/* An elliptic curve's key of the hierarchy's own seed, the same each time; `symmetric` and `scheme` are of its purpose. */
static tpm_rc make_primary(uint32_t hierarchy, uint32_t purpose, uint32_t *handle, struct tpm_bytes *public) {
  begin(SESSIONS, CREATE_PRIMARY);
  put32(hierarchy);
  authorize(PASSWORD);
  uint32_t sensitive = begin_sized(2);
  put16(0);
  put16(0);
  end_sized(sensitive, 2);
  uint32_t template = begin_sized(2);
  put16(ECC);
  put16(SHA256);
  put32(FIXED_TPM | FIXED_PARENT | SENSITIVE_DATA_ORIGIN | USER_WITH_AUTH | NO_DA | RESTRICTED | purpose);
  put16(0); /* no policy */
  if (purpose == DECRYPT) {
    put16(AES);
    put16(AES_BITS);
    put16(CFB);
    put16(ALG_NULL);
  } else {
    put16(ALG_NULL);
    put16(ECDSA);
    put16(SHA256);
  }
  put16(NIST_P256);
  put16(ALG_NULL); /* key derivation */
  put16(0);
  put16(0);
  end_sized(template, 2);
  put16(0); /* nothing besides */
  put32(0); /* no registers */
  tpm_rc code = run();
  if (code) return end(code);
  *handle = get32();
  enter_parameters();
  get_sized(public);
  return end(code);
}

/* Handles of what is under way are given by the TPM, and mean nothing when the response is malformed. */
static tpm_rc start_session(enum session kind, uint32_t *handle) {
  static const uint8_t nonce[NONCE_BYTES];
  begin(NO_SESSIONS, START_AUTH_SESSION);
  put32(RH_NULL);
  put32(RH_NULL);
  put_sized(nonce, sizeof nonce);
  put16(0);
  put8(kind);
  put16(ALG_NULL);
  put16(SHA256);
  tpm_rc code = run();
  if (code) return end(code);
  *handle = get32();
  return end(code);
}

static tpm_rc policy_pcrs(uint32_t session, tpm_pcrs pcrs) {
  begin(NO_SESSIONS, POLICY_PCR);
  put32(session);
  put16(0); /* as they are now */
  put_pcrs(pcrs);
  return run_to_end();
}

static tpm_rc policy_digest(uint32_t session, struct tpm_bytes *digest) {
  begin(NO_SESSIONS, POLICY_GET_DIGEST);
  put32(session);
  tpm_rc code = run();
  if (code) return end(code);
  get_sized(digest);
  return end(code);
}

/* What a policy session would have to come to. */
static tpm_rc policy_of(tpm_pcrs pcrs, struct tpm_bytes *digest) {
  uint32_t session;
  tpm_rc code = start_session(TRIAL, &session);
  if (code) return code;
  code = policy_pcrs(session, pcrs);
  if (!code) code = policy_digest(session, digest);
  code = flushed(session, code);
  return !code && digest->length != TPM_DIGEST_BYTES ? TPM_MALFORMED : code;
}

struct blob {
  struct tpm_bytes private, public;
};

/* Without USER_WITH_AUTH: by its policy alone. */
static tpm_rc create_sealed(uint32_t parent, const struct tpm_bytes *policy, const uint8_t *bytes, uint32_t length, struct blob *blob) {
  begin(SESSIONS, CREATE);
  put32(parent);
  authorize(PASSWORD);
  uint32_t sensitive = begin_sized(2);
  put16(0);
  put_sized(bytes, length);
  end_sized(sensitive, 2);
  uint32_t template = begin_sized(2);
  put16(KEYED_HASH);
  put16(SHA256);
  put32(FIXED_TPM | FIXED_PARENT | NO_DA);
  put_sized(policy->bytes, policy->length);
  put16(ALG_NULL);
  put16(0);
  end_sized(template, 2);
  put16(0);
  put32(0);
  tpm_rc code = run();
  if (code) return end(code);
  enter_parameters();
  get_sized(&blob->private);
  get_sized(&blob->public);
  return end(code);
}

static tpm_rc load(uint32_t parent, const struct blob *blob, uint32_t *handle) {
  begin(SESSIONS, LOAD);
  put32(parent);
  authorize(PASSWORD);
  put_sized(blob->private.bytes, blob->private.length);
  put_sized(blob->public.bytes, blob->public.length);
  tpm_rc code = run();
  if (code) return end(code);
  *handle = get32();
  return end(code);
}

static tpm_rc persist(uint32_t object, uint32_t handle) {
  begin(SESSIONS, EVICT_CONTROL);
  put32(OWNER);
  put32(object);
  authorize(PASSWORD);
  put32(handle);
  return run_to_end();
}

static tpm_rc seal_under(uint32_t parent, uint32_t handle, tpm_pcrs pcrs, const uint8_t *bytes, uint32_t length) {
  struct tpm_bytes policy;
  struct blob blob;
  uint32_t object;
  tpm_rc code = policy_of(pcrs, &policy);
  if (!code) code = create_sealed(parent, &policy, bytes, length, &blob);
  if (!code) code = load(parent, &blob, &object);
  return code ? code : flushed(object, persist(object, handle));
}

tpm_rc tpm_seal(uint32_t handle, tpm_pcrs pcrs, const uint8_t *bytes, uint32_t length) {
  uint32_t parent;
  struct tpm_bytes public;
  tpm_rc code = make_primary(OWNER, DECRYPT, &parent, &public);
  return code ? code : flushed(parent, seal_under(parent, handle, pcrs, bytes, length));
}

tpm_rc tpm_unseal(uint32_t handle, tpm_pcrs pcrs, struct tpm_bytes *bytes) {
  uint32_t session;
  tpm_rc code = start_session(POLICY, &session);
  if (code) return code;
  code = policy_pcrs(session, pcrs);
  if (code) return flushed(session, code);
  begin(SESSIONS, UNSEAL);
  put32(handle);
  authorize(session);
  code = run();
  if (code) return flushed(session, end(code));
  enter_parameters();
  get_sized(bytes);
  return end(code);
}

/* TPMT_SIGNATURE by ECDSA: the algorithm, its hash, and two numbers; all of it, as it came. */
static void get_signature(struct tpm_bytes *signature) {
  uint32_t begin = message.at;
  if (get16() != ECDSA || get16() != SHA256) message.bad = true;
  skip_sized();
  skip_sized();
  uint32_t length = message.at - begin;
  if (message.bad || length > sizeof signature->bytes) {
    message.bad = true;
    return;
  }
  signature->length = length;
  memcpy(signature->bytes, message.bytes + begin, length);
}

tpm_rc tpm_quote(tpm_pcrs pcrs, const uint8_t qualifying[TPM_DIGEST_BYTES], struct tpm_quote *quote) {
  uint32_t key;
  tpm_rc code = make_primary(ENDORSEMENT, SIGN, &key, &quote->key);
  if (code) return code;
  begin(SESSIONS, QUOTE);
  put32(key);
  authorize(PASSWORD);
  put_sized(qualifying, TPM_DIGEST_BYTES);
  put16(ALG_NULL); /* the key's own scheme */
  put_pcrs(pcrs);
  code = run();
  if (!code) {
    enter_parameters();
    get_sized(&quote->quoted);
    get_signature(&quote->signature);
  }
  return flushed(key, end(code));
}
