/** topology.h: the topology, and the numbers of frames that platform code in C must know, for every image. */
import { codeNumber, TrustFailure } from "../../core/wire/codes.ts";
import { LANE_NUMBERS, LANES, type LaneName } from "../../core/wire/frames.ts";
import { MAX_FRAME_BYTES, MAX_SEALED_BYTES, PUBLIC_KEY_BYTES } from "../../core/wire/limits.ts";
import { screaming } from "../../core/wire/names.ts";
import { RECORD_ATTESTATION, RECORD_FAULT, RECORD_SERVED } from "../link.ts";
import { COMPONENTS, type ComponentName, type End, INSTANCES, LINKED, ON_FAULT, TOPOLOGY } from "../topology.ts";
import { MEASURED_REGISTER, QUOTED_REGISTERS } from "../tpm/registers.ts";

const ENDS: readonly End[] = [...COMPONENTS, "trust", "host"];
const laneNames = Object.keys(LANES) as LaneName[];

/** An enumeration with these numbers. */
function enumeration(tag: string, values: Readonly<Record<string, number>>): string {
  const lines = Object.entries(values).map(([name, value]) => `  ${name} = ${value},`);
  return [`enum ${tag ? `${tag} ` : ""}{`, ...lines, "};"].join("\n");
}

const table = (type: string, name: string, values: readonly (string | number)[]): string =>
  `static const ${type} ${name}[] = {${values.join(", ")}};`;

/** Numbers of the variants that a lane's union has. */
function variants(lane: "vaultToTrust" | "trustToVault" | "vaultToLedger"): Record<string, number> {
  const { shape } = LANES[lane];
  if (shape.kind !== "union") throw new Error(`lane ${lane} does not carry a union`);
  return Object.fromEntries([...shape.variants.keys()].map((name, i) => [`${screaming(lane)}_${screaming(name)}`, i]));
}

const numbered = (prefix: string, names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [`${prefix}${screaming(name)}`, i]));

export function topologyHeader(): string {
  const failures = Object.keys(TrustFailure) as (keyof typeof TrustFailure)[];
  const yes = (test: (name: ComponentName) => boolean) => COMPONENTS.map((name) => (test(name) ? 1 : 0));
  return `${[
    "/* Made by platform/image/topology-header.ts of platform/topology.ts and core/wire. */",
    "#ifndef CAISSON_TOPOLOGY_H",
    "#define CAISSON_TOPOLOGY_H",
    "#include <stdint.h>",
    enumeration("", {
      COMPONENTS: COMPONENTS.length,
      ENDS: ENDS.length,
      LANES: laneNames.length,
      HOST_LANES: LINKED.length,
    }),
    `#define FOR_EACH_COMPONENT(X) ${COMPONENTS.map((name) => `X(${name})`).join(" ")}`,
    enumeration("", { MAX_FRAME_BYTES, MAX_SEALED_BYTES, PUBLIC_KEY_BYTES }),
    "/* Registers of a TPM: the one that the image is measured into, and, as bits, those that keys are sealed to. */",
    enumeration("", {
      MEASURED_PCR: MEASURED_REGISTER,
      QUOTED_PCRS: QUOTED_REGISTERS.reduce((bits, register) => bits | (1 << register), 0),
    }),
    enumeration("end", numbered("END_", ENDS)),
    enumeration("", Object.fromEntries(laneNames.map((lane) => [`LANE_${screaming(lane)}`, LANE_NUMBERS[lane]]))),
    "/* In a lane's place: the record is the platform's own (platform/link.ts). */",
    `#define RECORD_SERVED UINT32_C(${RECORD_SERVED})`,
    `#define RECORD_FAULT UINT32_C(${RECORD_FAULT})`,
    `#define RECORD_ATTESTATION UINT32_C(${RECORD_ATTESTATION})`,
    "struct lane {\n  uint8_t from, to;\n};",
    table(
      "struct lane __attribute__((unused))",
      "lanes",
      laneNames.map((lane) => `{${ENDS.indexOf(TOPOLOGY[lane].from)}, ${ENDS.indexOf(TOPOLOGY[lane].to)}}`),
    ),
    table(
      "char *const __attribute__((unused))",
      "end_names",
      ENDS.map((end) => `"${end}"`),
    ),
    table(
      "uint8_t __attribute__((unused))",
      "has_host_lane",
      yes((name) => LINKED.includes(name)),
    ),
    table(
      "uint8_t __attribute__((unused))",
      "restarts_alone",
      yes((name) => ON_FAULT[name] === "restart-instance"),
    ),
    table(
      "uint8_t __attribute__((unused))",
      "has_many",
      yes((name) => INSTANCES[name] === "many"),
    ),
    enumeration("", variants("vaultToTrust")),
    enumeration("", variants("trustToVault")),
    enumeration("", variants("vaultToLedger")),
    enumeration(
      "trust_failure",
      Object.fromEntries(failures.map((name) => [`TRUST_${screaming(name)}`, codeNumber(TrustFailure, name)])),
    ),
    table("char *const __attribute__((unused))", "trust_failures", [
      '"none"',
      ...failures.map((name) => JSON.stringify(TrustFailure[name])),
    ]),
    "#endif",
  ].join("\n\n")}\n`;
}
