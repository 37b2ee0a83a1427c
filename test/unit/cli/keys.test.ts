/** Keys in IOTA's formats, and the file that keeps them. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  generateKey,
  KeyFormatError,
  keyFromMnemonic,
  keyFromPrivateKey,
  keyFromText,
  schemeOf,
} from "../../../host/cli/keys/formats.ts";
import { Keystore, KeystoreError } from "../../../host/cli/keys/keystore.ts";
import { SCHEME_NAMES, type SchemeName } from "../../../host/cli/keys/schemes.ts";

const FILM =
  "film crazy soon outside stand loop subway crumble thrive popular green nuclear struggle pistol arm wife phrase warfare march wheat nephew ask sunny firm";
const REQUIRE =
  "require decline left thought grid priority false tiny gasp angle royal system attack beef setup reward aunt skill wasp tray vital bounce inflict level";
const ORGAN =
  "organ crash swim stick traffic remember army arctic mesh slice swear summer police vast chaos cradle squirrel hood useless evidence pet hub soap lake";

/** Scheme, mnemonic, private key, address: iotaledger/iota crates/iota/src/unit_tests/keytool_tests.rs, test_mnemonics_*. */
const VECTORS: readonly (readonly [SchemeName, string, string, string])[] = [
  [
    "ed25519",
    FILM,
    "iotaprivkey1qrqqxhsu3ndp96644fjk4z5ams5ulgmvprklngt2jhvg2ujn5w4q2d2vplv",
    "0x9f8e5379678525edf768d7b507dc1ba9016fc4f0eac976ab7f74077d95fba312",
  ],
  [
    "ed25519",
    REQUIRE,
    "iotaprivkey1qqcxaf57fnenvflpacacaumf6vl0rt0edddhytanvzhkqhwnjk0zspg902d",
    "0x862738192e40540e0a5c9a5aca636f53b0cd76b0a9bef3386e05647feb4914ac",
  ],
  [
    "ed25519",
    ORGAN,
    "iotaprivkey1qzq39vxzm0gq7l8dc5dj5allpuww4mavhwhg8mua4cl3lj2c3fvhcv5l2vn",
    "0x2391788ca49c7f0f00699bc2bad45f80c343b4d1df024285c132259433d7ff31",
  ],
  [
    "secp256k1",
    FILM,
    "iotaprivkey1q8cy2ll8a0dmzzzwn9zavrug0qf47cyuj6k2r4r6rnjtpjhrdh52vpegd4f",
    "0x8520d58dde1ab268349b9a46e5124ae6fe7e4c61df4ca2bc9c97d3c4d07b0b55",
  ],
  [
    "secp256k1",
    REQUIRE,
    "iotaprivkey1q9hm330d05jcxfvmztv046p8kclyaj39hk6elqghgpq4sz4x23hk2wd6cfz",
    "0x3740d570eefba29dfc0fdd5829848902064e31ecd059ca05c401907fa8646f61",
  ],
  [
    "secp256k1",
    ORGAN,
    "iotaprivkey1qx2dnch6363h7gdqqfkzmmlequzj4ul3x4fq6dzyajk7wc2c0jgcx32axh5",
    "0x943b852c37fef403047e06ff5a2fa216557a4386212fb29554babdd3e1899da5",
  ],
  [
    "secp256r1",
    "act wing dilemma glory episode region allow mad tourist humble muffin oblige",
    "iotaprivkey1qtt65ua2lhal76zg4cxd6umdqynv2rj2gzrntp5rwlnyj370jg3pwtqlwdn",
    "0x779a63b28528210a5ec6c4af5a70382fa3f0c2d3f98dcbe4e3a4ae2f8c39cc9c",
  ],
  [
    "secp256r1",
    "flag rebel cabbage captain minimum purpose long already valley horn enrich salt",
    "iotaprivkey1qtcjgmue7q8u4gtutfvfpx3zj3aa2r9pqssuusrltxfv68eqhzsgjc3p4z7",
    "0x8b45523042933aa55f57e2ccc661304baed292529b6e67a0c9857c1f3f871806",
  ],
  [
    "secp256r1",
    "area renew bar language pudding trial small host remind supreme cabbage era",
    "iotaprivkey1qtxafg26qxeqy7f56gd2rvsup0a5kl4cre7nt2rtcrf0p3v5pwd4cgrrff2",
    "0x8528ef86150ec331928a8b3edb8adbe2fb523db8c84679aa57a931da6a4cdb25",
  ],
];

