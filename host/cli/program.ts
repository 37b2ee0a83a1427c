/** The command line as a whole: one file a command under commands/, what each does under run/. */
import { Command } from "commander";
import { packageVersion } from "../version.ts";
import { addCommand } from "./command.ts";
import * as attestation from "./commands/attest.ts";
import * as user from "./commands/client.ts";
import { genesis } from "./commands/genesis.ts";
import * as image from "./commands/image.ts";
import { keys } from "./commands/keys.ts";
import { localnet } from "./commands/localnet.ts";
import { node } from "./commands/node.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status.ts";

const AFTER_HELP = `
A setting comes from its flag, else from its variable CAISSON_…, else from the TOML file of --config, else from its default.
With --json, stdout gets exactly one document: the result, or {"error": {"code", "message"}}. Logs and notes go to stderr.

Exit codes:
  0  done
  1  the command could not do it
  2  it was called wrongly`;

/** Throws CommanderError, from parsing, for what it has already told the user: help, a version, a usage error. */
export function createProgram(): Command {
  const program = new Command("caisson")
    .description("a ledger node for hostile environments")
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError("See: caisson --help")
    .addHelpText("after", AFTER_HELP);
  addCommand(program, localnet, async () => (await import("./run/localnet.ts")).runLocalnet);
  addCommand(program, start, async () => (await import("./run/start.ts")).runStart);
  addCommand(program, node, async () => (await import("./run/node.ts")).runNode);
  addCommand(program, status, async () => (await import("./run/status.ts")).runStatus);
  const attested = async () => await import("./run/attest.ts");
  addCommand(program, attestation.attest, async () => (await attested()).attestCommand);
  addCommand(program, attestation.verifyAttestation, async () => (await attested()).verifyAttestationCommand);
  addCommand(program, genesis, async () => (await import("./run/genesis.ts")).runGenesis);
  addCommand(program, keys, async () => (await import("./run/keys.ts")).runKeys);
  addImage(program);
  addClient(program);
  return program;
}

function addImage(program: Command): void {
  const group = program
    .command("image")
    .description("what a platform runs instead of the modules themselves")
    .showHelpAfterError("See: caisson image --help");
  const images = async () => await import("./run/image.ts");
  addCommand(group, image.build, async () => (await images()).buildCommand);
  addCommand(group, image.inspect, async () => (await images()).inspectCommand);
  addCommand(group, image.run, async () => (await images()).runCommand);
}

function addClient(program: Command): void {
  const client = program
    .command("client")
    .description("keys, coins and objects of a user, through the official SDK")
    .showHelpAfterError("See: caisson client --help");
  const keyring = async () => await import("./run/client-keys.ts");
  addCommand(client, user.newAddress, async () => (await keyring()).newAddress);
  addCommand(client, user.addresses, async () => (await keyring()).addresses);
  addCommand(client, user.importKey, async () => (await keyring()).importKey);
  addCommand(client, user.exportKey, async () => (await keyring()).exportKey);
  const coins = async () => await import("./run/client-coins.ts");
  addCommand(client, user.faucet, async () => (await coins()).faucet);
  addCommand(client, user.balance, async () => (await coins()).balance);
  addCommand(client, user.coins, async () => (await coins()).coins);
  addCommand(client, user.transfer, async () => (await coins()).transfer);
  addCommand(client, user.split, async () => (await coins()).split);
  addCommand(client, user.merge, async () => (await coins()).merge);
  const governing = async () => await import("./run/client-committee.ts");
  addCommand(client, user.committee, async () => (await governing()).committee);
  addCommand(client, user.addValidator, async () => (await governing()).addValidator);
  addCommand(client, user.removeValidator, async () => (await governing()).removeValidator);
  const objects = async () => await import("./run/client-objects.ts");
  addCommand(client, user.object, async () => (await objects()).showObject);
  addCommand(client, user.transaction, async () => (await objects()).showTransaction);
  addCommand(client, user.verifyEvidence, async () => (await import("./run/verify-evidence.ts")).verifyEvidenceCommand);
  addCommand(client, user.verifyObject, async () => (await import("./run/verify-object.ts")).verifyObjectCommand);
}
