/**
 * A node that lies: a proxy before a real one changes what it answers to caisson_getObjectProof. Whatever it changes, the command
 * refuses with a typed reason; and what it does not change, the command takes.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { requestIotaFromFaucetV0 } from "@iota/iota-sdk/faucet";
import { fromBase64, toBase64 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CheckpointSummaryBcs } from "../../host/format/checkpoint.ts";
import { readGenesis } from "../../host/genesis/genesis.ts";
import { genesisAnchor } from "../../host/light/genesis-anchor.ts";
import { loadLightModules } from "../../host/light/modules.ts";
import type { TrustAnchor } from "../../host/light/unsealed-verify.ts";
import {
  type LightModules,
  type ObjectProof,
  ObjectProofError,
  ObjectProofFault,
  verifyObject,
} from "../../host/light/verify-object.ts";
import { Localnet } from "../../host/localnet.ts";
import { createLog } from "../../host/log.ts";

const BIN = fileURLToPath(new URL("../../host/cli/caisson.mjs", import.meta.url));
const CLOCK = `0x${"6".padStart(64, "0")}`;
const ABSENT = `0x${"7".padStart(64, "0")}`;
/** Neither the first nor the last bytes of a field are special: single bits are flipped at this many places of each. */
const FLIPS = 12;

const folder = mkdtempSync(join(tmpdir(), "caisson-lying-"));
let net: Localnet;
let proxy: Server;
let url: string;
let genesisPath: string;
/** The honest answers, fetched once. */
let clock: ObjectProof;
let absent: ObjectProof;
let modules: LightModules;
let anchor: TrustAnchor;
/** What the proxy makes of the result of an answer. */
let lie: (proof: ObjectProof) => unknown;
const honest = (proof: ObjectProof): unknown => proof;

beforeAll(async () => {
  net = await Localnet.start({
    folder: join(folder, "net"),
    fresh: false,
    hostname: "127.0.0.1",
    rpcPort: 0,
    faucetPort: 0,
    heartbeatMs: 3_600_000,
    log: createLog("silent"),
  });
  genesisPath = net.genesisPath;
  // The genesis checkpoint is known by the chain's name: what certificates are worth shows at a later one.
  await requestIotaFromFaucetV0({ host: net.faucet.url, recipient: ABSENT });
  const genesis = readGenesis(genesisPath);
  clock = await proofOf(CLOCK);
  absent = await proofOf(ABSENT);
  modules = await loadLightModules();
  anchor = genesisAnchor(genesis);
  proxy = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await ask(Buffer.concat(chunks).toString());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...answer, result: lie(answer.result) }));
    })();
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});

afterAll(async () => {
  proxy.close();
  await net.stop();
  rmSync(folder, { recursive: true });
});

