/** This node's own methods. */
import { toBase58, toBase64, toHex } from "@iota/iota-sdk/utils";
import { readBlock } from "../../consensus/intake.ts";
import { endsBefore, epochOf } from "../../epoch.ts";
import { CheckpointSummaryBcs, checkpointExtension } from "../../format/checkpoint.ts";
import { epochEndsText } from "../../light/epoch-end.ts";
import type { Equivocation } from "../../light/verify-equivocation.ts";
import type { ObjectProof } from "../../light/verify-object.ts";
import { StateTree } from "../../state-tree/state-tree.ts";
import { LIVE } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { type Method, method, required } from "../method.ts";
import { RPC_CODE, RpcError } from "../rpc-error.ts";
import { address } from "../schemas.ts";

const getObjectProof = method({
  name: "caisson_getObjectProof",
  tag: "Caisson API",
  description:
    "Return an object, or its absence, with a proof against the newest certified checkpoint that anyone can check with the committee's keys and the genesis digest (host/light/verify-object.ts).",
  params: { object_id: required(address, "the object's id") },
  result: {
    name: "ObjectProof",
    description:
      "summary, certificate, object and multiproof, in base64; after the first epoch also `epochEnds`, the last checkpoints of epochs that lead from genesis to its own",
  },
  handle: ({ node: { store } }, { object_id }) => objectProof(store, object_id),
});

/**
 * Read from the store alone, in one go: a checkpoint is written in one piece, while the node's own tree runs ahead of it.
 */
function objectProof(store: Store, id: Uint8Array): ObjectProof {
  const sequence = store.certifiedCheckpoint();
  const record = sequence === undefined ? undefined : store.checkpoint(sequence);
  if (sequence === undefined || !record) {
    throw new RpcError(RPC_CODE.transient, "the node has no checkpoint yet");
  }
  const state = store.certifiedState();
  const tree = new StateTree({ get: (key) => state.node(key) });
  const { stateRoot } = checkpointExtension(CheckpointSummaryBcs.parse(record.summary));
  if (toHex(tree.root()) !== toHex(stateRoot)) throw new Error(`the stored tree is not that of checkpoint ${sequence}`);
  const head = state.head(id);
  const digest = head?.state === LIVE ? head.digest : undefined;
  const object = digest && store.objectAt(id, head!.version);
  return {
    objectId: `0x${toHex(id)}`,
    checkpoint: String(sequence),
    summary: toBase64(record.summary),
    certificate: toBase64(record.certificate),
    object: object ? toBase64(object) : null,
    proof: toBase64(tree.prove([{ key: id, old: digest, new: digest }])),
    ...epochEndsText(endsBefore(store, epochOf(record.summary))),
  };
}

const getNodeStatus = method({
  name: "caisson_getNodeStatus",
  tag: "Caisson API",
  description: "Return what this node runs, what that trusts, and how far it is.",
  params: {},
  result: {
    name: "NodeStatus",
    description:
      "ready, and what is waited for when that is other validators, or null; newest checkpoint, round and number of transactions as decimal strings; transactions that wait; reboots of the core; platform, what it trusts, and SHA-256 of each component in hex, which are empty while the core is down",
  },
  handle: ({ node: { status } }) => ({
    ready: status.ready,
    waitsFor: status.waitsFor ?? null,
    checkpoint: status.checkpoint === undefined ? null : String(status.checkpoint),
    round: String(status.round),
    transactions: String(status.transactions),
    waiting: status.waiting,
    reboots: status.reboots,
    platform: status.platform?.platform ?? "",
    trusts: status.platform?.trusts ?? [],
    components: status.platform?.components ?? {},
  }),
});

const getAttestation = method({
  name: "caisson_getAttestation",
  tag: "Caisson API",
  description:
    "Return what the TPM of this node's core says of the image that runs and of whose key its vault has. Anyone can check it who knows the image and has made the nonce (platform/tpm/attestation.ts). The TPM is simulated.",
  params: { nonce: required(address, "32 bytes in hex, never used before") },
  result: {
    name: "Attestation",
    description:
      "in base64: publicKey, the vault's; and TPM 2.0's structures key (TPMT_PUBLIC), quoted (TPMS_ATTEST) and signature (TPMT_SIGNATURE); simulated, which is true",
  },
  handle: async ({ node }, { nonce }) => {
    const attestation = await node.attest(nonce);
    if (!attestation)
      throw new RpcError(RPC_CODE.callExecutionFailed, "the node's core has no TPM that attests it now");
    const { publicKey, key, quoted, signature } = attestation;
    return {
      simulated: true,
      publicKey: toBase64(publicKey),
      key: toBase64(key),
      quoted: toBase64(quoted),
      signature: toBase64(signature),
    };
  },
});

const getEquivocations = method({
  name: "caisson_getEquivocations",
  tag: "Caisson API",
  description:
    "Return proof against every validator of which two blocks of one round are known, both signed. Anyone can check it with the committee's keys and the genesis digest (host/light/verify-equivocation.ts).",
  params: {},
  result: {
    name: "Equivocations",
    description:
      "for each such validator: author, its index in the committee; name; round, as a decimal string; digests of the two blocks in base58; the blocks, bcs(Block) in base64",
  },
  handle: ({ node: { store, genesis } }) =>
    [...store.allEvidence()].map(({ author, round, first, second }): Equivocation => {
      return {
        author,
        name: genesis.committee[author]?.name ?? "",
        round: String(round),
        digests: [toBase58(readBlock(first).digest), toBase58(readBlock(second).digest)],
        blocks: [toBase64(first), toBase64(second)],
        ...epochEndsText(endsBefore(store, readBlock(first).header.epoch)),
      };
    }),
});

export const caissonMethods: readonly Method[] = [getAttestation, getEquivocations, getObjectProof, getNodeStatus];
