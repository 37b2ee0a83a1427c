/** UTF-8 as Rust's strings have it (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */

/** Whether `length` bytes are well-formed UTF-8. */
export function isUtf8(at: usize, length: usize): bool {
  const end = at + length;
  while (at < end) {
    const first = <u32>load<u8>(at++);
    if (first < 0x80) continue;
    // Bytes that follow, and where the first of them must lie.
    let following: u32 = 1;
    let least: u32 = 0x80;
    let greatest: u32 = 0xbf;
    if (first >= 0xe0) following = first < 0xf0 ? 2 : 3;
    if (first < 0xc2 || first > 0xf4) return false;
    if (first == 0xe0) least = 0xa0;
    else if (first == 0xed) greatest = 0x9f;
    else if (first == 0xf0) least = 0x90;
    else if (first == 0xf4) greatest = 0x8f;
    if (end - at < following) return false;
    for (let i: u32 = 0; i < following; i++) {
      const byte = <u32>load<u8>(at++);
      if (byte < least || byte > greatest) return false;
      least = 0x80;
      greatest = 0xbf;
    }
  }
  return true;
}

/** Whether `length` bytes are ASCII. */
export function isAscii(at: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) >= 0x80) return false;
  return true;
}
