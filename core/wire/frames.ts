/**
 * Every frame of every lane. A lane carries one union type in one direction; the topology (platform/topology.ts) says which
 * components a lane joins. `id` in a host frame is chosen by the host and comes back in the answer.
 */
import * as limit from "./limits.ts";
import { blob, bool, bytes, option, struct, u8, u16, u32, u64, union, vector } from "./schema.ts";

const id = bytes(32);
const digest = bytes(32);
const address = bytes(32);
const objectBytes = blob(limit.MAX_OBJECT_BYTES);
const signatures = vector(blob(limit.MAX_SIGNATURE_BYTES), limit.MAX_SIGNATURES);

/** What execution may depend on besides the transaction and its objects; fixed within an epoch. */
export const Environment = struct("Environment", {
  epoch: u64,
  epochStartMs: u64,
  protocolVersion: u64,
  /** NANOS a unit of computation. */
  referenceGasPrice: u64,
});

/** A validator of the committee; its index is its place in the list. */
export const Member = struct("Member", { publicKey: bytes(limit.PUBLIC_KEY_BYTES) });

/**
 * Which faults a chain's committees outlast, whatever their size: genesis chooses it for all epochs. thresholds.ts has what follows from it for a
 * committee of n.
 */
export const FaultRule = struct("FaultRule", {
  /** A place in FAULT_KINDS (thresholds.ts). */
  kind: u8,
  /** Members whose cores can equivocate; 0 where the kind says how many. */
  b: u16,
  /** Members with intact cores and hostile hosts, besides. */
  c: u16,
  /** Members more than safety needs, which a fast path may do without; 0 without one. */
  k: u16,
});

/**
 * The commit rule's thresholds, in distinct authors; thresholds.ts makes them, and says when they are safe. In consensus literature: q, W, CQ,
 * DC, SQ, T, FC, WI.
 */
export const Thresholds = struct("Thresholds", {
  /** Authors of the round before that a block must name; 0 for a lone author, who may skip rounds. */
  parents: u16,
  /** Rounds from a leader to its direct decision, the leader's among them: 1, 2 or 3. */
  wave: u8,
  /** Votes that make a certificate. */
  certificate: u16,
  /** Certificates (wave 3), votes (wave 2) or blocks (wave 1) that commit directly. */
  directCommit: u16,
  /** Authors without a vote for any block of the slot that skip it directly. */
  directSkip: u16,
  /** Certificates, votes or blocks in an anchor's history that commit. */
  indirectCommit: u16,
  /** Votes that commit at once; 0: there is no fast path. */
  fastCommit: u16,
  /** Votes in an anchor's history that commit what a fast path may have committed elsewhere; 0 without one. */
  fastIndirect: u16,
});

/** What `order` keeps room for; capacities.ts has the usual ones and the arena's formula. */
export const OrderCapacities = struct("OrderCapacities", {
  /** Rounds above the horizon that blocks may have. */
  rounds: u16,
  /** Rounds below the last committed leader's that stay above the horizon. */
  depth: u16,
  /** Blocks of one author and round: more than one is equivocation, which is kept up to here. */
  twins: u8,
  /** Transactions of one block. */
  blockTransactions: u16,
  /** Verified transactions that no block holds yet, and ids of their gas objects. */
  poolTransactions: u32,
  poolGasObjects: u32,
  /** Digests ordered lately, which our own blocks do not repeat. */
  orderedDigests: u32,
  /** Verified blocks, and verified checkpoints, that nobody has used yet. */
  verifiedItems: u16,
});

/** bcs(CheckpointSummary) of an epoch's last checkpoint, and bcs(Certificate) of a quorum of that epoch's committee. */
export const EpochEnd = struct("EpochEnd", {
  summary: blob(limit.MAX_SUMMARY_BYTES),
  certificate: blob(limit.MAX_CERTIFICATE_BYTES),
});

