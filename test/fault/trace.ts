/** What disk.c wrote down: the write points of a program in the order in which they were done, and what it said among them. */
import { readFileSync } from "node:fs";

export type Operation =
  | { readonly kind: "create"; readonly path: string; readonly inode: bigint }
  | { readonly kind: "mkdir"; readonly path: string; readonly inode: bigint }
  | {
      readonly kind: "write";
      readonly inode: bigint;
      readonly offset: number;
      readonly data: Buffer;
      /** The call itself made it durable. */
      readonly durable: boolean;
    }
  | { readonly kind: "truncate"; readonly inode: bigint; readonly length: number }
  | { readonly kind: "sync"; readonly inode: bigint }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "unlink"; readonly path: string }
  | { readonly kind: "rmdir"; readonly path: string };

/** Something that the program said, on one line. */
export interface Event {
  readonly kind: "event";
  readonly text: string;
}

/** `enum kind` of disk.c. */
const KINDS = ["event", "create", "mkdir", "write", "truncate", "sync", "rename", "unlink", "rmdir"] as const;
/** `struct record` of disk.c. */
const HEAD_BYTES = 40;

/** Reads a trace; its last record may be torn when the program was killed. */
export function readTrace(file: string): (Operation | Event)[] {
  const bytes = readFileSync(file);
  const trace: (Operation | Event)[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const kind = KINDS[bytes.readUInt32LE(at)];
    if (!kind) throw new Error(`${file}: no record at ${at}`);
    const durable = bytes.readUInt32LE(at + 4) !== 0;
    const pathBytes = bytes.readUInt32LE(at + 8);
    const toBytes = bytes.readUInt32LE(at + 12);
    const inode = bytes.readBigUInt64LE(at + 16);
    const offset = Number(bytes.readBigUInt64LE(at + 24));
    const length = Number(bytes.readBigUInt64LE(at + 32));
    const pathAt = at + HEAD_BYTES;
    const path = bytes.toString("utf8", pathAt, pathAt + pathBytes);
    const to = bytes.toString("utf8", pathAt + pathBytes, pathAt + pathBytes + toBytes);
    const dataAt = pathAt + pathBytes + toBytes;
    const dataBytes = kind === "write" || kind === "event" ? length : 0;
    at = dataAt + dataBytes;
    if (at > bytes.length) break;
    const data = bytes.subarray(dataAt, at);
    if (kind === "event") trace.push(...lines(data));
    else if (kind === "create" || kind === "mkdir") trace.push({ kind, path, inode });
    else if (kind === "write") trace.push({ kind, inode, offset, data, durable });
    else if (kind === "truncate") trace.push({ kind, inode, length });
    else if (kind === "sync") trace.push({ kind, inode });
    else if (kind === "rename") trace.push({ kind, path, to });
    else trace.push({ kind, path });
  }
  return trace;
}

/** A program writes whole lines, perhaps several at once. */
function lines(data: Buffer): Event[] {
  return data
    .toString("utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => ({ kind: "event", text }));
}
