/** Every signature scheme, by the official client over a real network: paid by the faucet, spending, read back, refused when wrong. */
import type { IotaClient } from "@iota/iota-sdk/client";
import type { Signer } from "@iota/iota-sdk/cryptography";
import { Ed25519Keypair } from "@iota/iota-sdk/keypairs/ed25519";
import { PasskeyKeypair } from "@iota/iota-sdk/keypairs/passkey";
import { Secp256k1Keypair } from "@iota/iota-sdk/keypairs/secp256k1";
import { Secp256r1Keypair } from "@iota/iota-sdk/keypairs/secp256r1";
import { MultiSigPublicKey, MultiSigSigner } from "@iota/iota-sdk/multisig";
import { Transaction } from "@iota/iota-sdk/transactions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MlDsaKeypair } from "../../host/client/mldsa-keypair.ts";
import { account, balanceOf, netGas, succeed, TestNetwork } from "../support/network.ts";
import { SoftwarePasskey } from "../support/passkey.ts";

const AMOUNT = 123_456_789n;

let net: TestNetwork;
let client: IotaClient;
beforeAll(async () => {
  net = await TestNetwork.start();
  client = net.client();
});
afterAll(() => net.stop());

const seed = (byte: number) => new Uint8Array(32).fill(byte);
const members = [
  Ed25519Keypair.fromSecretKey(seed(1)),
  Secp256k1Keypair.fromSecretKey(seed(2)),
  Secp256r1Keypair.fromSecretKey(seed(3)),
] as const;
const committee = MultiSigPublicKey.fromPublicKeys({
  threshold: 2,
  publicKeys: members.map((key) => ({ publicKey: key.getPublicKey(), weight: 1 })),
});

interface Scheme {
  readonly name: string;
  readonly flag: number;
  readonly signer: Signer;
}
const SCHEMES: readonly Scheme[] = [
  { name: "Ed25519", flag: 0, signer: account("Ed25519") },
  { name: "secp256k1", flag: 1, signer: Secp256k1Keypair.fromSecretKey(seed(4)) },
  { name: "secp256r1", flag: 2, signer: Secp256r1Keypair.fromSecretKey(seed(5)) },
  { name: "a multisig of two among three", flag: 3, signer: new MultiSigSigner(committee, [members[1], members[2]]) },
  {
    name: "a passkey",
    flag: 6,
    signer: await PasskeyKeypair.getPasskeyInstance(new SoftwarePasskey(seed(6))),
  },
  { name: "ML-DSA-44", flag: 0x20, signer: new MlDsaKeypair("ML-DSA-44", seed(7)) },
  { name: "ML-DSA-65", flag: 0x21, signer: new MlDsaKeypair("ML-DSA-65", seed(8)) },
];

function payment(to: string): Transaction {
  const transaction = new Transaction();
  const [piece] = transaction.splitCoins(transaction.gas, [AMOUNT]);
  transaction.transferObjects([piece!], to);
  return transaction;
}

describe.each(SCHEMES)("$name", ({ name, flag, signer }) => {
  const own = signer.toIotaAddress();

  it("is given coins, spends them, and is read back", async () => {
    await net.fund(signer);
    const before = await balanceOf(client, own);
    const to = account(`paid by ${name}`).toIotaAddress();
    const response = await succeed(client, signer, payment(to));
    expect(await balanceOf(client, to)).toBe(AMOUNT);
    expect(await balanceOf(client, own)).toBe(before - AMOUNT - netGas(response));

    const { transaction } = await client.getTransactionBlock({ digest: response.digest, options: { showInput: true } });
    expect(transaction!.data.sender).toBe(own);
    const [signature] = transaction!.txSignatures;
    expect(transaction!.txSignatures).toHaveLength(1);
    expect(Buffer.from(signature!, "base64")[0]).toBe(flag);
  });

  it("is refused on another's transaction, and when changed", async () => {
    const transaction = payment(own);
    transaction.setSender(own);
    const bytes = await transaction.build({ client });
    const { signature } = await signer.signTransaction(bytes);
    const changed = Uint8Array.from(Buffer.from(signature, "base64"));
    // In the signature proper: behind flag and, where there are any, counts and a challenge that is signed for.
    changed[flag === 6 ? changed.length - 60 : 20]! ^= 1;
    const refused = {
      code: -32002,
      message: expect.stringMatching(/^Invalid user signature: Signature is not valid: /),
    };
    await expect(
      client.executeTransactionBlock({ transactionBlock: bytes, signature: Buffer.from(changed).toString("base64") }),
    ).rejects.toMatchObject(refused);

    const stranger = await account("a stranger").signTransaction(bytes);
    await expect(
      client.executeTransactionBlock({ transactionBlock: bytes, signature: stranger.signature }),
    ).rejects.toMatchObject({
      code: -32002,
      message: `Invalid user signature: Required Signature from ${own} is absent ["${account("a stranger").toIotaAddress()}"]`,
    });
  });

  it("sponsors another scheme's transaction", async () => {
    const sender = SCHEMES[(SCHEMES.findIndex((scheme) => scheme.flag === flag) + 3) % SCHEMES.length]!.signer;
    const to = account(`sponsored by ${name}`).toIotaAddress();
    const [coin] = await net.fund(sender);
    const transaction = new Transaction();
    transaction.setSender(sender.toIotaAddress());
    transaction.setGasOwner(own);
    const [piece] = transaction.splitCoins(coin!, [AMOUNT]);
    transaction.transferObjects([piece!], to);
    const bytes = await transaction.build({ client });
    const signature = await Promise.all(
      [sender, signer].map(async (key) => (await key.signTransaction(bytes)).signature),
    );
    const { effects } = await client.executeTransactionBlock({
      transactionBlock: bytes,
      signature,
      options: { showEffects: true },
    });
    expect(effects!.status.status).toBe("success");
    expect(await balanceOf(client, to)).toBe(AMOUNT);
  });
});

describe("a multisig", () => {
  it("is refused from fewer than its threshold, by upstream's words", async () => {
    const sender = committee.toIotaAddress();
    await net.fund({ toIotaAddress: () => sender });
    const transaction = payment(sender);
    transaction.setSender(sender);
    const bytes = await transaction.build({ client });
    const { signature } = await members[0].signTransaction(bytes);
    await expect(
      client.executeTransactionBlock({
        transactionBlock: bytes,
        signature: committee.combinePartialSignatures([signature]),
      }),
    ).rejects.toMatchObject({
      code: -32002,
      message: "Invalid user signature: Signature is not valid: Insufficient weight=1 threshold=2",
    });
  });
});

describe("a Move authenticator", () => {
  it("is refused by name", async () => {
    const signer = account("Move");
    await net.fund(signer);
    const transaction = payment(signer.toIotaAddress());
    transaction.setSender(signer.toIotaAddress());
    const bytes = await transaction.build({ client });
    await expect(
      client.executeTransactionBlock({
        transactionBlock: bytes,
        signature: Buffer.from([7, 0, 0, 0]).toString("base64"),
      }),
    ).rejects.toMatchObject({ message: expect.stringContaining("MoveAuthenticator") });
  });
});
