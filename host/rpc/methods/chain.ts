/** The chain itself: its name, its rules, its gas price (iotaledger/iota crates/iota-json-rpc/src/{read_api,governance_api}.rs). */
import { PROTOCOL_CONFIG } from "../../../core/wire/protocol-38.ts";
import { chainIdentifier } from "../../genesis/genesis.ts";
import { type Method, method, optional } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import { u64 } from "../schemas.ts";

const getChainIdentifier = method({
  name: "iota_getChainIdentifier",
  tag: "Read API",
  description: "Return the first four bytes of the genesis checkpoint's digest, in hex.",
  params: {},
  result: { name: "String", description: "eight hex digits" },
  handle: ({ node }) => chainIdentifier(node.chain),
});

const getProtocolConfig = method({
  name: "iota_getProtocolConfig",
  tag: "Read API",
  description: "Return the table of a protocol version; that of the current epoch when none is named.",
  params: { version: optional(u64, "protocol version") },
  result: { name: "ProtocolConfigResponse", description: "feature flags and attributes" },
  handle: (_, { version }) => {
    const { minSupportedProtocolVersion: min, maxSupportedProtocolVersion: max, protocolVersion } = PROTOCOL_CONFIG;
    if (version === undefined || String(version) === protocolVersion) return PROTOCOL_CONFIG;
    throw invalidInput(`Unsupported protocol version requested. Min supported: ${min}, max supported: ${max}`);
  },
});

const getReferenceGasPrice = method({
  name: "iotax_getReferenceGasPrice",
  tag: "Governance Read API",
  description: "Return the reference gas price of the current epoch, in NANOS a unit of computation.",
  params: {},
  result: { name: "BigInt<u64>", description: "a decimal string" },
  handle: ({ node }) => String(node.environment.referenceGasPrice),
});

export const chainMethods: readonly Method[] = [getChainIdentifier, getProtocolConfig, getReferenceGasPrice];
