/** Every method that this node serves. */
import type { Method } from "../method.ts";
import { caissonMethods } from "./caisson.ts";
import { chainMethods } from "./chain.ts";
import { checkpointMethods } from "./checkpoints.ts";
import { coinMethods } from "./coins.ts";
import { dynamicFieldMethods } from "./dynamic-fields.ts";
import { epochMethods } from "./epochs.ts";
import { eventMethods } from "./events.ts";
import { governanceMethods } from "./governance.ts";
import { metricMethods } from "./metrics.ts";
import { moveMethods } from "./move.ts";
import { nameMethods } from "./names.ts";
import { objectMethods } from "./objects.ts";
import { ownedObjectMethods } from "./owned-objects.ts";
import { simulationMethods } from "./simulation.ts";
import { stakeMethods } from "./stakes.ts";
import { subscriptionMethods } from "./subscriptions.ts";
import { supplyMethods } from "./supply.ts";
import { transactionQueryMethods } from "./transaction-query.ts";
import { transactionMethods } from "./transactions.ts";

export const METHODS: readonly Method[] = [
  ...objectMethods,
  ...ownedObjectMethods,
  ...dynamicFieldMethods,
  ...coinMethods,
  ...supplyMethods,
  ...transactionMethods,
  ...simulationMethods,
  ...transactionQueryMethods,
  ...eventMethods,
  ...checkpointMethods,
  ...chainMethods,
  ...governanceMethods,
  ...stakeMethods,
  ...epochMethods,
  ...metricMethods,
  ...moveMethods,
  ...nameMethods,
  ...subscriptionMethods,
  ...caissonMethods,
];
