/** Names, with the examples of upstream's tests (iotaledger/iota-rust-sdk crates/iota-sdk-types/src/iota_names/name.rs). */
import { afterAll, describe, expect, it } from "vitest";
import { ALICE, Chain } from "./support.ts";

const chain = new Chain();
afterAll(() => chain.close());

describe("IOTA-Names on a chain without the registry", () => {
  it.each([
    ...[
      "@test",
      "test.iota",
      "test@sln",
      "test.test@example",
      "test.test-with-hyphen@example-hyphen",
      "iota@iota",
      "@iota",
    ],
    ...[
      "test.test.iota",
      "test.test.test.iota",
      "test.test-with-hyphen.test-with-hyphen.iota",
      `${"a".repeat(63)}.iota`,
    ],
  ])("does not know %s", async (name) => {
    expect(await chain.call("iotax_iotaNamesLookup", name)).toBeNull();
  });

  it.each([
    [".", "Label length 0 outside of valid range [1, 63]"],
    ["@", "Name must include only one @ separator"],
    ["@inner.iota", "Name must include only one @ separator"],
    ["test@", "Name must include only one @ separator"],
    ["iota", "Name must contain at least two labels, TLN and SLN"],
    ["test.test@example.iota", "Name must include only one @ separator"],
    ["test@test@example", "Name must include only one @ separator"],
    ["test.atoi", "Invalid TLN atoi"],
    ["test.test@example-", "Hyphens are not allowed as first or last character of a label"],
    ["test.-test.iota", "Hyphens are not allowed as first or last character of a label"],
    [
      "Test.iota",
      "Only lowercase letters, numbers, and hyphens are allowed as label characters. Got 'T' at position 0",
    ],
    [`${"a".repeat(64)}.iota`, "Label length 64 outside of valid range [1, 63]"],
    [`${"a.".repeat(120)}iota`, "Name length 244 exceeds maximum length 235"],
    ["", "Label length 0 outside of valid range [1, 63]"],
  ])("refuses %j", async (name, message) => {
    expect(await chain.refusal("iotax_iotaNamesLookup", name)).toMatchObject({ code: -32000, message });
  });

  it("knows no name of an address, and no registration", async () => {
    expect(await chain.call("iotax_iotaNamesReverseLookup", ALICE)).toBeNull();
    const nothing = { data: [], nextCursor: null, hasNextPage: false };
    expect(await chain.call("iotax_iotaNamesFindAllRegistrationNFTs", ALICE)).toStrictEqual(nothing);
    expect(await chain.refusal("iotax_iotaNamesFindAllRegistrationNFTs", ALICE, null, 51)).toMatchObject({
      message: "Page size limit 51 exceeds max limit 50",
    });
  });
});
