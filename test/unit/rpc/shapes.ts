/**
 * Shapes of results as upstream publishes them (iotaledger/iota crates/iota-open-rpc/spec/openrpc.json, names of its schemas), strict:
 * a member that upstream does not have fails. The published document is generated from the Rust types; what the client's version adds
 * to them is in its own types (@iota/iota-sdk 1.15.1, dist/esm/client/types/generated.d.ts).
 */
import * as v from "valibot";

export const bigInt = v.pipe(v.string(), v.regex(/^(0|[1-9][0-9]*)$/));
export const u64 = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** u64 whose JSON is a number while that is exact. */
const wideU64 = v.union([u64, bigInt]);
const hex = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{64}$/));
const digest = v.pipe(v.string(), v.regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/));
const base64 = v.pipe(v.string(), v.base64());
const optional = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema));

export const page = <S extends v.GenericSchema>(item: S, cursor: v.GenericSchema) =>
  v.strictObject({ data: v.array(item), nextCursor: optional(cursor), hasNextPage: v.boolean() });

export const owner = v.union([
  v.strictObject({ AddressOwner: hex }),
  v.strictObject({ ObjectOwner: hex }),
  v.strictObject({ Shared: v.strictObject({ initial_shared_version: u64 }) }),
  v.literal("Immutable"),
]);
const objectRef = v.strictObject({ objectId: hex, version: u64, digest });
const ownedRef = v.strictObject({ owner, reference: objectRef });

const objectData = v.strictObject({
  objectId: hex,
  version: bigInt,
  digest,
  type: v.optional(v.string()),
  owner: v.optional(owner),
  previousTransaction: v.optional(digest),
  storageRebate: v.optional(bigInt),
  display: v.optional(v.strictObject({ data: v.null(), error: v.null() })),
  content: v.optional(
    v.strictObject({ dataType: v.literal("moveObject"), type: v.string(), fields: v.record(v.string(), v.unknown()) }),
  ),
  bcs: v.optional(
    v.strictObject({ dataType: v.literal("moveObject"), type: v.string(), version: u64, bcsBytes: base64 }),
  ),
});
const objectError = v.union([
  v.strictObject({ code: v.literal("notExists"), object_id: hex }),
  v.strictObject({ code: v.literal("dynamicFieldNotFound"), parent_object_id: hex }),
  v.strictObject({ code: v.literal("deleted"), object_id: hex, version: u64, digest }),
]);
export const objectResponse = v.union([v.strictObject({ data: objectData }), v.strictObject({ error: objectError })]);
export const objectRead = v.union([
  v.strictObject({ status: v.literal("VersionFound"), details: objectData }),
  v.strictObject({ status: v.literal("ObjectNotExists"), details: hex }),
  v.strictObject({ status: v.literal("ObjectDeleted"), details: objectRef }),
  v.strictObject({ status: v.literal("VersionNotFound"), details: v.strictTuple([hex, wideU64]) }),
  v.strictObject({
    status: v.literal("VersionTooHigh"),
    details: v.strictObject({ object_id: hex, asked_version: wideU64, latest_version: wideU64 }),
  }),
]);
export const objectsPage = page(objectResponse, hex);

export const coinPage = page(
  v.strictObject({
    coinType: v.string(),
    coinObjectId: hex,
    version: bigInt,
    digest,
    balance: bigInt,
    previousTransaction: digest,
  }),
  hex,
);
export const balance = v.strictObject({ coinType: v.string(), coinObjectCount: u64, totalBalance: bigInt });
export const coinMetadata = v.strictObject({
  decimals: u64,
  name: v.string(),
  symbol: v.string(),
  description: v.string(),
  iconUrl: optional(v.string()),
  id: optional(hex),
});
export const supply = v.strictObject({ value: bigInt });
export const circulatingSupply = v.strictObject({
  value: wideU64,
  circulatingSupplyPercentage: v.number(),
  atCheckpoint: u64,
});

const gasCostSummary = v.strictObject({
  computationCost: bigInt,
  computationCostBurned: bigInt,
  storageCost: bigInt,
  storageRebate: bigInt,
  nonRefundableStorageFee: bigInt,
});
const some = <S extends v.GenericSchema>(item: S) => v.optional(v.pipe(v.array(item), v.minLength(1)));
export const effects = v.strictObject({
  messageVersion: v.literal("v1"),
  status: v.union([
    v.strictObject({ status: v.literal("success") }),
    v.strictObject({ status: v.literal("failure"), error: v.string() }),
  ]),
  executedEpoch: bigInt,
  gasUsed: gasCostSummary,
  modifiedAtVersions: some(v.strictObject({ objectId: hex, sequenceNumber: bigInt })),
  sharedObjects: some(objectRef),
  transactionDigest: digest,
  created: some(ownedRef),
  mutated: some(ownedRef),
  unwrapped: some(ownedRef),
  deleted: some(objectRef),
  unwrappedThenDeleted: some(objectRef),
  wrapped: some(objectRef),
  gasObject: ownedRef,
  eventsDigest: v.optional(digest),
  dependencies: some(digest),
});

