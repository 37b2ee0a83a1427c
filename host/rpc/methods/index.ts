/** Every method that this node serves. */
import type { Method } from "../method.ts";
import { caissonMethods } from "./caisson.ts";
import { chainMethods } from "./chain.ts";
import { checkpointMethods } from "./checkpoints.ts";
import { coinMethods } from "./coins.ts";
import { eventMethods } from "./events.ts";
import { governanceMethods } from "./governance.ts";
import { objectMethods } from "./objects.ts";
import { ownedObjectMethods } from "./owned-objects.ts";
import { simulationMethods } from "./simulation.ts";
import { transactionQueryMethods } from "./transaction-query.ts";
import { transactionMethods } from "./transactions.ts";

export const METHODS: readonly Method[] = [
  ...objectMethods,
  ...ownedObjectMethods,
  ...coinMethods,
  ...transactionMethods,
  ...simulationMethods,
  ...transactionQueryMethods,
  ...eventMethods,
  ...checkpointMethods,
  ...chainMethods,
  ...governanceMethods,
  ...caissonMethods,
];
