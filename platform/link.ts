/**
 * Records between the host and a core that is not in its process: {lane u32, length u32, bytes}, little-endian, one after another over a
 * stream. Besides frames, the core says how far it has served a lane, and that an instance was started again.
 */
import { LANES, type LaneName } from "../core/wire/frames.ts";
import { MAX_FRAME_BYTES } from "../core/wire/limits.ts";
import type { Load } from "./credit.ts";

const HEADER_BYTES = 8;
const laneByNumber = Object.keys(LANES) as LaneName[];

/** Numbers in a lane's place: the record is the platform's own. */
export const RECORD_SERVED = 0xffff_ffff;
export const RECORD_FAULT = 0xffff_fffe;
/** To the core: a nonce. From it: what it attests (tpm/tpm-trust.h), or nothing when it cannot. */
export const RECORD_ATTESTATION = 0xffff_fffd;

/** What the other end sent is no row of records. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

export type LinkRecord =
  | { readonly kind: "frame"; readonly lane: LaneName; readonly bytes: Uint8Array }
  | { readonly kind: "served"; readonly lane: LaneName; readonly load: Load }
  | { readonly kind: "fault"; readonly component: number; readonly why: string }
  | { readonly kind: "attestation"; readonly bytes: Uint8Array };

/** Frames of one lane as one buffer, to be written at once. */
export function encodeRecords(lane: number, frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + HEADER_BYTES + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const frame of frames) {
    view.setUint32(at, lane, true);
    view.setUint32(at + 4, frame.length, true);
    bytes.set(frame, at + HEADER_BYTES);
    at += HEADER_BYTES + frame.length;
  }
  return bytes;
}

/** Takes a stream apart, however it was cut. */
export class RecordReader {
  /** Pieces that make no whole record yet, and their length. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Bytes without which nothing more can be said. */
  #wanted = HEADER_BYTES;

  /** The records that `piece` completes, as views of what came. Throws LinkError. */
  push(piece: Uint8Array): LinkRecord[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#wanted) return [];
    const bytes = this.#pieces.length === 1 ? piece : concat(this.#pieces, this.#length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const records: LinkRecord[] = [];
    let at = 0;
    this.#wanted = HEADER_BYTES;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = view.getUint32(at + 4, true);
      if (length > MAX_FRAME_BYTES) throw new LinkError(`a record of ${length} bytes`);
      const end = at + HEADER_BYTES + length;
      if (end > bytes.length) {
        this.#wanted = HEADER_BYTES + length;
        break;
      }
      records.push(readRecord(view.getUint32(at, true), bytes.subarray(at + HEADER_BYTES, end)));
      at = end;
    }
    const rest = bytes.subarray(at);
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    return records;
  }
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function readRecord(number: number, bytes: Uint8Array): LinkRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (number === RECORD_SERVED && bytes.length === 12) {
    const load = { frames: view.getUint32(4, true), bytes: view.getUint32(8, true) };
    return { kind: "served", lane: laneOf(view.getUint32(0, true)), load };
  }
  if (number === RECORD_FAULT && bytes.length >= 4) {
    return { kind: "fault", component: view.getUint32(0, true), why: new TextDecoder().decode(bytes.subarray(4)) };
  }
  if (number === RECORD_ATTESTATION) return { kind: "attestation", bytes };
  return { kind: "frame", lane: laneOf(number), bytes };
}

function laneOf(number: number): LaneName {
  const lane = laneByNumber[number];
  if (lane === undefined) throw new LinkError(`a record of lane ${number}, which does not exist`);
  return lane;
}
