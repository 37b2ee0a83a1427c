/**
 * Move types as text, read as strictly as upstream reads them (iotaledger/iota-rust-sdk crates/iota-sdk-types/src/move_core/parse.rs),
 * and written in one form: addresses in full, no spaces.
 */

/** `MAX_IDENTIFIER_LENGTH` and `MAX_TYPE_TAG_NESTING` of that file. */
const MAX_IDENTIFIER_CHARACTERS = 128;
const MAX_NESTING = 16;
const ADDRESS_DIGITS = 64;

const ADDRESS = /0x([0-9a-fA-F]{1,64})(?![0-9a-fA-F])/y;
const IDENTIFIER = /[a-zA-Z][a-zA-Z0-9_]*|_[a-zA-Z0-9_]+/y;
const PRIMITIVE = /(?:u8|u16|u32|u64|u128|u256|bool|address|signer)(?![a-zA-Z0-9_:])/y;
const VECTOR = /vector\s*</y;
const SPACES = /\s*/y;

/** The text is not a Move type; the message is upstream's TypeParseError (move_core/mod.rs). */
export class TypeParseError extends Error {
  override readonly name = "TypeParseError";
}

/** A type; `text` is all of it, in the form of `ObjectView.type`. */
export interface TypeTag {
  readonly text: string;
  /** T of vector<T>. */
  readonly element?: TypeTag;
  readonly struct?: StructTag;
}

export interface StructTag extends Pick<TypeTag, "text"> {
  /** 0x and 64 hex digits */
  readonly address: string;
  readonly module: string;
  readonly name: string;
  readonly typeParams: readonly TypeTag[];
}

/** Throws TypeParseError. */
export function parseTypeTag(text: string): TypeTag {
  return new Reader(text).whole((reader) => reader.type(0));
}

/** Throws TypeParseError. */
export function parseStructTag(text: string): StructTag {
  return new Reader(text).whole((reader) => reader.struct(0));
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads one thing, and that there is nothing else. */
  whole<T>(read: (reader: Reader) => T): T {
    const value = read(this);
    if (this.#at < this.#text.length) throw this.#error();
    return value;
  }

  struct(depth: number): StructTag {
    const digits = this.#match(ADDRESS)[1]!.toLowerCase();
    const address = `0x${digits.padStart(ADDRESS_DIGITS, "0")}`;
    this.#expect("::");
    const module = this.#identifier();
    this.#expect("::");
    const name = this.#identifier();
    const typeParams = this.#typeParams(depth);
    const rest = typeParams.length === 0 ? "" : `<${typeParams.map((param) => param.text).join(",")}>`;
    return { address, module, name, typeParams, text: `${address}::${module}::${name}${rest}` };
  }

  type(depth: number): TypeTag {
    if (depth > MAX_NESTING) throw new TypeParseError(`nesting exceeded limit of ${MAX_NESTING}`);
    const primitive = this.#try(PRIMITIVE);
    if (primitive) return { text: primitive[0] };
    if (!this.#try(VECTOR)) {
      const struct = this.struct(depth);
      return { text: struct.text, struct };
    }
    this.#spaces();
    const element = this.type(depth + 1);
    this.#spaces();
    this.#expect(">");
    return { text: `vector<${element.text}>`, element };
  }

  #typeParams(depth: number): TypeTag[] {
    const before = this.#at;
    this.#spaces();
    if (this.#text[this.#at] !== "<") {
      this.#at = before;
      return [];
    }
    const params: TypeTag[] = [];
    do {
      this.#at++;
      this.#spaces();
      params.push(this.type(depth + 1));
      this.#spaces();
    } while (this.#text[this.#at] === ",");
    this.#expect(">");
    return params;
  }

  #identifier(): string {
    const [identifier] = this.#match(IDENTIFIER);
    if (identifier.length <= MAX_IDENTIFIER_CHARACTERS) return identifier;
    throw new TypeParseError(`identifier length ${identifier.length} exceeded limit of ${MAX_IDENTIFIER_CHARACTERS}`);
  }

  #expect(token: string): void {
    if (!this.#text.startsWith(token, this.#at)) throw this.#error();
    this.#at += token.length;
  }

  #spaces(): void {
    this.#match(SPACES);
  }

  #match(pattern: RegExp): RegExpExecArray {
    const found = this.#try(pattern);
    if (!found) throw this.#error();
    return found;
  }

  #try(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #error(): TypeParseError {
    return new TypeParseError(`failed to parse ${this.#text.slice(this.#at)}: unknown error`);
  }
}
