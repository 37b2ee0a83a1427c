/**
 * The system state and the committee in JSON: iotaledger/iota
 * crates/iota-json-rpc-types/src/{iota_system_state_summary,iota_governance}.rs. There are no system objects, no stake and no
 * staking pools here, so their ids are zero and their sums too; validators are those of the committee in force.
 */
import { fromBase64, toBase64 } from "@iota/iota-sdk/utils";
import { attribute } from "../../../core/wire/protocol-38.ts";
import { committeeAt, type MemberInForce } from "../../epoch.ts";
import { blake2b256 } from "../../format/digest.ts";
import { ZERO_ADDRESS } from "../../format/transaction.ts";
import type { GenesisFile } from "../../genesis/genesis.ts";
import type { RpcNode } from "../context.ts";
import { addressText } from "../schemas.ts";

type Chain = Pick<RpcNode, "genesis" | "environment" | "store">;
/** `publicKey`: base64 of an ML-DSA-65 key. */
type Validator = Pick<MemberInForce, "name" | "network"> & { readonly publicKey: string };

/** `TOTAL_VOTING_POWER` of crates/iota-types/src/committee.rs: what a committee's members share. */
const TOTAL_VOTING_POWER = 10_000;
/** Of a genesis whose epochs do not end. Clients that think theirs is over wait for the next one, so they are told of a hundred years. */
const NEVER = "0";
const ENDLESS_MS = String(100n * 365n * 24n * 60n * 60n * 1_000n);
/** Version of upstream's Move struct that has the members of IotaSystemStateSummaryV2. */
const SYSTEM_STATE_VERSION = "2";
/** Signature scheme of ML-DSA-65 keys, which an address is derived from as from any other scheme's. */
const FLAG_MLDSA65 = 0x21;

const limit = (name: string): string => String(attribute(name));

/** NANOS that genesis minted. What is burned since is told by each epoch's last checkpoint (`epochSupplyChange`), and not taken off here. */
export function totalSupply({ coins }: GenesisFile): bigint {
  return coins.reduce((sum, { balance }) => sum + BigInt(balance), 0n);
}

export function systemStateV2(chain: Chain): object {
  return {
    ...common(chain),
    safeModeComputationCharges: "0",
    safeModeComputationChargesBurned: "0",
    committeeMembers: committeeMembers(chain),
  };
}

export function systemStateV1(chain: Chain): object {
  return { ...common(chain), safeModeComputationRewards: "0" };
}

function common(chain: Chain): object {
  const { genesis, environment } = chain;
  return {
    epoch: String(environment.epoch),
    protocolVersion: String(environment.protocolVersion),
    systemStateVersion: SYSTEM_STATE_VERSION,
    iotaTotalSupply: String(totalSupply(genesis)),
    iotaTreasuryCapId: ZERO_ADDRESS,
    storageFundTotalObjectStorageRebates: "0",
    storageFundNonRefundableBalance: "0",
    referenceGasPrice: String(environment.referenceGasPrice),
    safeMode: false,
    safeModeStorageCharges: "0",
    safeModeStorageRebates: "0",
    safeModeNonRefundableStorageFee: "0",
    epochStartTimestampMs: String(environment.epochStartMs),
    epochDurationMs: genesis.epochDurationMs === NEVER ? ENDLESS_MS : genesis.epochDurationMs,
    minValidatorCount: limit("min_validator_count"),
    maxValidatorCount: limit("max_validator_count"),
    minValidatorJoiningStake: limit("min_validator_joining_stake"),
    validatorLowStakeThreshold: limit("validator_low_stake_threshold"),
    validatorVeryLowStakeThreshold: limit("validator_very_low_stake_threshold"),
    validatorLowStakeGracePeriod: limit("validator_low_stake_grace_period"),
    totalStake: "0",
    activeValidators: validatorsJson(chain),
    pendingActiveValidatorsId: ZERO_ADDRESS,
    pendingActiveValidatorsSize: "0",
    pendingRemovals: [],
    stakingPoolMappingsId: ZERO_ADDRESS,
    stakingPoolMappingsSize: "0",
    inactivePoolsId: ZERO_ADDRESS,
    inactivePoolsSize: "0",
    validatorCandidatesId: ZERO_ADDRESS,
    validatorCandidatesSize: "0",
    atRiskValidators: [],
    validatorReportRecords: [],
  };
}