/** What `verify` starts from. */
export const VerifyOrigin = union("VerifyOrigin", {
  /** No chain: transactions are looked at, and nothing that a committee signs. */
  environment: struct("OriginEnvironment", { environment: Environment }),
  /**
   * bcs(CheckpointSummary) of checkpoint 0, whose digest names the chain, and the committee whose digest is in it. Environment and fault rule are
   * what it says, so whoever configures `verify` chooses a chain, and nothing of it.
   */
  genesis: struct("OriginGenesis", {
    summary: blob(limit.MAX_SUMMARY_BYTES),
    committee: vector(Member, limit.MAX_VALIDATORS),
  }),
});

/** The first frame of each component, given by the runner before any lane opens. */
export const Config = {
  verify: struct("VerifyConfig", {
    origin: VerifyOrigin,
    /** Our own place in the committee that is in force; NO_AUTHOR for who has none. */
    author: u16,
    /**
     * What leads from genesis to the epoch that is served: ends of epochs, each signed by the committee that the one before put in force. An end
     * may be left out when the members signed the next one too.
     */
    ends: vector(EpochEnd, limit.MAX_EPOCH_ENDS),
  }),
  order: struct("OrderConfig", {
    chain: digest,
    epoch: u64,
    /** No commit has an earlier time, whatever the clocks of blocks say. Milliseconds since 1970. */
    epochStartMs: u64,
    /** The first commit that is so much later than the beginning ends the epoch; 0: none does. Milliseconds, the same in all epochs. */
    epochDurationMs: u64,
    /** Own index in the committee; NO_AUTHOR for a full node, which makes no blocks. */
    author: u16,
    committeeSize: u16,
    /** Of a chain with checkpoints: the row of its fault rule. `install` refuses any other. */
    thresholds: Thresholds,
    /** Slots a round. */
    leadersPerRound: u8,
    /** Leaders of slot after slot from round 1 on, over and over; empty: drawn by hashing (core/order/leaders.ts). */
    leaders: vector(u16, limit.MAX_LEADER_TABLE),
    capacities: OrderCapacities,
  }),
  /** `sealed`: 1 in the core, where results go to `ledger`; 0 outside it, where they go to the host alone. */
  execute: struct("ExecuteConfig", { sealed: u8 }),
  /** `chain`: what genesis must come to; zero accepts any, for the tool that makes a genesis file. */
  /** `author`: NO_AUTHOR for a full node, which has no vault: its checkpoints come without a signature. */
  ledger: struct("LedgerConfig", {
    chain: digest,
    author: u16,
    committee: vector(Member, limit.MAX_VALIDATORS),
    /** The chain commits to it. */
    faults: FaultRule,
  }),
  vault: struct("VaultConfig", {
    author: u16,
    /** The platform's counter is not to be trusted: nothing is signed until peers' vaults have said what is past (core/vault/recovery.ts). */
    recover: bool,
  }),
} as const;

const rejected = struct("Rejected", {
  id: u64,
  /** A code of the component's rejection table (codes.ts). */
  code: u16,
  /** What the code's description says about them; zero otherwise. */
  a: u64,
  b: u64,
});

/** `transaction`: bcs(TransactionData). `signatures`: serialized user signatures, flag first. */
const VerifyTransaction = struct("VerifyTransaction", {
  id: u64,
  transaction: blob(limit.MAX_TRANSACTION_BYTES),
  signatures,
});

/**
 * What a vault says to another one that has lost its state and asks with a nonce: it has signed no block of the epoch above `round`, and not the
 * epoch's last checkpoint. Signed as SignedMessage of kind 3.
 */
export const Standing = struct("Standing", {
  author: u16,
  boot: u64,
  round: u64,
  signature: bytes(limit.SIGNATURE_BYTES),
});

