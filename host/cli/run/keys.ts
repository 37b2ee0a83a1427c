import { toBase64 } from "@iota/iota-sdk/utils";
import { coreStarter } from "../../../platform/platforms.ts";
import { readVault } from "../../genesis/vault-key.ts";
import { peerIdOf, transportKey } from "../../network/libp2p/transport-key.ts";
import type { RunOf } from "../command.ts";
import type * as declared from "../commands/keys.ts";

export const runKeys: RunOf<typeof declared.keys> = async ({ settings, output }) => {
  const vault = await readVault(settings.trustFolder, settings.author ?? 0, coreStarter(settings.core, settings.trust));
  const publicKey = toBase64(vault.publicKey);
  const peerId = peerIdOf(await transportKey(settings.dataFolder));
  output.result({ publicKey, peerId, boot: vault.boot }, [publicKey, peerId]);
};
