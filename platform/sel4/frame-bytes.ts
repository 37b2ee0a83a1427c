/** How long a frame can be, by its shape alone: memory for a lane is as large as its frames and no larger. */
import { MAX_FRAME_BYTES } from "../../core/wire/limits.ts";
import type { Codec, Shape } from "../../core/wire/schema.ts";

/** Bytes of the longest frame of a shape; never more than any lane takes. */
export const frameBytes = ({ shape }: Codec<unknown>): number => Math.min(longest(shape), MAX_FRAME_BYTES);

function longest(shape: Shape): number {
  switch (shape.kind) {
    case "uint":
      return shape.bits / 8;
    case "bool":
      return 1;
    case "bytes":
      return shape.length;
    case "blob":
      return ulebBytes(shape.max) + shape.max;
    case "vector":
      return ulebBytes(shape.max) + shape.max * longest(shape.of.shape);
    case "option":
      return 1 + longest(shape.of.shape);
    case "struct":
      return [...shape.fields.values()].reduce((sum, field) => sum + longest(field.shape), 0);
    case "union":
      return 1 + Math.max(...[...shape.variants.values()].map((variant) => longest(variant.shape)));
  }
}

/** Seven bits in each byte. */
const ulebBytes = (value: number): number => Math.max(1, Math.ceil((32 - Math.clz32(value)) / 7));
