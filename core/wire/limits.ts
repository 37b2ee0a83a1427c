/**
 * Every capacity that a frame or a component's arena depends on. Those that the protocol sets come
 * from protocol-38.ts; the others are ours, chosen so that the component's memory is fixed.
 */

import { attribute, PROTOCOL_VERSION } from "./protocol-38.ts";

export { PROTOCOL_VERSION };

/** Sender-signed data, in bytes. */
export const MAX_TRANSACTION_BYTES = attribute("max_tx_size_bytes");
/** Objects that one transaction names. */
export const MAX_INPUT_OBJECTS = attribute("max_input_objects");
/** Gas coins of one transaction. */
export const MAX_GAS_OBJECTS = attribute("max_gas_payment_objects");
/** Contents of one object, in bytes. */
export const MAX_MOVE_OBJECT_BYTES = attribute("max_move_object_size");
/** BCS of a whole object: contents, and its type, owner and bookkeeping, in bytes. */
export const MAX_OBJECT_BYTES = MAX_MOVE_OBJECT_BYTES + 8_192;
/** Effects of one transaction, in bytes: a system transaction's, which may be the larger. */
export const MAX_EFFECTS_BYTES = attribute("max_serialized_tx_effects_size_bytes_system_tx");
/** `max_num_new_move_object_ids`, plus the inputs: objects one transaction can write. */
export const MAX_WRITTEN_OBJECTS = 4_096;
/** Commands of a transaction whose results are told, and values that one command takes or gives. */
export const MAX_INSPECTED_COMMANDS = attribute("max_programmable_tx_commands");
export const MAX_COMMAND_VALUES = attribute("max_arguments");
/** What a simulation tells of all commands, in bytes: with effects and objects it must fit a frame. */
export const MAX_INSPECTION_BYTES = 4_194_304;
/** Reads of one transaction, absences of created ids among them. */
export const MAX_READS = 6_144;
/** Signatures of one transaction: the sender's and the sponsor's. */
export const MAX_SIGNATURES = 2;
/** Transactions of one frame to `verify`, so that their signatures are as many as one Ed25519 batch takes. */
export const MAX_VERIFY_TRANSACTIONS = 32;
/** One serialized user signature, in bytes: ML-DSA-65 (1 + 3309 + 1952) and multisigs of ten stay below. */
export const MAX_SIGNATURE_BYTES = 16_384;

/** Transactions of one block. */
export const MAX_BLOCK_TRANSACTIONS = attribute("consensus_max_num_transactions_in_block");
/** A commit's transactions as they are ordered, the consensus commit prologue first. */
export const MAX_ORDERED_TRANSACTIONS = MAX_BLOCK_TRANSACTIONS + 1;
/** The same with what ends the epoch, if it does: the last. */
export const MAX_COMMIT_TRANSACTIONS = MAX_ORDERED_TRANSACTIONS + 1;
/** Commits of one checkpoint: an idle network, or one whose clock stands still, makes a checkpoint of as many. */
export const MAX_CHECKPOINT_COMMITS = 16;
/** Two digests of a transaction with their lengths, and a list of the largest signatures with theirs, in bytes. */
const MAX_CONTENT_BYTES = 2 * (1 + 32) + 1 + MAX_SIGNATURES * (3 + MAX_SIGNATURE_BYTES);
/** Transactions of one checkpoint, system transactions among them: as many as fit upstream's largest, whatever their signatures. */
export const MAX_CHECKPOINT_TRANSACTIONS = Math.floor(attribute("max_checkpoint_size_bytes") / MAX_CONTENT_BYTES);
/**
 * Time of the ledger between the ends of two checkpoints that hold users' transactions, in milliseconds: some rounds of a busy network near by, and
 * none of one whose blocks travel longer. Upstream's `min_checkpoint_interval_ms` is 200, which clients would wait for. A lone author takes no such
 * time: nobody else has to sign.
 */
export const CHECKPOINT_INTERVAL_MS = 50;
/** The same where a checkpoint holds none: a minute, so that an idle network still says every now and then that it is there. */
export const IDLE_CHECKPOINT_INTERVAL_MS = 60_000;
/** One block's bytes: 64 for each transaction, 42 for each parent, an ML-DSA-65 signature. */
export const MAX_BLOCK_BYTES = 49_152;
/** Members of one committee. */
export const MAX_VALIDATORS = attribute("max_committee_members_count");
/** A member's name, and what the governed list says of where it is reached, in bytes: MAX_VALIDATORS of them fit one object. */
export const MAX_MEMBER_NAME_BYTES = 64;
export const MAX_MEMBER_ADDRESS_BYTES = 512;
/** Leaders of one round: as many words as the digest has that they are drawn by. */
export const MAX_LEADERS_PER_ROUND = 8;
/** Slots that a configured table of leaders may name before it begins again. */
export const MAX_LEADER_TABLE = 512;
/** Blocks of one author and round: a certificate has a bit for each. */
export const MAX_TWINS = 8;
/** Blocks of one commit. */
export const MAX_COMMIT_BLOCKS = 512;
/** Slots skipped between two commits: those of all rounds that `order` may hold. */
export const MAX_SKIPPED_SLOTS = 2_048;
/** bcs(OrderResume): two rounds, a rank, and a round for each of MAX_VALIDATORS. */
export const MAX_RESUME_BYTES = 818;
/** The author of a node that makes no blocks. */
export const NO_AUTHOR = 65_535;
/** Verified transactions that `order` keeps until they are proposed or fall out, oldest first. */
export const MAX_POOL_TRANSACTIONS = 8_192;
/** Ids of gas objects of those transactions: most have one, none more than MAX_GAS_OBJECTS. */
export const MAX_POOL_GAS_OBJECTS = 32_768;
/** Digests ordered lately that our own blocks do not repeat. */
export const MAX_ORDERED_DIGESTS = 16_384;
/** Verified blocks and checkpoints that `order` remembers until they are used, oldest dropped first. */
export const MAX_VERIFIED_ITEMS = 256;

/** Tree operations of one ledger step. */
export const MAX_STEP_OPERATIONS = 8_192;
/** One step's multiproof, in bytes. */
export const MAX_PROOF_BYTES = 4_194_304;
/** A checkpoint summary's bytes: an epoch's last has the keys of the next committee, MAX_VALIDATORS of them. */
export const MAX_SUMMARY_BYTES = 204_800;
/** Ends of epochs that `verify` is led through when it begins: the last of each committee is enough. */
export const MAX_EPOCH_ENDS = 256;
/** The transaction that ends an epoch: 16 bytes a member, and 220 in all committees. */
export const MAX_END_OF_EPOCH_BYTES = 2_048;
/** A checkpoint certificate: at most one ML-DSA-65 signature a validator, in bytes. */
export const MAX_CERTIFICATE_BYTES = 400_000;

/** Largest frame of any lane, in bytes. */
export const MAX_FRAME_BYTES = 8_388_608;

/** ML-DSA-65 (FIPS 204, table 2), in bytes. */
export const PUBLIC_KEY_BYTES = 1_952;
export const SIGNATURE_BYTES = 3_309;
/** What the vault seals: its seed, watermarks and genesis digest, in bytes. */
export const MAX_SEALED_BYTES = 1_024;
