/** Every method that this node serves. */
import type { Method } from "../method.ts";
import { caissonMethods } from "./caisson.ts";
import { chainMethods } from "./chain.ts";
import { checkpointMethods } from "./checkpoints.ts";
import { eventMethods } from "./events.ts";
import { simulationMethods } from "./simulation.ts";
import { transactionQueryMethods } from "./transaction-query.ts";
import { transactionMethods } from "./transactions.ts";

export const METHODS: readonly Method[] = [
  ...transactionMethods,
  ...simulationMethods,
  ...transactionQueryMethods,
  ...eventMethods,
  ...checkpointMethods,
  ...chainMethods,
  ...caissonMethods,
];