const argument = v.union([
  v.literal("GasCoin"),
  v.strictObject({ Input: u64 }),
  v.strictObject({ Result: u64 }),
  v.strictObject({ NestedResult: v.strictTuple([u64, u64]) }),
]);
const callArg = v.union([
  v.strictObject({ type: v.literal("pure"), valueType: optional(v.string()), value: v.unknown() }),
  v.strictObject({
    type: v.literal("object"),
    objectType: v.picklist(["immOrOwnedObject", "receiving"]),
    objectId: hex,
    version: bigInt,
    digest,
  }),
  v.strictObject({
    type: v.literal("object"),
    objectType: v.literal("sharedObject"),
    objectId: hex,
    initialSharedVersion: bigInt,
    mutable: v.boolean(),
  }),
]);
const command = v.union([
  v.strictObject({ TransferObjects: v.strictTuple([v.array(argument), argument]) }),
  v.strictObject({ SplitCoins: v.strictTuple([argument, v.array(argument)]) }),
  v.strictObject({ MergeCoins: v.strictTuple([argument, v.array(argument)]) }),
  v.strictObject({ MakeMoveVec: v.strictTuple([v.nullable(v.string()), v.array(argument)]) }),
]);
const transactionData = v.strictObject({
  messageVersion: v.literal("v1"),
  transaction: v.strictObject({
    kind: v.literal("ProgrammableTransaction"),
    inputs: v.array(callArg),
    transactions: v.array(command),
  }),
  sender: hex,
  gasData: v.strictObject({ payment: v.array(objectRef), owner: hex, price: bigInt, budget: bigInt }),
});
const balanceChange = v.strictObject({
  owner,
  coinType: v.string(),
  amount: v.pipe(v.string(), v.regex(/^-?[1-9][0-9]*$/)),
});
const changed = { sender: hex, objectType: v.string(), objectId: hex, version: bigInt };
const objectChange = v.union([
  v.strictObject({ type: v.literal("mutated"), ...changed, owner, previousVersion: bigInt, digest }),
  v.strictObject({ type: v.literal("created"), ...changed, owner, digest }),
  v.strictObject({ type: v.picklist(["deleted", "wrapped"]), ...changed }),
]);
const byte = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));
export const transactionResponse = v.strictObject({
  digest,
  transaction: v.optional(v.strictObject({ data: transactionData, txSignatures: v.array(base64) })),
  rawTransaction: v.optional(base64),
  effects: v.optional(effects),
  events: v.optional(v.tuple([])),
  objectChanges: v.optional(v.array(objectChange)),
  balanceChanges: v.optional(v.array(balanceChange)),
  timestampMs: v.optional(bigInt),
  confirmedLocalExecution: v.optional(v.boolean()),
  checkpoint: v.optional(bigInt),
  errors: v.optional(v.array(v.string())),
  rawEffects: v.optional(v.array(byte)),
});
export const transactionsPage = page(transactionResponse, digest);
export const eventPage = page(v.never(), v.strictObject({ txDigest: digest, eventSeq: bigInt }));
export const dryRun = v.strictObject({
  effects,
  events: v.tuple([]),
  objectChanges: v.array(objectChange),
  balanceChanges: v.array(balanceChange),
  input: transactionData,
  executionErrorSource: optional(v.string()),
  suggestedGasPrice: optional(bigInt),
});
const executionResult = v.strictObject({
  mutableReferenceOutputs: v.optional(v.array(v.tuple([argument, v.array(byte), v.string()]))),
  returnValues: v.optional(v.array(v.tuple([v.array(byte), v.string()]))),
});
export const devInspect = v.strictObject({
  effects,
  events: v.tuple([]),
  results: optional(v.array(executionResult)),
  error: optional(v.string()),
  rawTxnData: v.optional(v.array(byte)),
  rawEffects: v.optional(v.array(byte)),
});

export const checkpoint = v.strictObject({
  epoch: bigInt,
  sequenceNumber: bigInt,
  digest,
  networkTotalTransactions: bigInt,
  previousDigest: optional(digest),
  epochRollingGasCostSummary: gasCostSummary,
  timestampMs: bigInt,
  endOfEpochData: v.optional(v.null()),
  transactions: v.array(digest),
  checkpointCommitments: v.tuple([]),
  validatorSignature: base64,
});
export const checkpointPage = page(checkpoint, bigInt);

