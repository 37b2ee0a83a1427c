/**
 * Named mutants: for each claim a change of the source that breaks just that, written by hand. The module is compiled from the changed
 * source, and the claim's check must fail (named.test.ts; host.test.ts for the host). They show that the checks can fail for the reason they are there.
 */
import { EXECUTE_MUTANTS } from "./named/execute.ts";
import { HOST_MUTANTS } from "./named/host.ts";
import { LEDGER_MUTANTS } from "./named/ledger.ts";
import { LIB_MUTANTS } from "./named/lib.ts";
import type { NamedMutant } from "./named/mutant.ts";
import { ORDER_MUTANTS } from "./named/order.ts";
import { VAULT_MUTANTS } from "./named/vault.ts";
import { VERIFY_MUTANTS } from "./named/verify.ts";

export type { NamedMutant } from "./named/mutant.ts";

export const NAMED: readonly NamedMutant[] = [
  ...LIB_MUTANTS,
  ...VERIFY_MUTANTS,
  ...ORDER_MUTANTS,
  ...EXECUTE_MUTANTS,
  ...LEDGER_MUTANTS,
  ...VAULT_MUTANTS,
  ...HOST_MUTANTS,
];