export function validatorsJson(chain: Chain, epoch = chain.environment.epoch): object[] {
  const committee = committeeOf(chain, epoch);
  return committee.map((validator, index) =>
    validatorJson(validator, votingPower(committee.length, index), chain.environment.referenceGasPrice),
  );
}

/** Of the epoch in force, or an earlier one. */
export function committeeOf({ genesis, store }: Chain, epoch: bigint): Validator[] {
  return committeeAt(genesis, store, epoch).map(({ publicKey, ...member }) => ({
    ...member,
    publicKey: toBase64(publicKey),
  }));
}

/** Indices of the committee among the validators: all of them. */
export function committeeMembers(chain: Chain, epoch = chain.environment.epoch): string[] {
  return committeeOf(chain, epoch).map((_, index) => String(index));
}

/** `publicKey`: base64 of an ML-DSA-65 key. */
export function validatorAddress(publicKey: string): string {
  return addressText(blake2b256(Uint8Array.of(FLAG_MLDSA65, ...fromBase64(publicKey))));
}

/** Equal shares; what cannot be divided goes to the first ones, a unit each. */
function votingPower(members: number, index: number): number {
  const share = Math.floor(TOTAL_VOTING_POWER / members);
  return share + (index < TOTAL_VOTING_POWER % members ? 1 : 0);
}

/** `IotaValidatorSummary`. One key signs blocks and checkpoints alike; what neither the list of validators nor the genesis file says is empty. */
function validatorJson({ name, publicKey, network }: Validator, power: number, gasPrice: bigint): object {
  return {
    iotaAddress: validatorAddress(publicKey),
    authorityPubkeyBytes: publicKey,
    networkPubkeyBytes: "",
    protocolPubkeyBytes: publicKey,
    proofOfPossessionBytes: "",
    name,
    description: "",
    imageUrl: "",
    projectUrl: "",
    netAddress: "",
    p2pAddress: network?.addresses[0] ?? "",
    primaryAddress: "",
    nextEpochAuthorityPubkeyBytes: null,
    nextEpochProofOfPossession: null,
    nextEpochNetworkPubkeyBytes: null,
    nextEpochProtocolPubkeyBytes: null,
    nextEpochNetAddress: null,
    nextEpochP2pAddress: null,
    nextEpochPrimaryAddress: null,
    votingPower: String(power),
    operationCapId: ZERO_ADDRESS,
    gasPrice: String(gasPrice),
    commissionRate: "0",
    effectiveCommissionRate: String(power),
    nextEpochStake: "0",
    nextEpochGasPrice: String(gasPrice),
    nextEpochCommissionRate: "0",
    stakingPoolId: ZERO_ADDRESS,
    stakingPoolActivationEpoch: "0",
    stakingPoolDeactivationEpoch: null,
    stakingPoolIotaBalance: "0",
    rewardsPool: "0",
    poolTokenBalance: "0",
    pendingStake: "0",
    pendingTotalIotaWithdraw: "0",
    pendingPoolTokenWithdraw: "0",
    exchangeRatesId: ZERO_ADDRESS,
    exchangeRatesSize: "0",
  };
}

/** `IotaCommittee`. */
export function committeeJson(chain: Chain, epoch = chain.environment.epoch): object {
  const committee = committeeOf(chain, epoch);
  return {
    epoch: String(epoch),
    validators: committee.map(({ publicKey }, index) => [publicKey, String(votingPower(committee.length, index))]),
  };
}
