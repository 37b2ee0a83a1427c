/** The network over sockets does what every network does. */
import { conforms } from "./conformance.ts";
import { SocketHarness } from "./sockets.ts";

conforms((limits) => new SocketHarness(limits));
