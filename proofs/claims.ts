/**
 * What is claimed of the core, apart from how it is checked: the one source of the table in README.md. claims.test.ts holds the two together
 * and sees that each check exists; mutants/named.test.ts sees that each claim's mutants are killed by its checks.
 */

import type { Claim } from "./claims/claim.ts";
import { EVERY_CLAIMS } from "./claims/every.ts";
import { EXECUTE_CLAIMS } from "./claims/execute.ts";
import { HOST_CLAIMS } from "./claims/host.ts";
import { LEDGER_CLAIMS } from "./claims/ledger.ts";
import { LIB_CLAIMS } from "./claims/lib.ts";
import { ORDER_CLAIMS } from "./claims/order.ts";
import { VAULT_CLAIMS } from "./claims/vault.ts";
import { VERIFY_CLAIMS } from "./claims/verify.ts";

export type { Claim, ClaimCheck, Strength } from "./claims/claim.ts";

export const CLAIMS: readonly Claim[] = [
  ...LIB_CLAIMS,
  ...VERIFY_CLAIMS,
  ...ORDER_CLAIMS,
  ...EXECUTE_CLAIMS,
  ...LEDGER_CLAIMS,
  ...VAULT_CLAIMS,
  ...EVERY_CLAIMS,
  ...HOST_CLAIMS,
];
