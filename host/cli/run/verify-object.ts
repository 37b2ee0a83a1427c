import { IotaClient } from "@iota/iota-sdk/client";
import { toBase64 } from "@iota/iota-sdk/utils";
import type { ObjectView, OwnerView } from "../../format/object.ts";
import { readGenesis } from "../../genesis/genesis.ts";
import { genesisAnchor } from "../../light/genesis-anchor.ts";
import { loadLightModules } from "../../light/modules.ts";
import { type VerifiedObject, verifyObject } from "../../light/verify-object.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/client.ts";
import { isoTime } from "./transaction-lines.ts";

export const verifyObjectCommand: RunOf<typeof declared.verifyObject> = async ({
  settings,
  output,
  arguments: [id],
}) => {
  const genesis = readGenesis(settings.genesis);
  const anchor = { ...genesisAnchor(genesis), notBefore: settings.notBefore };
  const answer = await new IotaClient({ url: settings.rpc }).call<unknown>("caisson_getObjectProof", [id]);
  const verified = verifyObject(await loadLightModules(), anchor, id!, answer);
  output.result(
    {
      objectId: id,
      present: verified.present,
      object: verified.object && jsonObject(verified.object),
      checkpoint: verified.checkpoint,
      chain: genesis.digest,
      proves: "inclusion at this checkpoint, not freshness",
    },
    lines(id!, genesis.digest, verified),
  );
};

function lines(id: string, chain: string, { object, checkpoint }: VerifiedObject): string[] {
  const { sequence, digest, timestampMs } = checkpoint;
  const found = object
    ? [
        `verified: object ${id}`,
        `  type       ${object.type ?? "package"}`,
        `  version    ${object.version}`,
        `  digest     ${object.digest}`,
        `  owner      ${ownerOf(object.owner)}`,
        ...(object.balance === undefined ? [] : [`  balance    ${object.balance}`]),
      ]
    : [`verified: there is no object ${id}`];
  return [
    ...found,
    `at checkpoint ${sequence} (${digest}) of ${isoTime(timestampMs)}`,
    `of chain ${chain}, certified by its committee.`,
    "This proves what was at that checkpoint. Whether it is so still, nothing proves: the node may know newer ones.",
  ];
}

/** `contents`: BCS of the Move struct, in base64. */
function jsonObject({ version, digest, type, owner, balance, contents }: ObjectView): object {
  return { version, digest, type, owner, balance, contents: toBase64(contents) };
}

function ownerOf(owner: OwnerView): string {
  switch (owner.kind) {
    case "address":
      return owner.address;
    case "object":
      return `object ${owner.address}`;
    case "shared":
      return `everyone (shared since version ${owner.initialVersion})`;
    case "immutable":
      return "immutable";
  }
}
