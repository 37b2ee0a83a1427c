/**
 * Named mutants: for each claim a change of the source that breaks just that, written by hand. The module is compiled from the changed
 * source, and the claim's check must fail (named.test.ts). They show that the checks can fail for the reason they are there.
 */

export interface NamedMutant {
  /** What it does wrong. */
  readonly name: string;
  /** The module it is compiled into: a component, or a module that lets tests call core/lib. */
  readonly module: string;
  /** From the project's root. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

const mutant = (name: string, module: string, file: string, from: string, to: string): NamedMutant => ({
  name,
  module,
  file: `core/${file}`,
  from,
  to,
});

export const NAMED: readonly NamedMutant[] = [
  // core/lib
  mutant(
    "lengths may have a superfluous zero byte",
    "order",
    "lib/reader.ts",
    "if ((byte == 0 && i > 0) || value > <u64>u32.MAX_VALUE) break;",
    "if (value > <u64>u32.MAX_VALUE) break;",
  ),
  mutant(
    "bytes may be left over after a frame",
    "vault",
    "lib/reader.ts",
    "return !failed && cursor == limit;",
    "return !failed;",
  ),
  mutant(
    "an object may have bytes left over",
    "test-object",
    "lib/iota/object.ts",
    "const ok = reader.exhausted();",
    "const ok = reader.ok();",
  ),
  mutant(
    "a transaction may have bytes left over",
    "test-transaction",
    "lib/iota/transaction.ts",
    "return reader.exhausted()",
    "return reader.ok()",
  ),
  mutant(
    "BLAKE2b counts a full last block as one that more follows",
    "test-blake2b",
    "lib/hash/blake2b.ts",
    "  while (length > BLOCK_BYTES) {\n    count += BLOCK_BYTES;\n    blake2bCompress(CHAIN, input, count, 0);",
    "  while (length >= BLOCK_BYTES) {\n    count += BLOCK_BYTES;\n    blake2bCompress(CHAIN, input, count, 0);",
  ),
  mutant(
    "SHA-512 pads into a block that is too full for the length",
    "test-sha512",
    "lib/hash/sha512.ts",
    "if (filled < LENGTH_HIGH) {",
    "if (filled <= LENGTH_HIGH) {",
  ),
  mutant(
    "SHA-3 pads as SHAKE does",
    "test-keccak",
    "lib/hash/keccak.ts",
    "const SHA3_SUFFIX: u32 = 0x06;",
    "const SHA3_SUFFIX: u32 = 0x1f;",
  ),
  mutant(
    "Ed25519 takes an S of L and above",
    "test-ed25519",
    "lib/sig/ed25519.ts",
    "if (!isCanonical(s)) return false;",
    "",
  ),
  mutant(
    "Ed25519 wants the equation without the cofactor",
    "test-ed25519",
    "lib/sig/ed25519-point.ts",
    "  double(point, point);\n  double(point, point);\n  double(point, point);\n  subtract(A, point + Y, point + Z);",
    "  subtract(A, point + Y, point + Z);",
  ),
  mutant(
    "Ed25519 leaves the expanded seed in memory",
    "test-ed25519",
    "lib/sig/ed25519.ts",
    "memory.fill(SECRETS, 0, SECRETS_BYTES);",
    "",
  ),
  mutant(
    "ML-DSA takes hints whose positions repeat",
    "test-mldsa",
    "lib/sig/mldsa/hints.ts",
    "if (position <= previous) return false;",
    "if (position < previous) return false;",
  ),
  mutant(
    "ML-DSA signs without rejecting large responses",
    "test-mldsa",
    "lib/sig/mldsa/sign.ts",
    "if (respond(set) < 0) continue;",
    "respond(set);",
  ),
  mutant(
    "a present leaf may pass for another's",
    "test-merkle",
    "lib/merkle/tree.ts",
    "    if (equal32(leaf, at)) return REJECTED;\n",
    "",
  ),
  mutant(
    "a proof may have words left over",
    "test-merkle",
    "lib/merkle/tree.ts",
    "if (header != headerEnd || word != wordEnd || !equal32(OLD_ROOT, root)) return false;",
    "if (!equal32(OLD_ROOT, root)) return false;",
  ),
  mutant(
    "an inner node over a single leaf stays",
    "test-merkle",
    "lib/merkle/tree.ts",
    "if (left == SEVERAL || (left != NO_CHILD && isInner(left))) {",
    "if (left != NO_CHILD) {",
  ),
  mutant(
    "a Merkle list hashes leaves and nodes alike",
    "test-merkle-list",
    "lib/merkle-list.ts",
    "const NODE_PREFIX: u8 = 0x01;",
    "const NODE_PREFIX: u8 = 0x00;",
  ),
  // verify
  mutant(
    "verify passes a signature that does not verify",
    "verify",
    "verify/signatures.ts",
    "if (found != NO_FAULT) return reject(code.REJECT_VERIFY_BAD_SIGNATURE, i, found);",
    "",
  ),
  mutant(
    "verify lets one signature stand for two",
    "verify",
    "verify/signatures.ts",
    "if (!known || (i > 0 && equal32(signer(i), signer(0)))) return",
    "if (!known) return",
  ),
  mutant(
    "verify takes an object twice",
    "verify",
    "verify/validity.ts",
    "if (distinctIds() != objects) return reject(code.REJECT_VERIFY_DUPLICATE_OBJECT);",
    "distinctIds();",
  ),
  mutant("verify takes a block of any epoch", "verify", "verify/block.ts", " || blockEpoch != epoch()", ""),
  mutant(
    "verify counts a member's signature twice",
    "verify",
    "verify/checkpoint.ts",
    "    store<u8>(COUNTED + author, 1);\n",
    "",
  ),
  mutant("verify keeps what a transaction said", "verify", "verify/verdict.ts", "  valueB = b;\n", "  valueB += b;\n"),
  // order
  mutant(
    "order takes a block that verify has not passed",
    "order",
    "order/acceptance.ts",
    "if (!isVerified(state.blocksArea(), DIGEST)) return REJECT_ORDER_UNVERIFIED_BLOCK;",
    "",
  ),
  mutant(
    "order takes a transaction again that it ordered",
    "order",
    "order/payload.ts",
    "    if (wasOrdered(digest)) return REJECT_ORDER_DUPLICATE_TRANSACTION;\n",
    "",
  ),
  mutant(
    "order lets two transactions pay with one object",
    "order",
    "order/payload.ts",
    "return gasObjectTwice(gasObjects) ? REJECT_ORDER_GAS_OBJECT_TWICE : 0;",
    "return 0;",
  ),
  mutant(
    "order takes a block with another parent",
    "order",
    "order/acceptance.ts",
    "    equal32(header.headerParents, expectedParent())\n",
    "    true\n",
  ),
  mutant(
    "order commits to no commit before",
    "order",
    "order/commit.ts",
    "writer.raw32(state.commitDigest());",
    "writer.raw32(ZERO);",
  ),
  mutant(
    "order answers a malformed proposal with its id",
    "order",
    "order/proposer.ts",
    "    sayRejected(0, REJECT_ORDER_MALFORMED_FRAME, 0, 0);",
    "    sayRejected(id, REJECT_ORDER_MALFORMED_FRAME, 0, 0);",
  ),
  // execute
  mutant(
    "execute splits more than a coin holds",
    "execute",
    "execute/commands/split.ts",
    "if (balance < amount) {",
    "if (false) {",
  ),
  mutant("execute gives two new coins one id", "execute", "execute/context.ts", "return idCount++;", "return idCount;"),
  mutant(
    "execute charges computation by the unit",
    "execute",
    "execute/gas.ts",
    "if (units == 0 || units % GAS_ROUNDING_STEP != 0) units = (units / GAS_ROUNDING_STEP + 1) * GAS_ROUNDING_STEP;",
    "",
  ),
  mutant(
    "execute does not report an absence it relied on",
    "execute",
    "execute/answer.ts",
    "const sorted = sortRecords(IS_INPUT | IS_ABSENT | IS_CREATED);",
    "const sorted = sortRecords(IS_INPUT | IS_CREATED);",
  ),
  mutant(
    "execute looks at objects that nobody named",
    "execute",
    "execute/request.ts",
    "return load<u64>(environment, 24);",
    "return load<u64>(environment, 24) + objectCount;",
  ),
  mutant("execute keeps the ids it made", "execute", "execute/context.ts", "  idCount = 0;\n", ""),
  mutant(
    "execute tells the ledger of results made outside the core",
    "execute",
    "execute/run.ts",
    "const toLedger = sealed && requestMode() == MODE_COMMIT;",
    "const toLedger = requestMode() == MODE_COMMIT;",
  ),
  // ledger
  mutant(
    "the ledger does not add up IOTA",
    "ledger",
    "ledger/checks.ts",
    "if (!sums.iotaConserved(gas)) return REJECT_REFUSAL_IOTA_NOT_CONSERVED;",
    "",
  ),
  mutant(
    "the ledger's sums wrap at 2^64",
    "ledger",
    "ledger/sums.ts",
    "if (low < value) store<u64>(sum, load<u64>(sum, 8) + 1, 8);",
    "",
  ),
  mutant(
    "the ledger does not add up other coins",
    "ledger",
    "ledger/checks.ts",
    "return sums.coinsConserved() ? 0 : REJECT_REFUSAL_COIN_NOT_CONSERVED;",
    "return 0;",
  ),
  mutant(
    "the ledger takes a result on an object that an earlier one changed",
    "ledger",
    "ledger/apply.ts",
    "if (!equal32(operationAt(mismatch) + results.NEW, at + results.OLD)) current = false;",
    "",
  ),
  mutant(
    "the ledger takes another's coin as input",
    "ledger",
    "ledger/checks.ts",
    "return isGasOwners || equal32(owner, sender) ? 0 : REJECT_REFUSAL_WRONG_OWNER;",
    "return 0;",
  ),
  mutant(
    "the ledger leaves its root as it was",
    "ledger",
    "ledger/apply.ts",
    "copy32(operation + results.NEW, at + results.NEW);",
    "copy32(operation + results.NEW, at + results.OLD);",
  ),
  mutant(
    "the ledger takes operations that no result touches",
    "ledger",
    "ledger/apply.ts",
    "    if (load<u8>(TOUCHED + mismatch) == 0) return false;\n",
    "",
  ),
  mutant(
    "a ledger's proof may have words left over",
    "ledger",
    "lib/merkle/tree.ts",
    "if (header != headerEnd || word != wordEnd || !equal32(OLD_ROOT, root)) return false;",
    "if (!equal32(OLD_ROOT, root)) return false;",
  ),
  mutant(
    "the ledger signs a checkpoint on another root",
    "ledger",
    "ledger/close.ts",
    "    state.ROOT,\n",
    "    state.PREVIOUS_DIGEST,\n",
  ),
  mutant(
    "the ledger takes signatures that verify has not passed",
    "ledger",
    "ledger/contents.ts",
    "return equal32(DIGEST, queue.signaturesDigest(placeOf(ahead)));",
    "return true;",
  ),
  mutant(
    "the ledger takes a commit after a gap",
    "ledger",
    "ledger/start.ts",
    "|| index != queue.nextIndex()) return;",
    "|| index < queue.nextIndex()) return;",
  ),
  mutant(
    "the ledger keeps half of a step that is refused",
    "ledger",
    "ledger/apply.ts",
    "  if (staleCount > 0) {\n",
    "  store<u32>(state.APPLIED, load<u32>(state.APPLIED) + (staleCount > 0 ? 1 : 0));\n  if (staleCount > 0) {\n",
  ),
  // vault
  mutant(
    "the vault signs a second digest for a round",
    "vault",
    "vault/slots.ts",
    "return equal32(digest, state.roundDigest(record)) ? SLOT_AGAIN : REJECT_VAULT_SLOT_TAKEN;",
    "return SLOT_AGAIN;",
  ),
  mutant(
    "the vault signs a second digest for a checkpoint",
    "vault",
    "vault/slots.ts",
    "return equal32(digest, state.sequenceDigest(record)) ? SLOT_AGAIN : REJECT_VAULT_SLOT_TAKEN;",
    "return SLOT_AGAIN;",
  ),
  mutant(
    "the vault signs a round below its highest",
    "vault",
    "vault/slots.ts",
    "if (round > highest) return SLOT_NEW;",
    "if (round != highest) return SLOT_NEW;",
  ),
  mutant(
    "the vault may be bound to another chain",
    "vault",
    "vault/requests.ts",
    "if (isZero32(bound) && !isZero32(chain)) {",
    "if (!isZero32(chain)) {",
  ),
  mutant(
    "the vault releases a signature before its watermark is durable",
    "vault",
    "vault/requests.ts",
    "  state.copyRequest(state.pending(), request);\n  answers.askSeal();",
    "  state.copyRequest(state.pending(), request);\n  if (state.phase() == state.PHASE_READY) {\n    state.adoptNext();\n    released();\n  }\n  answers.askSeal();",
  ),
  mutant(
    "the vault wakes up with an older copy",
    "vault",
    "vault/boot.ts",
    "if (generation != counter && generation - 1 != counter) fail(REJECT_VAULT_ROLLED_BACK);\n  else if",
    "if",
  ),
  mutant(
    "the vault leaves the expanded key in memory",
    "vault",
    "vault/key.ts",
    "  memory.fill(SECRET_KEY, 0, SECRET_KEY_BYTES);\n",
    "",
  ),
  mutant(
    "the vault serves a request with bytes left over",
    "vault",
    "vault/index.ts",
    "state.setRequest(REQUEST, state.KIND_BLOCK, epoch, round, reader.take(32));\n  if (reader.exhausted()) serve(REQUEST);",
    "state.setRequest(REQUEST, state.KIND_BLOCK, epoch, round, reader.take(32));\n  if (reader.ok()) serve(REQUEST);",
  ),
];
