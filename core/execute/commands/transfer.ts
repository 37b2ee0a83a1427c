/** TransferObjects: gives objects to an address. No results. */
import { isCapability } from "../../lib/iota/committee";
import { KIND_PACKAGE, OWNER_ADDRESS, setOwner, viewKind } from "../../lib/iota/object";
import {
  COMMAND_TRANSFER_OBJECTS,
  commandArgumentCount,
  commandArguments,
  commandSubject,
  nextArgument,
} from "../../lib/iota/transaction";
import { OBJECT_TYPE_OTHER } from "../../lib/iota/types";
import { REJECT_DROP_UNSUPPORTED_COMMAND } from "../../wire/generated";
import { resolve, resolved, takeObject, takePure } from "../arguments";
import { drop } from "../drop";
import { fail, hasFailed, INVALID_TRANSFER_OBJECT } from "../status";
import { addFlag, IS_WRITTEN, recordView } from "../store";
import { valueRecord } from "../values";

const ADDRESS_BYTES: u32 = 32;

export function transferObjects(command: u32): void {
  const objects = commandArgumentCount();
  let argument = commandArguments();
  for (let i: u32 = 0; i < objects; i++) {
    resolve(argument);
    argument = nextArgument(argument);
  }
  resolve(commandSubject());
  if (hasFailed()) return;
  for (let i: u32 = 0; i < objects; i++) if (takeObject(resolved(i), i, true) == 0) return;
  const recipient = takePure(resolved(objects), objects, ADDRESS_BYTES, true);
  if (recipient == 0) return;
  for (let i: u32 = 0; i < objects; i++) {
    const record = valueRecord(resolved(i));
    const view = recordView(record);
    const kind = viewKind(view);
    if (kind == KIND_PACKAGE) {
      fail(INVALID_TRANSFER_OBJECT, 0, 0);
      return;
    }
    // Coins, staked IOTA and the capability have `store`. Whether another type has it, its module says, which takes the virtual machine's loader.
    if (kind == OBJECT_TYPE_OTHER && !isCapability(view)) {
      drop(REJECT_DROP_UNSUPPORTED_COMMAND, record, command, COMMAND_TRANSFER_OBJECTS);
      return;
    }
    setOwner(view, OWNER_ADDRESS, recipient, 0);
    addFlag(record, IS_WRITTEN);
  }
}
