/**
 * Stakes (iotaledger/iota crates/iota-json-rpc/src/governance_api.rs). Staking is a Move call, so nobody has staked, and no object is
 * a stake.
 */
import * as v from "valibot";
import type { Store } from "../../store/store.ts";
import { type Method, method, required } from "../method.ts";
import { invalidInput, RPC_CODE, RpcError } from "../rpc-error.ts";
import { address, addressText } from "../schemas.ts";
import { committeeOf, validatorAddress } from "../views/system-state.ts";

const TAG = "Governance Read API";
const owner = required(address, "the owner");
const ids = required(v.array(address), "ids of stakes");

const getStakes = method({
  name: "iotax_getStakes",
  tag: TAG,
  description: "Return what an address has staked.",
  params: { owner },
  result: { name: "Vec<DelegatedStake>", description: "none" },
  handle: () => [],
});

const getTimelockedStakes = method({
  name: "iotax_getTimelockedStakes",
  tag: TAG,
  description: "Return what an address has staked of timelocked coins.",
  params: { owner },
  result: { name: "Vec<DelegatedTimelockedStake>", description: "none" },
  handle: () => [],
});

const getStakesByIds = method({
  name: "iotax_getStakesByIds",
  tag: TAG,
  description: "Return stakes by id.",
  params: { staked_iota_ids: ids },
  result: { name: "Vec<DelegatedStake>", description: "none, when none is asked for" },
  handle: ({ node }, { staked_iota_ids }) => stakesByIds(node.store, staked_iota_ids, "StakedIota"),
});

const getTimelockedStakesByIds = method({
  name: "iotax_getTimelockedStakesByIds",
  tag: TAG,
  description: "Return stakes of timelocked coins by id.",
  params: { timelocked_staked_iota_ids: ids },
  result: { name: "Vec<DelegatedTimelockedStake>", description: "none, when none is asked for" },
  handle: ({ node }, params) => stakesByIds(node.store, params.timelocked_staked_iota_ids, "TimelockedStakedIota"),
});

/** Upstream first looks up all ids, then finds out what they are: UserInputError::ObjectNotFound, IotaError::Type. */
function stakesByIds(store: Store, ids: readonly Uint8Array[], type: string): readonly never[] {
  const unknown = ids.find((id) => !store.head(id));
  if (unknown) throw invalidInput(`Could not find the referenced object ${addressText(unknown)} at version None`);
  if (ids.length === 0) return [];
  const text = `Type error while binding function arguments: "Object type is not a ${type}: ${addressText(ids[0]!)}".`;
  throw new RpcError(RPC_CODE.callExecutionFailed, text);
}

const getValidatorsApy = method({
  name: "iotax_getValidatorsApy",
  tag: TAG,
  description: "Return the annual yield of staking with each validator.",
  params: {},
  result: { name: "ValidatorApys", description: "zero: no exchange rate of a staking pool has changed yet" },
  handle: ({ node }) => ({
    apys: committeeOf(node, node.environment.epoch).map(({ publicKey }) => ({
      address: validatorAddress(publicKey),
      apy: 0,
    })),
    epoch: String(node.environment.epoch),
  }),
});

export const stakeMethods: readonly Method[] = [
  getStakes,
  getStakesByIds,
  getTimelockedStakes,
  getTimelockedStakesByIds,
  getValidatorsApy,
];