/** host -> verify */
export const HostToVerify = union("HostToVerify", {
  transaction: VerifyTransaction,
  /** bcs(Block), see `Block` below. */
  block: struct("VerifyBlock", { id: u64, block: blob(limit.MAX_BLOCK_BYTES) }),
  /** bcs(CheckpointSummary) and bcs(Certificate). */
  checkpoint: struct("VerifyCheckpoint", {
    id: u64,
    summary: blob(limit.MAX_SUMMARY_BYTES),
    certificate: blob(limit.MAX_CERTIFICATE_BYTES),
  }),
  /** bcs(CheckpointSummary) that our own vault has signed: what a core that was stopped may go on from before a quorum has signed it. */
  ownCheckpoint: struct("VerifyOwnCheckpoint", {
    id: u64,
    summary: blob(limit.MAX_SUMMARY_BYTES),
    boot: u64,
    signature: bytes(limit.SIGNATURE_BYTES),
  }),
  /**
   * Several transactions, each answered as in a frame of its own and in this order; their Ed25519 signatures are looked at together. `id`
   * is answered only when the frame as a whole is refused.
   */
  transactions: struct("VerifyTransactions", {
    id: u64,
    transactions: vector(VerifyTransaction, limit.MAX_VERIFY_TRANSACTIONS),
  }),
  /** What other members' vaults have said to ours, which waits for it: `publicKey` and `nonce` are its own. */
  recovery: struct("VerifyRecovery", {
    id: u64,
    publicKey: bytes(limit.PUBLIC_KEY_BYTES),
    nonce: digest,
    standings: vector(Standing, limit.MAX_VALIDATORS),
  }),
});

/** verify -> host */
export const VerifyToHost = union("VerifyToHost", {
  transaction: struct("TransactionAccepted", {
    id: u64,
    digest,
    sender: address,
    gasOwner: address,
    gasObjects: vector(id, limit.MAX_GAS_OBJECTS),
  }),
  block: struct("BlockAccepted", { id: u64, digest }),
  checkpoint: struct("CheckpointAccepted", { id: u64, digest }),
  /** Enough have said where they stand; `round` is the highest. */
  recovery: struct("RecoveryAccepted", { id: u64, round: u64 }),
  rejected,
});

/** Enough members of the epoch's committee, none of them of this key, say with this nonce that they have signed no block above `round`. */
const recovery = struct("VerifiedRecovery", {
  chain: digest,
  epoch: u64,
  publicKey: bytes(limit.PUBLIC_KEY_BYTES),
  nonce: digest,
  round: u64,
});

/** verify -> order, private: what `verify` passed. */
export const VerifyToOrder = union("VerifyToOrder", {
  transaction: struct("VerifiedTransaction", {
    digest,
    sender: address,
    gasOwner: address,
    /** blake2b256(bcs(vector of signatures)): lets `ledger` accept the signature bytes from the host. */
    signaturesDigest: digest,
    gasObjects: vector(id, limit.MAX_GAS_OBJECTS),
  }),
  block: struct("VerifiedBlock", { digest }),
  checkpoint: struct("VerifiedCheckpoint", {
    digest,
    /** Of the committee in force, which `order` must have been configured for. */
    committeeSize: u16,
  }),
  recovery,
  /** One that no quorum has signed, but a member's vault: `order` takes it when that is its own. */
  ownCheckpoint: struct("VerifiedOwnCheckpoint", {
    digest,
    committeeSize: u16,
    /** blake2b256(the member's public key). */
    key: digest,
  }),
});

/** A block by its place and digest. Round 0 has one block an author, which is none: its digest is the chain's. */
export const BlockRef = struct("BlockRef", { author: u16, round: u64, digest });

/** A transaction of a block, with the signatures it came with: the checkpoint's contents commit to both. */
export const BlockTransaction = struct("BlockTransaction", {
  digest,
  /** blake2b256(bcs(vector of signatures)). */
  signaturesDigest: digest,
});

/** What a validator signs its name to; digest = blake2b256("CaissonBlock::" || bcs(BlockHeader)). */
export const BlockHeader = struct("BlockHeader", {
  chain: digest,
  epoch: u64,
  author: u16,
  boot: u64,
  round: u64,
  /** Earlier blocks of different authors, the author's own previous block first. */
  parents: vector(BlockRef, limit.MAX_VALIDATORS),
  timestampMs: u64,
  transactions: vector(BlockTransaction, limit.MAX_BLOCK_TRANSACTIONS),
});

