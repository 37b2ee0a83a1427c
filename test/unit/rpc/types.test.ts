/**
 * Types as text. The lists are those of upstream's own tests (iotaledger/iota-rust-sdk
 * crates/iota-sdk-types/src/move_core/parse.rs); values in JSON follow iotaledger/iota crates/iota-json-rpc-types/src/iota_move.rs.
 */
import { bcs } from "@iota/iota-sdk/bcs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStructTag, parseTypeTag } from "../../../host/format/type-tag.ts";
import { fieldsLayout, layoutOf } from "../../../host/rpc/views/move-value.ts";
import { moveTypeText, typeText } from "../../../host/rpc/views/types.ts";
import { numbered } from "../../support/objects.ts";

const TYPES = [
  ...["u64", "bool", "vector<u8>", "vector<vector<u64>>", "vector<u16>", "vector<vector<u16>>", "vector<u32>"],
  ...["vector<vector<u32>>", "vector<u128>", "vector<vector<u128>>", "vector<u256>", "vector<vector<u256>>", "signer"],
  ...[
    "0x1::M::S",
    "0x2::M::S_",
    "0x3::M_::S",
    "0x4::M_::S_",
    "0x00000000004::M::S",
    "0x1::M::S<u64>",
    "0x1::M::S<u16>",
  ],
  ...["0x1::M::S<u32>", "0x1::M::S<u256>", "0x1::M::S<0x2::P::Q>", "vector<0x1::M::S>", "vector<0x1::M_::S_>"],
  ...[
    "vector<vector<0x1::M_::S_>>",
    "0x1::M::S<vector<u8>>",
    "0x1::M::S<vector<u256>>",
    "0x1::_bar::_BAR",
    "0x1::__::__",
  ],
  "0x1::_bar::_BAR<0x2::_____::______fooo______>",
  "0x1::__::__<0x2::_____::______fooo______, 0xff::Bar____::_______foo>",
  "0x1::Foo::Foo<u8 , bool  ,    vector<u8>,address,signer>",
  "0x1::Foo::Foo<0x1::Foo::Struct<vector<0x1::XYZ::XYZ>, 0x1::Foo::Foo<vector<0x1::Foo::Struct<0x1::XYZ::XYZ>>>>>",
  ...["vector<\nu8\n>", "0x1::Foo::Bar<\n    u8,\n    u64\n>", "0x1::Foo::Bar  <u8>", "vector\n<\nu8\n>"],
  "0x1::u8::vector<0x1::bool::address>",
];

const NOT_TYPES = [
  ...[
    "",
    " ",
    "u7",
    "u8 ",
    "u64x",
    "vector",
    "vector<>",
    "vector<u8",
    "vector<u8>>",
    "vector<u8,u8>",
    "M::S",
    "0x1::M",
  ],
  ...[
    "0x1::M::",
    "0x1::M::S<>",
    "0x1::M::S<u8,>",
    "0x1::M::S<,u8>",
    "0x::M::S",
    `0x${"1".repeat(65)}::M::S`,
    "1::M::S",
  ],
  ...["0x1:M:S", "0x1::1::S", "0x1::_::S", "0x1::M-::S", "0x1::M::S::T", "0xg::M::S", "0x1::M::S<u8> x", "é::M::S"],
  `0x1::${"m".repeat(129)}::S`,
];

const nested = (depth: number) => `${"vector<".repeat(depth)}u8${">".repeat(depth)}`;

