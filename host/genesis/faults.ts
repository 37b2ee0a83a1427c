/** Which faults a chain's committees outlast, as a genesis file and the command line say it: `FaultRule` of core/wire/frames.ts. */
import * as v from "valibot";
import { FAULT_KINDS, type FaultRule } from "../../core/wire/thresholds.ts";

const MAX_U16 = 0xffff;
const members = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_U16));

/** `b` members whose cores can equivocate, `c` others with hostile hosts, `k` that a fast path may do without besides. */
export const FaultsSchema = v.variant("rule", [
  v.strictObject({ rule: v.literal("classic") }),
  v.strictObject({ rule: v.literal("three-delays"), b: members, c: members }),
  v.strictObject({ rule: v.literal("two-delays"), b: members, c: members }),
  v.strictObject({ rule: v.literal("fast-path"), b: members, c: members, k: members }),
]);
export type FaultsText = v.InferOutput<typeof FaultsSchema>;

const KINDS: Record<FaultsText["rule"], (typeof FAULT_KINDS)[number]> = {
  classic: "classic",
  "three-delays": "threeDelays",
  "two-delays": "twoDelays",
  "fast-path": "fastPath",
};

export function faultRule({ rule, ...numbers }: FaultsText): FaultRule {
  return { kind: FAULT_KINDS.indexOf(KINDS[rule]), b: 0, c: 0, k: 0, ...numbers };
}

/** What `parseFaults` takes, for people. */
export const FAULTS_FORMS = "classic; three-delays,b=0,c=1; two-delays,b=0,c=1; or fast-path,b=0,c=1,k=1";

/** The rule of a text like `fast-path,b=0,c=1,k=1`; undefined: the text is none. */
export function parseFaults(text: string): FaultsText | undefined {
  const [rule, ...pairs] = text.split(",");
  const numbers = pairs.map((pair) => /^([bck])=([0-9]{1,5})$/.exec(pair));
  if (numbers.includes(null) || new Set(numbers.map((found) => found![1])).size < pairs.length) return undefined;
  const result = v.safeParse(FaultsSchema, {
    rule,
    ...Object.fromEntries(numbers.map((found) => [found![1], Number(found![2])])),
  });
  return result.success ? result.output : undefined;
}
