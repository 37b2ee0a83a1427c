/**
 * Move packages (iotaledger/iota crates/iota-json-rpc/src/move_utils.rs). This chain has none, so what is looked for is not there, in
 * upstream's own words; but for the functions that `execute` has built in, whose types clients ask for before they call one.
 */
import * as v from "valibot";
import { viewObject } from "../../format/object.ts";
import type { Store } from "../../store/store.ts";
import { type Method, method, required } from "../method.ts";
import { invalidInput, type RpcError, unsupported } from "../rpc-error.ts";
import { address, addressText } from "../schemas.ts";
import { builtIn } from "../views/built-in.ts";

const TAG = "Move Utils";
const packageId = required(address, "the package's id");
const module = required(v.string(), "the module's name");

const getMoveFunctionArgTypes = method({
  name: "iota_getMoveFunctionArgTypes",
  tag: TAG,
  description: "Return what the arguments of a Move function are: pure values, or objects.",
  params: { package: packageId, module, function: required(v.string(), "the function's name") },
  result: { name: "Vec<MoveFunctionArgType>", description: "the arguments" },
  handle: ({ node }, params) => refuse(node.store, params.package),
});

const getNormalizedMoveModulesByPackage = method({
  name: "iota_getNormalizedMoveModulesByPackage",
  tag: TAG,
  description: "Return the modules of a package.",
  params: { package: packageId },
  result: { name: "BTreeMap<String, IotaMoveNormalizedModule>", description: "modules by name" },
  handle: ({ node }, params) => refuse(node.store, params.package),
});

const getNormalizedMoveModule = method({
  name: "iota_getNormalizedMoveModule",
  tag: TAG,
  description: "Return a module.",
  params: { package: packageId, module_name: module },
  result: { name: "IotaMoveNormalizedModule", description: "the module" },
  handle: ({ node }, params) => refuse(node.store, params.package),
});

const getNormalizedMoveStruct = method({
  name: "iota_getNormalizedMoveStruct",
  tag: TAG,
  description: "Return a struct of a module.",
  params: { package: packageId, module_name: module, struct_name: required(v.string(), "the struct's name") },
  result: { name: "IotaMoveNormalizedStruct", description: "the struct" },
  handle: ({ node }, params) => refuse(node.store, params.package),
});

const getNormalizedMoveFunction = method({
  name: "iota_getNormalizedMoveFunction",
  tag: TAG,
  description: "Return a function of a module.",
  params: { package: packageId, module_name: module, function_name: required(v.string(), "the function's name") },
  result: { name: "IotaMoveNormalizedFunction", description: "the function" },
  handle: ({ node }, params) =>
    builtIn(addressText(params.package), params.module_name, params.function_name) ??
    refuse(node.store, params.package),
});

function refuse(store: Store, id: Uint8Array): never {
  throw refusal(store.object(id), addressText(id));
}

function refusal(object: Uint8Array | undefined, id: string): RpcError {
  if (!object) return invalidInput(`Package object does not exist with ID ${id}`);
  if (!viewObject(object).modules) return invalidInput(`Object is not a package with ID ${id}`);
  return unsupported("reading packages needs a Move virtual machine, which this node does not have");
}

export const moveMethods: readonly Method[] = [
  getMoveFunctionArgTypes,
  getNormalizedMoveModulesByPackage,
  getNormalizedMoveModule,
  getNormalizedMoveStruct,
  getNormalizedMoveFunction,
];
