/** Records over a stream: the same however it is cut, and nothing else is taken. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { LANE_NUMBERS } from "../../../core/wire/frames.ts";
import { MAX_FRAME_BYTES } from "../../../core/wire/limits.ts";
import { encodeRecords, LinkError, RECORD_FAULT, RECORD_SERVED, RecordReader } from "../../../platform/link.ts";

const LANE = LANE_NUMBERS.orderToHost;
const u32s = (...values: readonly number[]) => new Uint8Array(new Uint32Array(values).buffer);

it("gives the frames that were written, wherever the stream is cut", () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(frames, fc.array(fc.nat(30), { minLength: 1 }), (sent, cuts) => {
      const stream = encodeRecords(LANE, sent);
      const reader = new RecordReader();
      const heard: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const end = at + 1 + cuts[i % cuts.length]!;
        for (const record of reader.push(stream.slice(at, end))) {
          if (record.kind !== "frame") throw new Error(record.kind);
          expect(record.lane).toBe("orderToHost");
          heard.push(Uint8Array.from(record.bytes));
        }
        at = end;
      }
      expect(heard).toEqual(sent);
    }),
  );
});

it("tells the platform's own records from frames", () => {
  const reader = new RecordReader();
  const served = encodeRecords(RECORD_SERVED, [u32s(LANE_NUMBERS.hostToOrder, 3, 500)]);
  const fault = encodeRecords(RECORD_FAULT, [Buffer.concat([u32s(2), new TextEncoder().encode("unreachable")])]);
  expect(reader.push(Buffer.concat([served, fault]))).toEqual([
    { kind: "served", lane: "hostToOrder", load: { frames: 3, bytes: 500 } },
    { kind: "fault", component: 2, why: "unreachable" },
  ]);
});

it.each([
  ["of no lane", u32s(99, 0)],
  ["longer than a frame", u32s(LANE, MAX_FRAME_BYTES + 1)],
  ["about no lane", encodeRecords(RECORD_SERVED, [u32s(99, 1, 1)])],
])("refuses a record %s", (_, bytes) => {
  expect(() => new RecordReader().push(bytes)).toThrow(LinkError);
});