async function ask(body: string): Promise<{ readonly result: ObjectProof }> {
  const response = await fetch(net.rpc.url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return (await response.json()) as { readonly result: ObjectProof };
}

const proofOf = async (id: string): Promise<ObjectProof> =>
  (await ask(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "caisson_getObjectProof", params: [id] }))).result;

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function verify(id: string): Promise<Run> {
  const args = [BIN, "client", "verify-object", id, "--genesis", genesisPath, "--rpc", url, "--json"];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const BYTES = ["summary", "certificate", "object", "proof"] as const;

function flipped(base64: string, at: number, bit: number): string {
  const bytes = fromBase64(base64);
  bytes[at] = bytes[at]! ^ (1 << bit);
  return toBase64(bytes);
}

const middle = (base64: string): number => Math.floor(fromBase64(base64).length / 2);

/** A lie about each field, and about the shape of the whole; by what it is, and the reasons that may be given for its refusal. */
const LIES: Readonly<Record<string, readonly [(proof: ObjectProof) => unknown, ...string[]]>> = {
  "another object's id": [(proof) => ({ ...proof, objectId: ABSENT }), "wrongObject"],
  "the id in other letters": [(proof) => ({ ...proof, objectId: proof.objectId.toUpperCase() }), "wrongObject"],
  "another checkpoint's number": [(proof) => ({ ...proof, checkpoint: "7" }), "wrongCheckpoint"],
  "a number that is none": [(proof) => ({ ...proof, checkpoint: "0x0" }), "wrongCheckpoint"],
  "a summary with a bit flipped": [
    (proof) => ({ ...proof, summary: flipped(proof.summary, 3, 0) }),
    "notCertified",
    "otherEpoch",
    "wrongChain",
  ],
  "a summary cut short": [(proof) => ({ ...proof, summary: proof.summary.slice(0, 40) }), "malformedAnswer"],
  "a certificate with a bit flipped": [
    (proof) => ({ ...proof, certificate: flipped(proof.certificate, middle(proof.certificate), 5) }),
    "notCertified",
  ],
  "an empty certificate": [(proof) => ({ ...proof, certificate: "" }), "notCertified", "malformedAnswer"],
  "an object with a bit flipped": [
    (proof) => ({ ...proof, object: flipped(proof.object!, middle(proof.object!), 1) }),
    "notProved",
  ],
  "an object denied": [(proof) => ({ ...proof, object: null }), "notProved"],
  "a proof with a bit flipped": [
    (proof) => ({ ...proof, proof: flipped(proof.proof, middle(proof.proof), 7) }),
    "notProved",
  ],
  "no proof": [(proof) => ({ ...proof, proof: "" }), "notProved"],
  "a proof with a byte more": [
    (proof) => ({ ...proof, proof: toBase64(Uint8Array.from([...fromBase64(proof.proof), 0])) }),
    "notProved",
  ],
  "the same bytes in other base64": [(proof) => ({ ...proof, proof: `${proof.proof}\n` }), "malformedAnswer"],
  "a field of another type": [(proof) => ({ ...proof, checkpoint: 0 }), "malformedAnswer"],
  "a field too many": [(proof) => ({ ...proof, trustMe: true }), "malformedAnswer"],
  "a list": [(proof) => [proof], "malformedAnswer"],
  nothing: [() => null, "malformedAnswer"],
};

describe("the command", () => {
  test("takes the truth", async () => {
    lie = honest;
    const run = await verify(CLOCK);
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toMatchObject({ objectId: CLOCK, present: true });
    expect(run.code).toBe(0);
  });

  test("takes the truth about what is not there", async () => {
    lie = honest;
    const run = await verify(ABSENT);
    expect(JSON.parse(run.stdout)).toMatchObject({ objectId: ABSENT, present: false });
    expect(run.code).toBe(0);
  });

  test.for(Object.entries(LIES))("refuses %s", async ([, [told, ...reasons]]) => {
    lie = told;
    const run = await verify(CLOCK);
    expect(run.code).toBe(1);
    const { error } = JSON.parse(run.stdout) as { error: { code: string; message: string } };
    expect(reasons).toContain(error.code);
    expect(run.stderr).toBe(`caisson: ${error.message}\n`);
  });

  test("refuses an object where there is none", async () => {
    lie = (proof) => ({ ...proof, object: clock.object });
    const run = await verify(ABSENT);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: "notProved" } });
  });
});

describe("the check behind it", () => {
  const refusal = (answer: unknown): string | undefined => {
    try {
      verifyObject(modules, anchor, CLOCK, answer);
      return undefined;
    } catch (error) {
      return error instanceof ObjectProofError ? error.code : String(error);
    }
  };

  test.for(BYTES)("refuses every bit flipped and every length changed of %s", (field) => {
    expect(refusal(clock)).toBeUndefined();
    const bytes = fromBase64(clock[field]!);
    const places = new Set(Array.from({ length: FLIPS }, (_, i) => Math.floor((i * (bytes.length - 1)) / (FLIPS - 1))));
    for (const at of places) {
      for (const bit of [0, 7]) {
        const answer = { ...clock, [field]: flipped(clock[field]!, at, bit) };
        expect(
          Object.hasOwn(ObjectProofFault, refusal(answer) ?? ""),
          `byte ${at}, bit ${bit}: ${refusal(answer)}`,
        ).toBe(true);
      }
      const cut = { ...clock, [field]: toBase64(bytes.slice(0, at)) };
      expect(Object.hasOwn(ObjectProofFault, refusal(cut) ?? ""), `cut to ${at}: ${refusal(cut)}`).toBe(true);
    }
    const longer = { ...clock, [field]: toBase64(Uint8Array.from([...bytes, 0])) };
    expect(Object.hasOwn(ObjectProofFault, refusal(longer) ?? ""), `a byte more: ${refusal(longer)}`).toBe(true);
  });

  test("refuses parts of two honest answers put together", () => {
    for (const field of BYTES) {
      if (clock[field] === absent[field]) continue;
      expect(Object.hasOwn(ObjectProofFault, refusal({ ...clock, [field]: absent[field] }) ?? ""), field).toBe(true);
    }
  });

  test("refuses another committee's keys, and another chain", () => {
    const against = (other: Partial<TrustAnchor>): string | undefined => {
      try {
        verifyObject(modules, { ...anchor, ...other }, CLOCK, clock);
        return undefined;
      } catch (error) {
        return (error as ObjectProofError).code;
      }
    };
    expect(against({})).toBeUndefined();
    expect(against({ committee: [new Uint8Array(1_952)] })).toBe("notCertified");
    expect(against({ committee: [] })).toBe("notCertified");
    const another = CheckpointSummaryBcs.parse(anchor.genesis);
    const genesis = CheckpointSummaryBcs.serialize({ ...another, timestampMs: "1" }).toBytes();
    expect(against({ genesis })).toBe("wrongChain");
    expect(against({ notBefore: BigInt(clock.checkpoint) + 1n })).toBe("tooOld");
  });
});
