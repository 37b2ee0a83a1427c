/** The OpenRPC document of `rpc.discover`, made from the registry, so that it cannot say anything else than what is served. */
import type * as v from "valibot";
import type { Method, Param } from "./method.ts";

/** Version of the OpenRPC specification, as in upstream's document (crates/iota-open-rpc/spec/openrpc.json). */
const OPENRPC_VERSION = "1.2.6";

type JsonSchema = Readonly<Record<string, unknown>>;

/** `version` is what the SDK's getRpcApiVersion gives. */
export function openRpcDocument(methods: readonly Method[], version: string): object {
  return {
    openrpc: OPENRPC_VERSION,
    info: {
      title: "Caisson JSON-RPC",
      description:
        "JSON-RPC of an IOTA-compatible ledger node. Methods iota_* and iotax_* are upstream's; caisson_* are this node's own.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
      version,
    },
    methods: [...methods]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, tag, description, params, result }) => ({
        name,
        tags: [{ name: tag }],
        description,
        params: Object.entries(params).map(([param, declared]) => describeParam(param, declared)),
        result: { name: result.name, description: result.description, required: true, schema: {} },
      })),
  };
}

function describeParam(name: string, { schema, required, description }: Param): object {
  return { name, description, required, schema: jsonSchema(schema) };
}

interface SchemaNode {
  readonly type: string;
  readonly kind: string;
  readonly pipe?: readonly SchemaNode[];
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly options?: readonly (SchemaNode | string)[];
  readonly item?: SchemaNode;
  readonly items?: readonly SchemaNode[];
  readonly wrapped?: SchemaNode;
  readonly literal?: unknown;
}

/** JSON Schema of what a valibot schema takes; what it cannot say stays open. */
function jsonSchema(schema: v.GenericSchema<unknown, unknown>): JsonSchema {
  return describe(schema as unknown as SchemaNode);
}

function describe(node: SchemaNode): JsonSchema {
  const { type } = node;
  switch (type) {
    case "string":
    case "boolean":
      return { type };
    case "number":
      return { type: node.pipe?.some((action) => action.type === "safe_integer") ? "integer" : "number" };
    case "array":
      return { type, items: describe(node.item!) };
    case "tuple":
      return { type: "array", prefixItems: node.items!.map(describe) };
    case "object":
    case "strict_object":
      return {
        type: "object",
        properties: Object.fromEntries(Object.entries(node.entries!).map(([key, entry]) => [key, describe(entry)])),
      };
    case "union":
      return { anyOf: (node.options as readonly SchemaNode[]).map(describe) };
    case "picklist":
      return { enum: node.options };
    case "literal":
      return { const: node.literal };
    case "optional":
    case "nullish":
    case "nullable":
      return describe(node.wrapped!);
    default:
      return {};
  }
}