export const Block = struct("Block", { header: BlockHeader, signature: bytes(limit.SIGNATURE_BYTES) });

/**
 * What the vault signs, built by the vault alone from typed fields. `kind`: 1 block (slot = round), 2 checkpoint (slot = sequence), 3 standing (slot =
 * round, digest = nonce).
 */
export const SignedMessage = struct("SignedMessage", {
  /** "CAISSON1" in ASCII. */
  domain: bytes(8),
  /** Digest of the genesis checkpoint. */
  chain: digest,
  epoch: u64,
  author: u16,
  boot: u64,
  kind: u8,
  slot: u64,
  digest,
});

export const Certificate = struct("Certificate", {
  epoch: u64,
  signatures: vector(
    struct("CheckpointSignature", { author: u16, boot: u64, signature: bytes(limit.SIGNATURE_BYTES) }),
    limit.MAX_VALIDATORS,
  ),
});

/** A slot that no block was committed for. */
export const SkippedSlot = struct("SkippedSlot", { round: u64, rank: u8, author: u16 });

/** Two blocks of one author and round, ascending by digest: what only a core that is not intact can sign. */
export const Equivocation = struct("Equivocation", { author: u16, round: u64, first: digest, second: digest });

/** host -> order */
export const HostToOrder = union("HostToOrder", {
  /** Asks what our next block would be: nothing is changed, and nothing signed. */
  propose: struct("Propose", {
    id: u64,
    timestampMs: u64,
    transactions: vector(digest, limit.MAX_BLOCK_TRANSACTIONS),
  }),
  /** bcs(BlockHeader) of a block of ours to be signed. The payloads of its transactions, and these bytes, are on disk. */
  sign: struct("Sign", { id: u64, header: blob(limit.MAX_BLOCK_BYTES) }),
  /** A block that `verify` has passed: a peer's, or our own from before a restart. */
  block: struct("AcceptBlock", { id: u64, block: blob(limit.MAX_BLOCK_BYTES) }),
  /** Starts `order` and, through it, `ledger` from a checkpoint that `verify` has passed. */
  install: struct("Install", { id: u64, summary: blob(limit.MAX_SUMMARY_BYTES) }),
  /** Where the DAG stands, and what our next block waits for. */
  status: struct("OrderStatusRequest", { id: u64 }),
  evidence: struct("EvidenceRequest", { id: u64 }),
  /** Asks where our vault stands, for a peer's that has given this nonce. */
  standing: struct("StandingRequest", { id: u64, nonce: digest }),
});

