/** Passkeys' client data: JSON as serde_json reads it, against a slow and obvious model and JSON.parse; UTF-8 against TextDecoder. */
import { toUSVString } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { form, INPUT, memory, OUT, utf8, wasm } from "./signature-support.ts";

const OK = 0;
const MALFORMED = 1;
const MALFORMED_CHALLENGE = 2;

const CHALLENGE = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 255);
const ENCODED = Buffer.from(CHALLENGE).toString("base64url");

/** The fault of a passkey's signature with this client data: no authenticator's data, a secp256r1 signature of zeros. */
function faultOfPasskey(clientData: Uint8Array): string | undefined {
  const high = clientData.length >> 7;
  const length = high === 0 ? [clientData.length] : [(clientData.length & 0x7f) | 0x80, high];
  return form(Uint8Array.from([6, 0, ...length, ...clientData, 98, 2, ...new Uint8Array(97)]))?.name;
}

function read(text: string): number {
  const bytes = utf8(text);
  if (bytes.length < 0x3f00) {
    const faults = [undefined, "clientData", "malformedChallenge"];
    expect(faults.indexOf(faultOfPasskey(bytes))).toBe(clientChallenge(bytes));
  }
  return clientChallenge(bytes);
}

function clientChallenge(bytes: Uint8Array): number {
  memory.set(bytes, INPUT);
  return wasm.clientChallenge(OUT, INPUT, bytes.length);
}

const decoded = () => memory.slice(OUT, OUT + 32);

/** The model: positions in a text, and regular expressions for what begins there. */
class Model {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #match(pattern: RegExp): string | undefined {
    const found = new RegExp(pattern.source, "y");
    found.lastIndex = this.#at;
    const [token] = found.exec(this.#text) ?? [];
    if (token !== undefined) this.#at += token.length;
    return token;
  }

  #token(pattern: RegExp): string {
    this.#match(/[ \n\r\t]*/);
    const token = this.#match(pattern);
    if (token === undefined) throw new SyntaxError(`at ${this.#at}`);
    return token;
  }

  #next(pattern: RegExp): boolean {
    const before = this.#at;
    this.#match(/[ \n\r\t]*/);
    const found = this.#match(pattern) !== undefined;
    this.#at = before;
    return found;
  }

  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON forbids in strings
  static readonly STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;

  /** A string that is looked at, whose surrogates must be paired. */
  string(): string {
    const value = JSON.parse(this.#token(Model.STRING)) as string;
    if (toUSVString(value) !== value) throw new SyntaxError("lone surrogate");
    return value;
  }

  value(): void {
    if (this.#next(/\[/)) this.#list(/\[/, /\]/, () => this.value());
    else if (this.#next(/\{/)) {
      this.#list(/\{/, /\}/, () => {
        this.#token(Model.STRING);
        this.#token(/:/);
        this.value();
      });
    } else {
      this.#token(SCALAR);
    }
  }

  #list(open: RegExp, close: RegExp, item: () => void): void {
    this.#token(open);
    if (!this.#next(close)) {
      do item();
      while (this.#next(/,/) && this.#token(/,/));
    }
    this.#token(close);
  }

  #type(): void {
    const boxed = this.#next(/\{/);
    if (boxed) this.#token(/\{/);
    if (this.string() !== "webauthn.get") throw new SyntaxError("not a get");
    if (!boxed) return;
    this.#token(/:/);
    this.#token(/null/);
    this.#token(/\}/);
  }

  /** The challenge, as it is encoded. */
  clientData(): string {
    const fields = new Map<string, string>();
    if (this.#next(/\[/)) {
      const order = ["type", "challenge", "origin"];
      this.#list(/\[/, /\]/, () => this.#field(order[fields.size], fields));
    } else {
      this.#list(/\{/, /\}/, () => {
        const name = this.string();
        this.#token(/:/);
        if (["type", "challenge", "origin"].includes(name)) this.#field(name, fields);
        else this.value();
      });
    }
    this.#token(/$/);
    if (fields.size !== 3) throw new SyntaxError("a field is missing");
    return fields.get("challenge")!;
  }

  #field(name: string | undefined, fields: Map<string, string>): void {
    if (name === undefined || fields.has(name)) throw new SyntaxError("one field too many");
    if (name === "type") {
      this.#type();
      fields.set(name, "");
    } else {
      fields.set(name, this.string());
    }
  }
}

const SCALAR = new RegExp(
  `${Model.STRING.source}|null|true|false|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`,
);

function expected(text: string): number {
  let challenge: string;
  try {
    challenge = new Model(text).clientData();
  } catch {
    return MALFORMED;
  }
  const bytes = Buffer.from(challenge, "base64url");
  const canonical = bytes.length === 32 && bytes.toString("base64url") === challenge;
  return canonical ? OK : MALFORMED_CHALLENGE;
}

/** Reads the text, and holds the answer against the model's, and what it accepts against JSON.parse. */
function check(text: string): number {
  const found = read(text);
  expect(found, text).toBe(expected(text));
  if (found !== MALFORMED) JSON.parse(text);
  return found;
}

