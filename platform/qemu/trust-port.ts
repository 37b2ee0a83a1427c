/** Serves the vault of a machine over a port of it: one record in, one out (link.ts). Where the machine has a TPM, that asks in the vault's place, and may attest. */
import type { Duplex } from "node:stream";
import { LANE_NUMBERS } from "../../core/wire/frames.ts";
import { encodeRecords, RECORD_ATTESTATION, RecordReader } from "../link.ts";
import type { Core } from "../runner.ts";
import type { Trust } from "../trust/trust.ts";

/** While its TPM works, a machine does nothing else: so who asks, whoever it is, does not keep it from its work for long. */
const MAX_ASKED = 4;

export interface TrustPort {
  /** Of a machine with a TPM; undefined also when several wait already. */
  readonly attest: NonNullable<Core["attest"]>;
  /** Resolves when nothing is being kept any more: no other may serve the vault before. */
  ended(): Promise<void>;
}

/** A machine that says anything else than what its vault asks is not heard again. */
export function serveTrust(trust: Trust, port: Duplex): TrustPort {
  const reader = new RecordReader();
  const asked: ((attested: Uint8Array | undefined) => void)[] = [];
  let under: Promise<void> = Promise.resolve();
  const keep = (request: Uint8Array) => {
    under = under.then(async () => {
      const answer = await trust.serve(request);
      if (port.writable) port.write(encodeRecords(LANE_NUMBERS.trustToVault, [answer]));
    });
  };
  port.on("error", () => {}); // that the machine ends is told by whoever runs it
  port.on("close", () => {
    for (const tell of asked.splice(0)) tell(undefined);
  });
  port.on("data", (piece: Uint8Array) => {
    try {
      for (const record of reader.push(piece)) {
        if (record.kind === "frame" && record.lane === "vaultToTrust") keep(record.bytes.slice());
        if (record.kind === "attestation") asked.shift()?.(record.bytes.length > 0 ? record.bytes.slice() : undefined);
      }
    } catch {
      port.destroy();
    }
  });
  const attest = (nonce: Uint8Array) =>
    new Promise<Uint8Array | undefined>((tell) => {
      if (!port.writable || asked.length === MAX_ASKED) return tell(undefined);
      asked.push(tell);
      port.write(encodeRecords(RECORD_ATTESTATION, [nonce]));
    });
  return { attest, ended: () => under };
}
