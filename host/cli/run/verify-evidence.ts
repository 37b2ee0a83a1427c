import { readFileSync } from "node:fs";
import { IotaClient } from "@iota/iota-sdk/client";
import { type GenesisFile, readGenesis } from "../../genesis/genesis.ts";
import { genesisAnchor } from "../../light/genesis-anchor.ts";
import { loadLightModules } from "../../light/modules.ts";
import { type VerifiedEquivocation, verifyEquivocations } from "../../light/verify-equivocation.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { CommandError } from "../failure.ts";

export const verifyEvidenceCommand: RunOf<typeof declared.verifyEvidence> = async ({ settings, output }) => {
  const genesis = readGenesis(settings.genesis);
  const evidence = settings.file
    ? readEvidence(settings.file)
    : await new IotaClient({ url: settings.rpc }).call<unknown>("caisson_getEquivocations", []);
  const { verify } = await loadLightModules();
  const verified = verifyEquivocations(verify, genesisAnchor(genesis), evidence);
  output.result(
    { chain: genesis.digest, equivocations: verified, evidence },
    verified.length === 0
      ? ["There is no evidence against anybody."]
      : [...verified.flatMap((one) => lines(genesis, one)), "Each is signed by the key that the genesis file names."],
  );
};

function lines({ committee }: GenesisFile, { author, round, digests }: VerifiedEquivocation): string[] {
  return [
    `verified: validator ${author} (${committee[author]?.name}) signed two blocks for round ${round}`,
    ...digests.map((digest) => `  block      ${digest}`),
  ];
}

/** What the node answers, or what this command printed with --json. Throws CommandError. */
function readEvidence(path: string): unknown {
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof json === "object" && json !== null && "evidence" in json ? json.evidence : json;
  } catch (error) {
    throw new CommandError("noEvidence", `${path}: ${error instanceof Error ? error.message : error}`);
  }
}
