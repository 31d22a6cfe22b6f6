import { ServiceError, type ErrorCode } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import type { Reply } from "../../server/http/reply.js";
import type { ServedModel } from "../engine/engine.js";

/** The header of an answer that says which version it is of, whatever the protocol. */
const VERSION_HEADER = "X-Model-Version";

/**
 * What a version fails by its own fault, or may do so: what it refuses as the caller's fault the stable version may take.
 * Nothing that concerns the server as a whole, nor what no version would take.
 */
const MAY_BE_ITS_OWN: ReadonlySet<ErrorCode> = new Set([
  "invalid_input",
  "too_large",
  "unprocessable",
  "internal",
  "queue_full",
  "deadline_unreachable",
  "model_not_ready",
  "deadline_exceeded",
]);

/**
 * Answers a request by `model`; where it fails, by the version that answers in its place, if there is one. `ask` reads the
 * request anew for each, since what a version takes is its own.
 */
export async function answerBy(
  exchange: Exchange,
  model: ServedModel,
  ask: (model: ServedModel) => Promise<Reply>,
): Promise<Reply> {
  try {
    return signed(await ask(model), model);
  } catch (error) {
    const { fallback } = model;
    const code = error instanceof ServiceError ? error.code : "internal";
    if (fallback === undefined || !MAY_BE_ITS_OWN.has(code) || isOver(exchange)) {
      throw error;
    }
    exchange.note("failedVersion", model.version);
    const reply = await ask(fallback.model);
    fallback.count(code);
    return signed(reply, fallback.model);
  }
}

function isOver(exchange: Exchange): boolean {
  return exchange.cancelled || performance.now() >= exchange.deadline;
}

function signed(reply: Reply, { version }: ServedModel): Reply {
  const { headers } = reply;
  const named = { [VERSION_HEADER]: version };
  return { ...reply, headers: headers === undefined ? named : { ...headers, ...named } };
}
