/**
 * An index of records that begin with a 32-byte digest: their numbers, in the order of their digests. Whoever chooses transactions can
 * choose digests that share any few bits, and so make every chain of a hash table as long as the table; here a search takes the same few
 * steps whatever the digests, and a change moves at most the whole index, some tens of kilobytes, once.
 *
 * In memory: the count u32, 4 bytes unused, then the numbers, u32 each.
 */
import { compare32, equal32 } from "../lib/bytes";

const COUNT: usize = 0;
const NUMBERS: usize = 8;
const NUMBER_BYTES: usize = 4;

/** No record. */
export const NOWHERE: u32 = 0xffff_ffff;

let records: usize = 0;
let stride: usize = 0;
let index: usize = 0;

/** Bytes of an index of so many numbers. */
export function indexLength(numbers: u32): u64 {
  return NUMBERS + <u64>numbers * NUMBER_BYTES;
}

/** The calls that follow are about the index at `at`, over records of `bytes` each from `from` on. */
export function openIndex(at: usize, from: usize, bytes: usize): void {
  index = at;
  records = from;
  stride = bytes;
}

/** The number of the record with this digest, or NOWHERE. */
export function findNumber(digest: usize): u32 {
  const place = lowerBound(digest);
  return place < load<u32>(index, COUNT) && equal32(recordAt(place), digest) ? numberAt(place) : NOWHERE;
}

/** Adds the record of this number, whose digest is in its place and in no other record of the index. There must be room. */
export function addNumber(number: u32): void {
  const count = load<u32>(index, COUNT);
  const place = lowerBound(records + <usize>number * stride);
  const at = placeAt(place);
  memory.copy(at + NUMBER_BYTES, at, <usize>(count - place) * NUMBER_BYTES);
  store<u32>(at, number);
  store<u32>(index, count + 1, COUNT);
}

/** Takes out the record of this number, which is in. */
export function removeNumber(number: u32): void {
  const count = load<u32>(index, COUNT);
  const place = lowerBound(records + <usize>number * stride);
  const at = placeAt(place);
  memory.copy(at, at + NUMBER_BYTES, <usize>(count - place - 1) * NUMBER_BYTES);
  store<u32>(index, count - 1, COUNT);
}

/** The first place whose digest is not below this one. */
function lowerBound(digest: usize): u32 {
  let low: u32 = 0;
  let high = load<u32>(index, COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare32(recordAt(middle), digest) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeAt(place: u32): usize {
  return index + NUMBERS + <usize>place * NUMBER_BYTES;
}

function numberAt(place: u32): u32 {
  return load<u32>(placeAt(place));
}

function recordAt(place: u32): usize {
  return records + <usize>numberAt(place) * stride;
}
