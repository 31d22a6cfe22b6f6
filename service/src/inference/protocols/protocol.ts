/** Protocols: one folder a protocol, each from a request to tensors and from tensors to an answer. */

import type { Engine } from "../engine/engine.js";
import type { Infer } from "./infer.js";
import type { RoutingOf } from "./routing.js";

/** What the routes of every protocol work with. */
export interface ProtocolOptions {
  readonly engine: Engine;
  readonly infer: Infer;
  readonly routingOf: RoutingOf;
  /** Bytes of a request body at most. */
  readonly maxBodyBytes: number;
}
