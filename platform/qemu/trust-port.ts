/** Serves the vault of a machine over a port of it: one record in, one out (link.ts). */
import type { Duplex } from "node:stream";
import { LANE_NUMBERS } from "../../core/wire/frames.ts";
import { encodeRecords, RecordReader } from "../link.ts";
import type { Trust } from "../trust/trust.ts";

export interface TrustPort {
  /** Resolves when nothing is being kept any more: no other may serve the vault before. */
  ended(): Promise<void>;
}

/** A machine that says anything else than what its vault asks is not heard again. */
export function serveTrust(trust: Trust, port: Duplex): TrustPort {
  const reader = new RecordReader();
  let under: Promise<void> = Promise.resolve();
  port.on("error", () => {}); // that the machine ends is told by whoever runs it
  port.on("data", (piece: Uint8Array) => {
    try {
      for (const record of reader.push(piece)) {
        if (record.kind !== "frame" || record.lane !== "vaultToTrust") continue;
        const request = record.bytes.slice();
        under = under.then(async () => {
          const answer = await trust.serve(request);
          if (port.writable) port.write(encodeRecords(LANE_NUMBERS.trustToVault, [answer]));
        });
      }
    } catch {
      port.destroy();
    }
  });
  return { ended: () => under };
}
