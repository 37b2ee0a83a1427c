/** A core whose trust says that a state is sealed before it is: what no platform may do. To show that it would be noticed. */
import { TrustToVault, VaultToTrust } from "../../core/wire/frames.ts";
import { decode, encode } from "../../core/wire/schema.ts";
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import type { StartCore } from "../../platform/runner.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";
import type { Trust } from "../../platform/trust/trust.ts";

/** How long after its answer it begins to write. */
const LATE_MS = 20;

class HastyTrust implements Trust {
  readonly trusts = [];
  readonly #honest: FileTrust;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#honest = new FileTrust(folder);
  }

  async serve(frame: Uint8Array): Promise<Uint8Array> {
    const asked = decode(VaultToTrust, frame);
    if (asked.kind !== "seal") return this.#honest.serve(frame);
    this.#writing = this.#writing
      .then(() => new Promise((resolve) => setTimeout(resolve, LATE_MS)))
      .then(() => this.#honest.serve(frame));
    return encode(TrustToVault, { kind: "sealed", generation: asked.generation });
  }
}

export const startHasty: StartCore = async ({ configs, trustFolder }, listener) =>
  startInlineCore({ modules: await loadModules(), configs, trust: new HastyTrust(trustFolder!) }, listener);