/** order -> host */
export const OrderToHost = union("OrderToHost", {
  /** The header to keep and to have signed. */
  drafted: struct("Drafted", { id: u64, round: u64, digest, header: blob(limit.MAX_BLOCK_BYTES) }),
  /** Signed, and part of the DAG: it may leave. */
  proposed: struct("Proposed", { id: u64, round: u64, digest, block: blob(limit.MAX_BLOCK_BYTES) }),
  accepted: struct("Accepted", { id: u64 }),
  /** A block is not taken yet: these of its parents are not held, these of its transactions `verify` has not passed. */
  missing: struct("Missing", {
    id: u64,
    parents: vector(BlockRef, limit.MAX_VALIDATORS),
    transactions: vector(BlockTransaction, limit.MAX_BLOCK_TRANSACTIONS),
  }),
  committed: struct("Committed", {
    /** From 1, without gaps; 0 is genesis. */
    index: u64,
    round: u64,
    timestampMs: u64,
    commitDigest: digest,
    /** bcs(TransactionData) of the consensus commit prologue, the commit's first transaction. */
    prologue: blob(512),
    /** Digests, the prologue's first. */
    transactions: vector(digest, limit.MAX_ORDERED_TRANSACTIONS),
    leader: BlockRef,
    /** False when the leader's history goes on in the next commit. */
    complete: bool,
    /** The epoch's last commit: `order` does nothing more. */
    endOfEpoch: bool,
    /** No block at or below this round is taken, or ordered, any more. */
    horizon: u64,
    /** The blocks whose transactions these are, in the order in which they are committed. */
    blocks: vector(BlockRef, limit.MAX_COMMIT_BLOCKS),
    /** Slots skipped since the commit before. */
    skipped: vector(SkippedSlot, limit.MAX_SKIPPED_SLOTS),
  }),
  status: struct("OrderStatus", {
    id: u64,
    /** Round that our next block would have; 0: none can be made yet. */
    round: u64,
    /** Of the slots of the round before it, a bit of each rank whose leader's block is not held. */
    leadersLacking: u8,
    /** Of the slots of the round before that, a bit of each rank that neither has the votes to be certified nor is skipped. */
    leadersUnsettled: u8,
    /** Authors who have a block of that round already. */
    authorsAtRound: u16,
    /** Round of our last block that is held, and the highest that the vault is known to have signed. */
    ownRound: u64,
    vaultRound: u64,
    /** Highest round that a block is held of, and highest that one could be. */
    highestRound: u64,
    lastRound: u64,
    horizon: u64,
    commit: u64,
    /** First slot that is not decided. */
    nextRound: u64,
    nextRank: u8,
  }),
  evidence: struct("Evidence", { id: u64, equivocations: vector(Equivocation, limit.MAX_VALIDATORS) }),
  rejected,
  standing: struct("StandingForHost", { id: u64, standing: Standing }),
  /** Our vault waits for where its peers' stand; what they are to be asked with. */
  recovering: struct("RecoveringForHost", { publicKey: bytes(limit.PUBLIC_KEY_BYTES), nonce: digest }),
});

/** What `order` resumes from after a commit, besides the commit itself. */
export const OrderResume = struct("OrderResume", {
  horizon: u64,
  /** The first slot that is not decided; the commit's own, when its leader's history goes on in the next commit. */
  round: u64,
  rank: u8,
  /** Of each author: round of the last block committed. */
  committed: vector(u64, limit.MAX_VALIDATORS),
});

/** order -> ledger, private */
export const OrderToLedger = union("OrderToLedger", {
  commit: struct("Commit", {
    index: u64,
    round: u64,
    timestampMs: u64,
    commitDigest: digest,
    leaderBlock: digest,
    /** bcs(OrderResume), for the checkpoint. */
    resume: blob(limit.MAX_RESUME_BYTES),
    /** The epoch's last commit. */
    endOfEpoch: bool,
    transactions: vector(
      struct("CommittedTransaction", { digest, sender: address, gasOwner: address, signaturesDigest: digest }),
      limit.MAX_ORDERED_TRANSACTIONS,
    ),
  }),
  install: struct("InstallLedger", { summary: blob(limit.MAX_SUMMARY_BYTES) }),
});

/** What makes a commit the one it is; commit digest = blake2b256("CaissonCommit::" || bcs(CommitIdentity)). */
export const CommitIdentity = struct("CommitIdentity", {
  /** Digest of the commit before; zero before the first. */
  previous: digest,
  index: u64,
  round: u64,
  leaderBlock: digest,
});

/** order -> vault, private */
export const OrderToVault = union("OrderToVault", {
  signBlock: struct("SignBlock", { epoch: u64, round: u64, digest }),
  /** `id`: the host's, which comes back. */
  standing: struct("AskStanding", { id: u64, epoch: u64, nonce: digest }),
  recovery,
});

