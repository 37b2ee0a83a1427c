/** Functions that `execute` has built in (core/execute/commands/call.ts), as a client asks for a Move function: `IotaMoveNormalizedFunction`. */
import { CAPABILITY_STRUCT, COMMITTEE_MODULE, COMMITTEE_PACKAGE, LIST_STRUCT } from "../../format/committee.ts";

const struct = (address: string, module: string, name: string) => ({
  Struct: { address, module, name, typeArguments: [] },
});

const LIST = { MutableReference: struct(COMMITTEE_PACKAGE, COMMITTEE_MODULE, LIST_STRUCT) };
const CAPABILITY = { Reference: struct(COMMITTEE_PACKAGE, COMMITTEE_MODULE, CAPABILITY_STRUCT) };
const TEXT = struct("0x1", "string", "String");
const BYTES = { Vector: "U8" };

const PARAMETERS: Readonly<Record<string, readonly object[]>> = {
  add: [LIST, CAPABILITY, TEXT, BYTES, TEXT],
  remove: [LIST, CAPABILITY, TEXT],
};

/** Undefined for every other function. */
export function builtIn(address: string, module: string, name: string): object | undefined {
  const known = address === COMMITTEE_PACKAGE && module === COMMITTEE_MODULE && Object.hasOwn(PARAMETERS, name);
  if (!known) return undefined;
  return { visibility: "Public", isEntry: false, typeParameters: [], parameters: PARAMETERS[name], return: [] };
}
