/** The table of claims in README.md, made of claims.ts. Run as a program, it writes it there. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CLAIMS, type Claim, type Strength } from "./claims.ts";

const README = fileURLToPath(new URL("README.md", import.meta.url));
const BEGIN = "<!-- claims: written by proofs/claims-table.ts -->";
const END = "<!-- end of claims -->";
const COMPONENTS = ["lib", "verify", "order", "execute", "ledger", "vault", "all", "host"] as const;

function strengthOf(strength: Strength): string {
  switch (strength.kind) {
    case "random":
      return `${strength.cases.toLocaleString("en")} random cases`;
    case "exhaustive":
      return `exhaustive over ${strength.over}`;
    default:
      return `${strength.kind}: ${strength.of}`;
  }
}

function row({ id, statement, assumes, model, checks, mutants }: Claim): string {
  const checked = checks.map(({ file, test, strength }) => {
    const link = `[${file.split("/").at(-1)!.replace(".test.ts", "")}](../${file})`;
    return `${link}${test === "" ? "" : ` “${test}”`} (${strengthOf(strength)})`;
  });
  const cells = [`**${id}** ${statement}.`, assumes, model, checked.join("; "), mutants.join("; ")];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The table, a part for each component. */
export function claimsTable(): string {
  const parts = COMPONENTS.map((component) => {
    const rows = CLAIMS.filter((claim) => claim.component === component).map(row);
    const title = component === "lib" ? "core/lib" : component === "all" ? "every component" : component;
    const head =
      "| claim | assumes | model | checked by (how strongly) | mutants that it kills |\n|---|---|---|---|---|";
    return `### ${title}\n\n${head}\n${rows.join("\n")}\n`;
  });
  return parts.join("\n");
}

/** README.md with the table as it must be. Throws when it has no place for it. */
export function readmeWithTable(readme = readFileSync(README, "utf8")): string {
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error("proofs/README.md has no place for the claims");
  return `${before}${BEGIN}\n\n${claimsTable()}\n${END}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, readmeWithTable());
