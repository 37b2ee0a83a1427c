/**
 * Validators and the system state (iotaledger/iota crates/iota-json-rpc/src/governance_api.rs). This chain has no system objects:
 * what upstream reads from 0x5 is made of the genesis file, whose numbers hold until the first change of epoch.
 */
import { type Method, method, optional } from "../method.ts";
import { RPC_CODE, RpcError } from "../rpc-error.ts";
import { u64 } from "../schemas.ts";
import { committeeJson, systemStateV1, systemStateV2 } from "../views/system-state.ts";

const getLatestIotaSystemStateV2 = method({
  name: "iotax_getLatestIotaSystemStateV2",
  tag: "Governance Read API",
  description: "Return the system state of the current epoch, as its genesis file makes it.",
  params: {},
  result: { name: "IotaSystemStateSummary", description: "{ V2: the system state }" },
  handle: ({ node }) => ({ V2: systemStateV2(node) }),
});

const getLatestIotaSystemState = method({
  name: "iotax_getLatestIotaSystemState",
  tag: "Governance Read API",
  description: "Return the system state in the form of protocol versions below 5, for old clients.",
  params: {},
  result: { name: "IotaSystemStateSummaryV1", description: "the system state" },
  handle: ({ node }) => systemStateV1(node),
});

const getCommitteeInfo = method({
  name: "iotax_getCommitteeInfo",
  tag: "Governance Read API",
  description: "Return the committee of an epoch: each validator's ML-DSA-65 key in base64, and its voting power.",
  params: { epoch: optional(u64, "the epoch; the current one when left out") },
  result: { name: "IotaCommittee", description: "the committee" },
  handle: ({ node }, { epoch }) => {
    if (epoch !== undefined && epoch > node.environment.epoch) {
      throw new RpcError(RPC_CODE.internalError, `Missing committee information for epoch ${epoch}`);
    }
    return committeeJson(node, epoch);
  },
});

export const governanceMethods: readonly Method[] = [
  getLatestIotaSystemStateV2,
  getLatestIotaSystemState,
  getCommitteeInfo,
];