const standard = `{"type":"webauthn.get","challenge":"${ENCODED}","origin":"https://wallet.example","crossOrigin":false}`;

describe("client data", () => {
  it("of a browser give the challenge", () => {
    expect(check(standard)).toBe(OK);
    expect(decoded()).toEqual(CHALLENGE);
  });

  const withFields = (type: string, challenge: string, origin: string) =>
    `{"type":${type},"challenge":${challenge},"origin":${origin}}`;
  const get = '"webauthn.get"';
  const quoted = JSON.stringify(ENCODED);
  const spelled = `"${[...ENCODED].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"`;

  it.each([
    [
      "fields in another order, among others, with white space",
      ` \n{ "origin" : "" ,\t"x":[1,{"type":2}], "challenge":${quoted},\r"type":${get} } `,
    ],
    ["an array of the three", `[${get}, ${quoted}, "o"]`],
    ["a boxed type", withFields('{ "webauthn.get" : null }', quoted, '""')],
    [
      "names and values spelled in escapes",
      `{"\\u0074ype":"webauthn\\u002eget","c\\u0068allenge":${spelled},"origin":"\\ud83d\\ude00\\/"}`,
    ],
    [
      "every kind of value among others",
      `{"a":null,"b":true,"c":false,"d":-0.5e+10,"e":0,"f":[],"g":{},"h":"\\ud800","i":[[],[{}],1E2],${standard.slice(1)}`,
    ],
    ["characters beyond ASCII", withFields(get, quoted, '"ü😀\u007f"')],
  ])("are read with %s", (_, text) => {
    expect(check(text)).toBe(OK);
    expect(decoded()).toEqual(CHALLENGE);
  });

  it.each([
    ["nothing", ""],
    ["white space alone", "  "],
    ["another kind of value", '"webauthn.get"'],
    ["two values", `${standard}{}`],
    ["a NUL at the end", `${standard}\u0000`],
    ["a comma at the end", `${standard.slice(0, -1)},}`],
    ["a comma at the beginning", `{,${standard.slice(1)}`],
    ["no end", standard.slice(0, -1)],
    ["no type", `{"challenge":${quoted},"origin":""}`],
    ["no challenge", `{"type":${get},"origin":""}`],
    ["no origin", `{"type":${get},"challenge":${quoted}}`],
    ["two types", `{"type":${get},${standard.slice(1)}`],
    ["two challenges", `{"challenge":${quoted},${standard.slice(1)}`],
    ["two origins", `{"origin":"",${standard.slice(1)}`],
    ["another type", withFields('"webauthn.create"', quoted, '""')],
    ["a longer type", withFields('"webauthn.gets"', quoted, '""')],
    ["a boxed type that is not null", withFields('{"webauthn.get":1}', quoted, '""')],
    ["a boxed type with more", withFields('{"webauthn.get":null,"a":1}', quoted, '""')],
    ["a challenge that is a number", withFields(get, "1", '""')],
    ["an origin that is null", withFields(get, quoted, "null")],
    ["a lone surrogate in the origin", withFields(get, quoted, '"\\udc00"')],
    ["a leading surrogate alone", withFields(get, quoted, '"\\ud800x"')],
    ["two leading surrogates", withFields(get, quoted, '"\\ud800\\ud800"')],
    ["a lone surrogate in a name", `{"\\ud800":1,${standard.slice(1)}`],
    ["a control character", withFields(get, quoted, '"\n"')],
    ["an unknown escape", withFields(get, quoted, '"\\x"')],
    ["an array of two", `[${get},${quoted}]`],
    ["an array of four", `[${get},${quoted},"",1]`],
    ["an array with a comma at the end", `[${get},${quoted},"",]`],
    ["01 among others", `{"a":01,${standard.slice(1)}`],
    ["1. among others", `{"a":1.,${standard.slice(1)}`],
    [".1 among others", `{"a":.1,${standard.slice(1)}`],
    ["1e among others", `{"a":1e,${standard.slice(1)}`],
    ["- among others", `{"a":-,${standard.slice(1)}`],
    ["+1 among others", `{"a":+1,${standard.slice(1)}`],
    ["nul among others", `{"a":nul,${standard.slice(1)}`],
    ["nulll among others", `{"a":nulll,${standard.slice(1)}`],
    ["brackets that cross", `{"a":[{]},${standard.slice(1)}`],
    ["a value without a name", `{"a":{1},${standard.slice(1)}`],
    ["a byte order mark", `\ufeff${standard}`],
  ])("are refused with %s", (_, text) => {
    expect(check(text)).toBe(MALFORMED);
  });

  it.each([
    ["too short", ENCODED.slice(0, -1)],
    ["too long", `${ENCODED}A`],
    ["padded", `${ENCODED}=`],
    ["of the other alphabet", `+${ENCODED.slice(1)}`],
    ["of the other alphabet's slash", `/${ENCODED.slice(1)}`],
    ["empty", ""],
    ["with bits that are no part of it", `${ENCODED.slice(0, -1)}${String.fromCharCode(ENCODED.charCodeAt(42) + 1)}`],
    ["with a space", ` ${ENCODED.slice(1)}`],
    ["with a letter beyond ASCII", `é${ENCODED.slice(2)}`],
    ["very long", ENCODED.repeat(100)],
  ])("with a challenge that is %s are told apart", (_, challenge) => {
    expect(check(withFields(get, JSON.stringify(challenge), '""'))).toBe(MALFORMED_CHALLENGE);
  });

  it("take any 32 bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const encoded = Buffer.from(bytes).toString("base64url");
        expect(check(withFields(get, JSON.stringify(encoded), '""'))).toBe(OK);
        expect(decoded()).toEqual(Uint8Array.from(bytes));
      }),
      { seed: 64, numRuns: 200 },
    );
  });

  it("may nest as deep as their bytes go, and may not be longer than a signature", () => {
    const depth = 8_000;
    const nested = (closed: number) => `{"a":${"[".repeat(depth)}${"]".repeat(closed)},${standard.slice(1)}`;
    expect(read(nested(depth))).toBe(OK);
    expect(read(nested(depth - 1))).toBe(MALFORMED);
    expect(read(nested(depth + 1))).toBe(MALFORMED);
    const objects = `{"a":${'{"":'.repeat(3_000)}0${"}".repeat(3_000)},${standard.slice(1)}`;
    expect(read(objects)).toBe(OK);
    expect(read(`${standard}${" ".repeat(16_384 - standard.length)}`)).toBe(OK);
    expect(read(`${standard}${" ".repeat(16_385 - standard.length)}`)).toBe(MALFORMED);
  });

  // Any JSON, then a few characters changed: most stay near the border.
  const piece = fc.constantFrom(...'{}[]",:\\u0019-+.eE nt\n\u0000é'.split(""), "\\u", "\\ud800", "null", '"type":');
  const anyText = fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(3), fc.shuffledSubarray(["type", "challenge", "origin", "other", "x"]))
    .map(([inner, spaces, names]) => {
      const values: Record<string, string> = { type: get, challenge: quoted, origin: '"o"', other: inner, x: "[{}]" };
      const space = " ".repeat(spaces);
      return `{${names.map((name) => `${space}"${name}"${space}:${values[name]}`).join(`${space},`)}${space}}`;
    });
  const edit = fc.record({ at: fc.nat(400), remove: fc.nat(2), insert: fc.oneof(fc.constant(""), piece) });

  it("are read as the model reads them, whatever is changed", () => {
    const seen = new Map<number, number>();
    fc.assert(
      fc.property(anyText, fc.array(edit, { maxLength: 3 }), (text, edits) => {
        let changed = text;
        for (const { at, remove, insert } of edits) {
          const place = at % (changed.length + 1);
          changed = changed.slice(0, place) + insert + changed.slice(place + remove);
        }
        if (toUSVString(changed) !== changed) return;
        const found = check(changed);
        seen.set(found, (seen.get(found) ?? 0) + 1);
      }),
      { seed: 8259, numRuns: 4_000 },
    );
    expect(seen.get(OK)).toBeGreaterThan(100);
    expect(seen.get(MALFORMED)).toBeGreaterThan(500);
  });
});