describe("type tags", () => {
  it.each(TYPES)("reads %j", (text) => {
    const { text: normal } = parseTypeTag(text);
    expect(parseTypeTag(normal).text).toBe(normal);
    // The client reads addresses as short or as long as they come, but not the spaces that upstream allows.
    const tag = bcs.TypeTag.serialize(
      text.replace(/\s/g, "").replaceAll(/0x[0-9a-f]+/g, (a) => `0x${a.slice(2).padStart(64, "0")}`),
    );
    expect(bcs.TypeTag.serialize(normal).toBase64()).toBe(tag.toBase64());
  });

  it.each(NOT_TYPES)("refuses %j", (text) => {
    expect(() => parseTypeTag(text)).toThrow(/^(failed to parse|identifier length)/);
    expect(() => parseStructTag(text)).toThrow(/^(failed to parse|identifier length)/);
  });

  it("reads 16 levels of nesting and no more", () => {
    expect(parseTypeTag(nested(16)).text).toBe(nested(16));
    expect(() => parseTypeTag(nested(17))).toThrow("nesting exceeded limit of 16");
    expect(() => parseTypeTag(nested(100_000))).toThrow("nesting exceeded limit of 16");
    expect(() => parseStructTag("u8")).toThrow("failed to parse u8");
  });

  it("never hangs on or lets through what is not a type", () => {
    const piece = fc.constantFrom("0x2", "::", "coin", "<", ">", ",", " ", "u8", "vector", "_", "0x");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join("");
        let normal: string;
        try {
          normal = parseTypeTag(text).text;
        } catch (error) {
          expect((error as Error).name).toBe("TypeParseError");
          return;
        }
        expect(bcs.TypeTag.parse(bcs.TypeTag.serialize(normal).toBytes())).toBe(normal.replaceAll(",", ", "));
      }),
    );
  });

  it("are printed with short system addresses in JSON, and short ones all over in commands", () => {
    const { text } = parseTypeTag("0x2::coin::Coin<0xAbc::usdc::USDC>");
    expect(typeText(text)).toBe(`0x2::coin::Coin<${numbered(0xabc)}::usdc::USDC>`);
    expect(moveTypeText(text)).toBe("0x2::coin::Coin<0xabc::usdc::USDC>");
  });
});

const shown = (type: string, bytes: Uint8Array) => layoutOf(parseTypeTag(type))!.parse(bytes);

describe("Move values", () => {
  it.each<[string, Uint8Array, unknown]>([
    ["bool", Uint8Array.of(1), true],
    ["u8", Uint8Array.of(255), 255],
    ["u32", Uint8Array.of(255, 255, 255, 255), 4_294_967_295],
    ["u64", new Uint8Array(8).fill(255), "18446744073709551615"],
    ["u128", new Uint8Array(16).fill(255), String(2n ** 128n - 1n)],
    ["u256", new Uint8Array(32).fill(255), String(2n ** 256n - 1n)],
    ["address", new Uint8Array(32).fill(1), `0x${"01".repeat(32)}`],
    ["vector<u8>", Uint8Array.of(2, 1, 2), [1, 2]],
    ["vector<vector<bool>>", Uint8Array.of(1, 1, 0), [[false]]],
    ["0x1::string::String", Uint8Array.of(2, 104, 105), "hi"],
    ["0x1::option::Option<u8>", Uint8Array.of(0), null],
    ["0x1::option::Option<u8>", Uint8Array.of(1, 5), 5],
    ["0x2::object::ID", new Uint8Array(32).fill(2), `0x${"02".repeat(32)}`],
    ["0x2::object::UID", new Uint8Array(32).fill(2), { id: `0x${"02".repeat(32)}` }],
    ["0x2::balance::Balance<0x99::no::PACKAGE>", Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0), "7"],
    [
      "0x2::dynamic_object_field::Wrapper<u8>",
      Uint8Array.of(3),
      { type: "0x2::dynamic_object_field::Wrapper<u8>", fields: { name: 3 } },
    ],
  ])("of type %s are shown as upstream shows them", (type, bytes, expected) => {
    expect(shown(type, bytes)).toStrictEqual(expected);
  });

  it.each([
    "0x99::m::S",
    "vector<0x99::m::S>",
    "0x1::option::Option<0x99::m::S>",
    "0x2::dynamic_field::Field<u8, 0x99::m::S>",
    "0x2::constructor::constructor",
  ])("of type %s are not shown at all", (type) => {
    expect(layoutOf(parseTypeTag(type))).toBeUndefined();
  });

  it("have members in the order of their names", () => {
    const layout = fieldsLayout(parseStructTag("0x2::coin::Coin<0x99::m::S>"))!;
    const contents = Uint8Array.from([...new Uint8Array(32).fill(1), 9, 0, 0, 0, 0, 0, 0, 0]);
    expect(JSON.stringify(layout.parse(contents))).toBe(`{"balance":"9","id":{"id":"0x${"01".repeat(32)}"}}`);
  });
});