describe("formats", () => {
  test.for(VECTORS)("%s, vector %#", ([scheme, mnemonic, privateKey, address]) => {
    for (const key of [keyFromMnemonic(mnemonic, scheme), keyFromPrivateKey(privateKey)]) {
      expect(key.toIotaAddress()).toBe(address);
      expect(key.getSecretKey()).toBe(privateKey);
      expect(schemeOf(key)).toBe(scheme);
    }
    expect(keyFromText(`  ${mnemonic.toUpperCase().replaceAll(" ", "\n ")}\n`, scheme).toIotaAddress()).toBe(address);
    expect(keyFromText(`${privateKey}\n`, "ed25519").toIotaAddress()).toBe(address);
  });

  test("what is written is read back", () => {
    for (const scheme of SCHEME_NAMES) {
      const key = generateKey(scheme);
      const read = keyFromPrivateKey(key.getSecretKey());
      expect([schemeOf(read), read.toIotaAddress()]).toEqual([scheme, key.toIotaAddress()]);
    }
  });

  test("a scheme's paths are its own", () => {
    expect(() => keyFromMnemonic(FILM, "ed25519", "m/54'/4218'/0'/0/0")).toThrow(KeyFormatError);
    expect(() => keyFromMnemonic(FILM, "secp256k1", "m/74'/4218'/0'/0/0")).toThrow(KeyFormatError);
    expect(() => keyFromMnemonic(FILM, "secp256r1", "m/54'/4218'/0'/0/0")).toThrow(KeyFormatError);
    expect(() => keyFromMnemonic(FILM, "secp256r1", "m/74'/60'/0'/0/0")).toThrow(KeyFormatError);
    expect(keyFromMnemonic(FILM, "ed25519", "m/44'/4218'/0'/0'/1'").toIotaAddress()).not.toBe(VECTORS[0]![3]);
  });

  test("a text that is no key is refused without being repeated", () => {
    const damaged = VECTORS.flatMap(([, mnemonic, privateKey]) => {
      const words = mnemonic.split(" ");
      return [
        fc
          .record({ at: fc.nat(privateKey.length - 1), by: fc.constantFrom("x", "B", "1", " ", "é") })
          .map(({ at, by }) => privateKey.slice(0, at) + by + privateKey.slice(at + 1)),
        fc.nat(words.length - 1).map((at) => words.filter((_, index) => index !== at).join(" ")),
        fc.nat(words.length - 2).map((at) => words.toSpliced(at, 2, words[at + 1]!, words[at]!).join(" ")),
      ];
    });
    const good = new Set(VECTORS.flatMap(([, mnemonic, privateKey]) => [mnemonic, privateKey]));
    fc.assert(
      fc.property(fc.oneof(fc.string(), ...damaged), (text) => {
        fc.pre(!good.has(text) && text.length > 8);
        let message: string;
        try {
          // A word left out or moved passes the checksum of 4 to 8 bits once in 16 to 256 times.
          keyFromText(text, "ed25519");
          return;
        } catch (error) {
          expect(error).toBeInstanceOf(KeyFormatError);
          message = (error as Error).message;
        }
        expect(message).not.toContain(text);
        for (const word of text.split(" ")) if (word.length > 8) expect(message).not.toContain(word);
      }),
    );
  });
});

