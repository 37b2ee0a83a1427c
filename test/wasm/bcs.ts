// Lets tests call the strict reader: a vector of byte strings is read and its total length returned, or -1.
import * as reader from "../../core/lib/reader";

const INPUT: usize = memory.data(65536, 16);

export function input(): usize {
  return INPUT;
}

export function sumOfBlobs(length: u32, maxCount: u32, maxLength: u32): i32 {
  reader.open(INPUT, length);
  let total: i32 = 0;
  const items = reader.count(maxCount);
  for (let i: u32 = 0; i < items; i++) {
    const size = reader.count(maxLength);
    reader.take(size);
    total += size;
  }
  return reader.exhausted() ? total : -1;
}