/** vault -> order and vault -> ledger, private: how a boot begins. */
const ready = struct("VaultReady", {
  publicKey: bytes(limit.PUBLIC_KEY_BYTES),
  boot: u64,
  /** Zero until the vault is bound to a chain. */
  chain: digest,
  /** The last epoch that anything was signed in. */
  epoch: u64,
  /** Highest round of that epoch, and highest checkpoint, signed, and what was signed there; zero before the first. */
  round: u64,
  roundDigest: digest,
  /** One more than the highest checkpoint sequence signed; zero before the first. */
  nextSequence: u64,
  sequenceDigest: digest,
});

const refused = struct("VaultRefused", { code: u16, slot: u64, digest });

export const VaultToOrder = union("VaultToOrder", {
  ready,
  signed: struct("BlockSigned", { round: u64, digest, boot: u64, signature: bytes(limit.SIGNATURE_BYTES) }),
  refused,
  standing: struct("StandingGiven", { id: u64, standing: Standing }),
  /** `code`: as of a refusal. */
  noStanding: struct("StandingRefused", { id: u64, code: u16 }),
  /** In place of `ready`, which follows when `recovery` is given for this nonce. */
  recovering: struct("Recovering", { publicKey: bytes(limit.PUBLIC_KEY_BYTES), nonce: digest }),
});

/** ledger -> vault, private */
export const LedgerToVault = union("LedgerToVault", {
  /** Binds a fresh vault to its chain for ever; a bound vault answers `bound` to the same chain and refuses another. */
  bind: struct("Bind", { chain: digest }),
  /** `round`: of the last leader whose commit it holds. */
  signCheckpoint: struct("SignCheckpoint", { epoch: u64, sequence: u64, round: u64, endOfEpoch: bool, digest }),
});

export const VaultToLedger = union("VaultToLedger", {
  ready,
  bound: struct("Bound", { chain: digest }),
  signed: struct("CheckpointSigned", {
    sequence: u64,
    digest,
    boot: u64,
    signature: bytes(limit.SIGNATURE_BYTES),
  }),
  refused,
});

/** vault -> trust, private */
export const VaultToTrust = union("VaultToTrust", {
  load: struct("Load", {}),
  entropy: struct("Entropy", {}),
  /** Answered once `sealed` is durable and the counter stands at `generation`. */
  seal: struct("Seal", { generation: u64, sealed: blob(limit.MAX_SEALED_BYTES) }),
});

/** trust -> vault, private */
export const TrustToVault = union("TrustToVault", {
  loaded: struct("Loaded", { counter: u64, sealed: option(blob(limit.MAX_SEALED_BYTES)) }),
  entropy: struct("EntropyBytes", { bytes: bytes(32) }),
  sealed: struct("Sealed", { generation: u64 }),
  /** The platform could not do it; the vault signs nothing until a reboot. */
  failed: struct("TrustFailed", {
    /** TrustFailure in codes.ts. */
    code: u16,
  }),
});

/** One object read by a transaction: its digest, or zero when it is absent. */
export const Read = struct("Read", { id, digest });

export const GasSummary = struct("GasSummary", {
  computationCost: u64,
  computationCostBurned: u64,
  storageCost: u64,
  storageRebate: u64,
  nonRefundableStorageFee: u64,
});

/** host -> execute */
export const HostToExecute = union("HostToExecute", {
  execute: struct("Execute", {
    id: u64,
    /** 0 commit, 1 dry run (gas may be made up), 2 dev inspect. */
    mode: u8,
    /** Commit that ordered the transaction; 0 for genesis and outside a commit. */
    commit: u64,
    environment: Environment,
    /** bcs(TransactionData). */
    transaction: blob(limit.MAX_TRANSACTION_BYTES),
    /** bcs(Object) each, the current ones, ascending by id. */
    objects: vector(objectBytes, limit.MAX_READS),
    /** Ids that are absent from the state, ascending. */
    absent: vector(id, limit.MAX_READS),
  }),
});

/** bcs(TypeTag) and a value of that type. */
const inspectedValue = {
  bytes: blob(limit.MAX_INSPECTION_BYTES),
  type: blob(limit.MAX_OBJECT_BYTES),
};

