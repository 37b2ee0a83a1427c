import { CATALOGUE } from "../catalogue.ts";
import { type Argument, command } from "../command.ts";
import { SCHEME_NAMES } from "../keys/schemes.ts";
import { address, choice, many, parseAddress, parseDigest, parseMultiaddress, parseU64, text, u64 } from "../values.ts";

const { rpc, faucetUrl, keystore, genesis } = CATALOGUE;
const ONCE = { flagOnly: true } as const;

const own = address("address", "<address>", "which of your addresses", { ...ONCE, defaultShown: "the first" });
const owner = address("address", "<address>", "whose", { ...ONCE, defaultShown: "your first address" });
const gasBudget = u64("gas-budget", "<nanos>", "most that gas may cost", {
  ...ONCE,
  defaultShown: "a dry run's estimate",
});
const scheme = { ...choice("scheme", "<scheme>", "kind of key", SCHEME_NAMES, "ed25519"), ...ONCE };

const objectId = (usage: string, describe: string): Argument => ({ usage, describe, parse: parseAddress });

export const newAddress = command({
  name: "new-address",
  describe: "make a key and show its address",
  settings: { keystore, scheme },
  example: ["caisson client new-address"],
});

export const addresses = command({
  name: "addresses",
  describe: "list your addresses",
  settings: { keystore },
  example: ["caisson client addresses"],
});

export const importKey = command({
  name: "import",
  describe: "keep a key that exists",
  more: "The secret is an iotaprivkey1… of IOTA's own tools, a caissonprivkey1…, or a mnemonic of 12 to 24 English words. It comes from a file or from standard input, never from a flag: flags are seen by every process of the machine",
  settings: {
    keystore,
    file: text("file", "<file>", "where the secret is", { ...ONCE, defaultShown: "standard input" }),
    scheme: { ...scheme, describe: `for a mnemonic, ${scheme.describe}` },
    path: text("path", "<path>", "for a mnemonic, the derivation path", {
      ...ONCE,
      defaultShown: "IOTA's for the scheme",
    }),
  },
  example: [
    "iota keytool export --key-identity 0xcafe --json | jq -r .exportedPrivateKey | caisson client import",
    "caisson client import --file mnemonic.txt --scheme secp256k1",
  ],
});

export const exportKey = command({
  name: "export",
  describe: "write a private key out, as iotaprivkey1…",
  more: "Whoever has it has what it owns. The file that is made can be read by you alone",
  settings: {
    keystore,
    address: own,
    out: text("out", "<file>", "file to write, which must not exist; - for standard output", {
      ...ONCE,
      required: true,
    }),
  },
  example: ["caisson client export --out key.txt"],
});

export const faucet = command({
  name: "faucet",
  describe: "get coins from the network's faucet",
  settings: { keystore, faucetUrl, address: { ...owner, describe: "who receives" } },
  example: ["caisson client faucet"],
});

export const balance = command({
  name: "balance",
  describe: "show what an address holds, by type of coin",
  settings: { rpc, keystore, address: owner },
  example: ["caisson client balance --address 0xcafe"],
});

export const coins = command({
  name: "coins",
  describe: "list the coins of an address",
  settings: { rpc, keystore, address: owner },
  example: ["caisson client coins"],
});

export const transfer = command({
  name: "transfer",
  describe: "send IOTA",
  settings: {
    rpc,
    keystore,
    address: own,
    to: address("to", "<address>", "receiver", { ...ONCE, required: true }),
    amount: u64("amount", "<nanos>", "NANOS to send; 1 IOTA is 1000000000", { ...ONCE, required: true }),
    gasBudget,
  },
  example: ["caisson client transfer --to 0xcafe --amount 1000000"],
});

export const split = command({
  name: "split",
  describe: "split new coins off one of yours, or off the one that pays for gas",
  arguments: [objectId("[coin]", "id of the coin")],
  settings: {
    rpc,
    keystore,
    address: own,
    amounts: many(parseU64, "amount", "<nanos>", "NANOS in a new coin", true),
    gasBudget,
  },
  example: ["caisson client split --amount 1000 --amount 2000"],
});

export const merge = command({
  name: "merge",
  describe: "merge coins of yours into one",
  arguments: [objectId("<into>", "id of the coin that stays"), objectId("<coin...>", "ids of the coins that end")],
  settings: { rpc, keystore, address: own, gasBudget },
  example: ["caisson client merge 0xcafe 0xc01a 0xc01b"],
});

const plain = (usage: string, describe: string): Argument => ({ usage, describe, parse: (given) => given });

const GOVERNED =
  "It is yours to do when you have the governor's capability, which the chain's genesis file says; the change is in force from the next epoch on";

export const committee = command({
  name: "committee",
  describe: "show the validators that are in force, and the list that the next epoch goes by",
  settings: { rpc },
  example: ["caisson client committee"],
});

export const addValidator = command({
  name: "add-validator",
  describe: "put a validator on the list that the next epoch goes by",
  more: GOVERNED,
  arguments: [plain("<name>", "what it is called"), plain("<key-file>", "what caisson keys shows of it")],
  settings: {
    rpc,
    keystore,
    address: own,
    reachedAt: many(parseMultiaddress, "reached-at", "<address>", "where it is reached by the others"),
    gasBudget,
  },
  example: ["caisson client add-validator fifth fifth.pub --reached-at /ip4/10.0.0.5/tcp/9200"],
});

export const removeValidator = command({
  name: "remove-validator",
  describe: "take a validator off the list that the next epoch goes by",
  more: GOVERNED,
  arguments: [plain("<name>", "what it is called")],
  settings: { rpc, keystore, address: own, gasBudget },
  example: ["caisson client remove-validator validator-1"],
});

export const object = command({
  name: "object",
  describe: "show an object, as the node tells it",
  arguments: [objectId("<id>", "the object's id")],
  settings: { rpc },
  example: ["caisson client object 0x6"],
});

export const transaction = command({
  name: "transaction",
  describe: "show a transaction and what it did",
  arguments: [{ usage: "<digest>", describe: "the transaction's digest", parse: parseDigest }],
  settings: { rpc },
  example: ["caisson client transaction 4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi1"],
});

export const verifyObject = command({
  name: "verify-object",
  describe: "prove an object, or that there is none, against the genesis file alone",
  more: "Nothing that the node says is believed: its answer is checked against a checkpoint that the committee of the genesis file has certified. That proves inclusion at that checkpoint, and not freshness: what happened since, nothing proves. Exits with 1 when anything does not hold",
  arguments: [objectId("<id>", "the object's id")],
  settings: {
    rpc,
    genesis,
    notBefore: u64("not-before", "<checkpoint>", "refuse a proof against an older checkpoint", {
      ...ONCE,
      default: 0n,
    }),
  },
  example: ["caisson client verify-object 0x6 --genesis .caisson/localnet/genesis.json"],
});

export const verifyEvidence = command({
  name: "verify-evidence",
  describe: "check evidence against validators that signed two blocks for one round, against the genesis file alone",
  more: "The evidence comes from a node, or from a file with what a node answered to caisson_getEquivocations, or with what this command printed with --json; then no node is asked. Exits with 1 when anything does not hold",
  settings: {
    rpc,
    genesis,
    file: text("file", "<file>", "where the evidence is", { ...ONCE, defaultShown: "the node is asked" }),
  },
  example: ["caisson client verify-evidence --genesis .caisson/localnet/genesis.json"],
});