describe("UTF-8", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  function check(bytes: Uint8Array): boolean {
    memory.set(bytes, INPUT);
    const accepted = wasm.isUtf8(INPUT, bytes.length) === 1;
    let valid = true;
    try {
      strict.decode(bytes);
    } catch {
      valid = false;
    }
    if (accepted !== valid) expect.unreachable(`${Buffer.from(bytes).toString("hex")} is ${valid ? "" : "not "}UTF-8`);
    // Client data that is no UTF-8 is told from that which is no JSON.
    const some = bytes.length < 3 || bytes.length > 4 || [0xe0, 0xed, 0xef, 0xf0, 0xf4].includes(bytes[0]!);
    if (some) expect(faultOfPasskey(bytes)).toBe(valid ? "clientData" : "malformed");
    return accepted;
  }

  it("is told from other bytes as TextDecoder does, for all short sequences at the borders", () => {
    const edges = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    for (let first = 0; first < 256; first++) {
      check(Uint8Array.of(first));
      for (const second of edges) {
        check(Uint8Array.of(first, second));
        for (const third of edges) {
          check(Uint8Array.of(first, second, third));
          for (const fourth of [0x7f, 0x80, 0xbf, 0xc0]) check(Uint8Array.of(first, second, third, fourth));
        }
      }
    }
  });

  it("is accepted of any text, and refused as TextDecoder does of any bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 12 }), (text, bytes) => {
        expect(check(utf8(text))).toBe(true);
        check(bytes);
        check(Uint8Array.from([...utf8(text), ...bytes]));
      }),
      { seed: 3629, numRuns: 1_000 },
    );
  });
});