/** What one command came to: what stands behind the references that it took to change something, and what it gave. */
export const CommandResults = struct("CommandResults", {
  mutableReferenceOutputs: vector(
    struct("MutableReferenceOutput", {
      /** bcs(Argument), a result by two numbers. */
      argument: blob(5),
      ...inspectedValue,
    }),
    limit.MAX_COMMAND_VALUES,
  ),
  returnValues: vector(struct("ReturnValue", inspectedValue), limit.MAX_COMMAND_VALUES),
});

/** execute -> host */
export const ExecuteToHost = union("ExecuteToHost", {
  executed: struct("ExecutedForHost", {
    id: u64,
    digest,
    effectsDigest: digest,
    /** bcs(TransactionEffects). */
    effects: blob(limit.MAX_EFFECTS_BYTES),
    /** bcs(Object) of everything created or changed. */
    written: vector(objectBytes, limit.MAX_WRITTEN_OBJECTS),
    reads: vector(Read, limit.MAX_READS),
    /** Of a success outside a commit, for each command; none when that is more than MAX_INSPECTION_BYTES. */
    results: option(vector(CommandResults, limit.MAX_INSPECTED_COMMANDS)),
  }),
  /** Input checks failed: nothing is charged, nothing locked. `code`: ExecuteDrop in codes.ts, which says what `object`, `a` and `b` are. */
  dropped: struct("DroppedForHost", {
    id: u64,
    digest,
    code: u16,
    object: id,
    a: u64,
    b: u64,
    reads: vector(Read, limit.MAX_READS),
  }),
  /** Objects that must be given, or said to be absent, before this can run. */
  need: struct("Need", { id: u64, ids: vector(id, limit.MAX_READS) }),
  rejected,
});

/** execute -> ledger, private; only from a sealed instance and only in mode 0. */
export const ExecuteToLedger = union("ExecuteToLedger", {
  executed: struct("Executed", {
    commit: u64,
    digest,
    environment: Environment,
    /** 0 user, 1 consensus commit prologue, 2 genesis, 3 end of epoch. */
    transactionKind: u8,
    effectsDigest: digest,
    gas: GasSummary,
    /** Everything relied on, ascending by id: inputs, and absences of created ids. */
    reads: vector(Read, limit.MAX_READS),
    /** bcs(Object), as read, of each input that is changed or deleted. */
    inputs: vector(objectBytes, limit.MAX_INPUT_OBJECTS),
    /** bcs(Object) of everything created or changed. */
    written: vector(objectBytes, limit.MAX_WRITTEN_OBJECTS),
  }),
  dropped: struct("Dropped", {
    commit: u64,
    digest,
    environment: Environment,
    code: u16,
    reads: vector(Read, limit.MAX_READS),
  }),
});

/** host -> ledger */
export const HostToLedger = union("HostToLedger", {
  /** Opens commit 0, which holds the one genesis transaction, on an empty ledger. */
  genesis: struct("Genesis", {
    id: u64,
    environment: Environment,
    /** OrderConfig's: the chain commits to it. */
    epochDurationMs: u64,
    timestampMs: u64,
    transaction: digest,
  }),
  /** Opens the next commit. */
  begin: struct("Begin", { id: u64, commit: u64 }),
  /**
   * Applies the next `transactions` results of the open commit. `operations`: for every id they read or write, ascending in
   * tree order, the digest it has now (zero: absent), which `proof` proves against the root.
   */
  step: struct("Step", {
    id: u64,
    transactions: u32,
    operations: vector(Read, limit.MAX_STEP_OPERATIONS),
    proof: blob(limit.MAX_PROOF_BYTES),
  }),
  /**
   * Once a checkpoint has its last commit: user signatures of its next transactions that were not dropped, in commit order (none for
   * system transactions), which its contents commit to. After the last one the ledger closes the checkpoint; one without executed user
   * transactions is closed by its last step. While the vault owes its signature, a frame without signatures asks it again.
   */
  signatures: struct("Signatures", { id: u64, signatures: vector(signatures, limit.MAX_COMMIT_TRANSACTIONS) }),
  status: struct("LedgerStatusRequest", { id: u64 }),
});