const attribute = v.nullable(
  v.union((["u16", "u32", "u64", "f64", "bool"] as const).map((type) => v.strictObject({ [type]: v.string() }))),
);
export const protocolConfig = v.strictObject({
  minSupportedProtocolVersion: bigInt,
  maxSupportedProtocolVersion: bigInt,
  protocolVersion: bigInt,
  featureFlags: v.record(v.string(), v.boolean()),
  attributes: v.record(v.string(), attribute),
});

const strings = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, v.string()]));
const bigInts = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, bigInt]));
const ids = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, hex]));
const unset = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, optional(v.string())]));

export const validator = v.strictObject({
  ...ids("iotaAddress operationCapId stakingPoolId exchangeRatesId"),
  ...strings("name description imageUrl projectUrl netAddress p2pAddress primaryAddress"),
  ...strings("authorityPubkeyBytes networkPubkeyBytes protocolPubkeyBytes proofOfPossessionBytes"),
  ...unset("nextEpochAuthorityPubkeyBytes nextEpochProofOfPossession nextEpochNetworkPubkeyBytes"),
  ...unset("nextEpochProtocolPubkeyBytes nextEpochNetAddress nextEpochP2pAddress nextEpochPrimaryAddress"),
  ...unset("stakingPoolActivationEpoch stakingPoolDeactivationEpoch effectiveCommissionRate"),
  ...bigInts("votingPower gasPrice commissionRate nextEpochStake nextEpochGasPrice nextEpochCommissionRate"),
  ...bigInts("stakingPoolIotaBalance rewardsPool poolTokenBalance pendingStake pendingTotalIotaWithdraw"),
  ...bigInts("pendingPoolTokenWithdraw exchangeRatesSize"),
});
const systemState = {
  ...bigInts("epoch protocolVersion systemStateVersion iotaTotalSupply storageFundTotalObjectStorageRebates"),
  ...bigInts("storageFundNonRefundableBalance referenceGasPrice safeModeStorageCharges safeModeStorageRebates"),
  ...bigInts(
    "safeModeNonRefundableStorageFee epochStartTimestampMs epochDurationMs minValidatorCount maxValidatorCount",
  ),
  ...bigInts("minValidatorJoiningStake validatorLowStakeThreshold validatorVeryLowStakeThreshold"),
  ...bigInts("validatorLowStakeGracePeriod totalStake pendingActiveValidatorsSize stakingPoolMappingsSize"),
  ...bigInts("inactivePoolsSize validatorCandidatesSize"),
  ...ids("iotaTreasuryCapId pendingActiveValidatorsId stakingPoolMappingsId inactivePoolsId validatorCandidatesId"),
  safeMode: v.boolean(),
  activeValidators: v.array(validator),
  pendingRemovals: v.array(bigInt),
  atRiskValidators: v.array(v.strictTuple([hex, bigInt])),
  validatorReportRecords: v.array(v.strictTuple([hex, v.array(hex)])),
};
export const systemStateV1 = v.strictObject({ ...systemState, safeModeComputationRewards: bigInt });
export const systemStateV2 = v.strictObject({
  V2: v.strictObject({
    ...systemState,
    safeModeComputationCharges: bigInt,
    safeModeComputationChargesBurned: bigInt,
    committeeMembers: v.array(bigInt),
  }),
});
export const committee = v.strictObject({ epoch: bigInt, validators: v.array(v.strictTuple([base64, bigInt])) });
export const apys = v.strictObject({
  apys: v.array(v.strictObject({ address: hex, apy: v.number() })),
  epoch: bigInt,
});

const epochMetrics = {
  epoch: bigInt,
  epochTotalTransactions: bigInt,
  firstCheckpointId: bigInt,
  epochStartTimestamp: bigInt,
  endOfEpochInfo: v.optional(v.null()),
};
export const epoch = v.strictObject({
  ...epochMetrics,
  validators: v.array(validator),
  referenceGasPrice: optional(u64),
  committeeMembers: v.optional(v.array(bigInt)),
});
export const epochPage = page(epoch, bigInt);
export const epochMetricsPage = page(v.strictObject(epochMetrics), bigInt);
export const networkMetrics = v.strictObject({
  currentTps: v.number(),
  tps30Days: v.number(),
  ...bigInts("totalPackages totalAddresses totalObjects currentEpoch currentCheckpoint"),
});
export const addressMetrics = v.strictObject({
  checkpoint: u64,
  epoch: u64,
  timestampMs: u64,
  cumulativeAddresses: u64,
  cumulativeActiveAddresses: u64,
  dailyActiveAddresses: u64,
});
export const moveCallMetrics = v.strictObject({
  rank3Days: v.tuple([]),
  rank7Days: v.tuple([]),
  rank30Days: v.tuple([]),
});
export const participation = v.strictObject({ totalAddresses: u64 });
export const emptyObjectsPage = page(v.never(), hex);
