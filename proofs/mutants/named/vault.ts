/** Named mutants of `vault`. */
import { mutant, type NamedMutant } from "./mutant.ts";

export const VAULT_MUTANTS: readonly NamedMutant[] = [
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
    "the vault signs an old block in the name of a new boot",
    "vault",
    "vault/key.ts",
    "state.requestKind(request) == state.KIND_BLOCK ? state.roundBoot(record) : state.boot(record)",
    "state.boot(record)",
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
    "state.setRequest(REQUEST, state.KIND_BLOCK, epoch, round, reader.raw32());\n  if (reader.exhausted()) serve(REQUEST);",
    "state.setRequest(REQUEST, state.KIND_BLOCK, epoch, round, reader.raw32());\n  if (reader.ok()) serve(REQUEST);",
    "frames to vault > on orderToVault",
  ),
];