/** ledger -> host */
export const LedgerToHost = union("LedgerToHost", {
  accepted: struct("LedgerAccepted", { id: u64 }),
  stepped: struct("Stepped", {
    id: u64,
    root: digest,
    remaining: u32,
    /** Nothing remains, and the checkpoint ends with this commit: it waits for the signatures of all its transactions. */
    endOfCheckpoint: bool,
    /** When all others of an epoch's last commit are applied: bcs(TransactionData) of the one that remains, which ends the epoch. */
    endOfEpoch: option(blob(limit.MAX_END_OF_EPOCH_BYTES)),
  }),
  /** Results that read something that is no longer current: nothing was applied; execute these again. */
  stale: struct("Stale", { id: u64, transactions: vector(digest, limit.MAX_COMMIT_TRANSACTIONS) }),
  /** A checkpoint, with the signature of our own vault where there is one: bcs(CheckpointSummary), bcs(Certificate). */
  checkpoint: struct("CheckpointMade", {
    sequence: u64,
    digest,
    summary: blob(limit.MAX_SUMMARY_BYTES),
    certificate: blob(limit.MAX_CERTIFICATE_BYTES),
  }),
  /** Answer to `status`, and sent by itself, with id 0, when the vault is ready and after an install. */
  status: struct("LedgerStatus", {
    id: u64,
    vault: option(ready),
    /** Next checkpoint's sequence number; 0 before genesis. */
    nextSequence: u64,
    commit: u64,
    root: digest,
    arenaBytesUsed: u32,
    /** Results of `execute` that were not taken since the start, and why the last one was not (LedgerRefusal in codes.ts; zero: none). */
    refusedResults: u64,
    lastRefusal: u16,
  }),
  rejected,
});

/**
 * `version_specific_data` of our checkpoint summaries: what Caisson commits to beyond upstream's fields. Everything that
 * `order` and `ledger` resume from is here.
 */
export const CheckpointExtension = struct("CheckpointExtension", {
  /** 3: this layout. */
  version: u8,
  /** Digest of checkpoint 0; zero in checkpoint 0 itself. */
  chain: digest,
  environment: Environment,
  /** OrderConfig's. */
  epochDurationMs: u64,
  /** LedgerConfig's. */
  faults: FaultRule,
  commit: u64,
  commitDigest: digest,
  round: u64,
  leaderBlock: digest,
  /** bcs(OrderResume); empty in checkpoint 0. */
  resume: blob(limit.MAX_RESUME_BYTES),
  stateRoot: digest,
  /** Root of the Merkle list of (transaction digest, effects digest) of this checkpoint. */
  contentsRoot: digest,
  /** blake2b256(bcs(vector of Member)). */
  committeeDigest: digest,
});

/** What each lane carries; platform/topology.ts joins lanes to components. */
export const LANES = {
  hostToVerify: HostToVerify,
  verifyToHost: VerifyToHost,
  hostToOrder: HostToOrder,
  orderToHost: OrderToHost,
  hostToExecute: HostToExecute,
  executeToHost: ExecuteToHost,
  hostToLedger: HostToLedger,
  ledgerToHost: LedgerToHost,
  verifyToOrder: VerifyToOrder,
  orderToLedger: OrderToLedger,
  executeToLedger: ExecuteToLedger,
  orderToVault: OrderToVault,
  vaultToOrder: VaultToOrder,
  ledgerToVault: LedgerToVault,
  vaultToLedger: VaultToLedger,
  vaultToTrust: VaultToTrust,
  trustToVault: TrustToVault,
} as const;

export type LaneName = keyof typeof LANES;

/** Lane numbers, as `step(lane, length)` and a component's output records use them. */
export const LANE_NUMBERS = Object.fromEntries(Object.keys(LANES).map((name, i) => [name, i])) as Record<
  LaneName,
  number
>;