describe("keystore", () => {
  const folder = mkdtempSync(join(tmpdir(), "caisson-keystore-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is IOTA's file, for its owner alone", async () => {
    const path = join(folder, "new", "client.keystore");
    const keystore = new Keystore(path);
    expect(keystore.keypairs()).toEqual([]);
    expect(() => keystore.find(undefined)).toThrow(KeystoreError);
    for (const [, , privateKey] of VECTORS) expect(await keystore.add(keyFromPrivateKey(privateKey))).toBe(true);
    expect(await keystore.add(keyFromPrivateKey(VECTORS[4]![2]))).toBe(false);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(VECTORS.map(([, , privateKey]) => privateKey));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
    expect(keystore.find(undefined).toIotaAddress()).toBe(VECTORS[0]![3]);
    for (const [, , privateKey, address] of VECTORS) expect(keystore.find(address).getSecretKey()).toBe(privateKey);
    expect(() => keystore.find(`0x${"9".repeat(64)}`)).toThrow(KeystoreError);
  });

  test("loses no key when several are added at once", async () => {
    const path = join(folder, "busy.keystore");
    const keys = Array.from({ length: 8 }, () => generateKey("ed25519"));
    await Promise.all(keys.map((key) => new Keystore(path).add(key)));
    const kept = new Keystore(path).keypairs().map((key) => key.toIotaAddress());
    expect(kept.sort()).toEqual(keys.map((key) => key.toIotaAddress()).sort());
  });

  /** As iotaledger/iota crates/iota-keys/src/keystore.rs (FileBasedKeystoreFile, AliasedKey, StoredKey) has serde write them. */
  const device = {
    alias: "ledger_1.x",
    address: `0x${"1d".repeat(32)}`,
    key: {
      type: "external",
      value: { source: "ledger", derivation_path: "m/44'/4218'/0'/0'/0'", public_key_base64_with_flag: "AA==" },
    },
  };
  const account = {
    alias: "shared",
    address: `0x${"ac".repeat(32)}`,
    key: { type: "account", value: `0x${"ac".repeat(32)}` },
  };
  const pair = ([, , value, address]: (typeof VECTORS)[number], alias: string) => ({
    alias,
    address,
    key: { type: "key_pair", value },
  });

  test("reads version 2, adds to it in that version, and keeps what is no key pair", async () => {
    const path = join(folder, "version-2.keystore");
    const [first, second, third] = VECTORS;
    const taken = { ...account, alias: `caisson-${third![3].slice(2, 10)}` };
    const keys = [device, pair(first!, "upbeat-turquoise"), taken, pair(second!, "mystifying-hypersthene")];
    writeFileSync(path, JSON.stringify({ version: 2, keys }));
    const keystore = new Keystore(path);
    expect(keystore.keypairs().map((key) => key.getSecretKey())).toEqual([first![2], second![2]]);
    expect(await keystore.add(keyFromPrivateKey(second![2]))).toBe(false);
    expect(await keystore.add(keyFromPrivateKey(third![2]))).toBe(true);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      version: 2,
      keys: [...keys, pair(third!, `${taken.alias}-2`)],
    });
    expect(keystore.find(undefined).toIotaAddress()).toBe(first![3]);
    expect(keystore.find(third![3]).getSecretKey()).toBe(third![2]);
    expect(() => keystore.find(device.address)).toThrow(KeystoreError);
  });

  test("says nothing of what is in a file that is not one", () => {
    const path = join(folder, "bad.keystore");
    for (const text of [
      "iotaprivkey1qqcxaf57",
      '["iotaprivkey1qqcxaf57"]',
      '{"iotaprivkey1qqcxaf57": 1}',
      '{"version": 2, "keys": [{"alias": "a", "address": "0x1", "key": {"type": "iotaprivkey1qqcxaf57", "value": ""}}]}',
      '{"version": 2, "keys": [{"alias": "a", "address": "0x1", "key": {"type": "key_pair", "value": "qqcxaf57"}}]}',
      '{"version": 2, "keys": [{"alias": "a", "address": "0x1", "key": {"type": "key_pair"}}]}',
      '{"version": 3, "keys": []}',
      "3",
      "null",
    ]) {
      writeFileSync(path, text);
      expect(() => new Keystore(path).keypairs()).toThrow(KeystoreError);
      expect(() => new Keystore(path).keypairs()).not.toThrow(/qqcxaf57/);
    }
  });
});
