import { PATHS } from "@ai-model-service/contract/http";
import { z } from "zod";
import { ServiceError, type ErrorCode } from "../errors.js";
import type { Lifecycle } from "../life/lifecycle.js";
import { json } from "./reply.js";
import type { Route } from "./route.js";

/** Why the service cannot answer, as whole sentences; undefined while it can. */
export type Readiness = () => string | undefined;

/** Throws `code` or shutting_down while requests should go elsewhere. */
export function assertReady(
  lifecycle: Lifecycle,
  whyNotReady: Readiness,
  code: ErrorCode = "model_not_ready",
): void {
  if (lifecycle.draining) {
    throw new ServiceError("shutting_down", "The server is shutting down.");
  }
  const reason = whyNotReady();
  if (reason !== undefined) {
    throw new ServiceError(code, reason);
  }
}

/** Liveness: the process answers. Readiness: it should be sent requests. Both open to all, for probes. */
export function healthRoutes(lifecycle: Lifecycle, whyNotReady: Readiness, code?: ErrorCode): Route[] {
  const response = { "application/json": z.object({ status: z.string() }) };
  return [
    {
      method: "GET",
      path: PATHS.live,
      access: "anybody",
      handle: () => json({ status: "live" }),
      description: { tag: "Operate", summary: "Whether the process answers", response },
    },
    {
      method: "GET",
      path: PATHS.ready,
      access: "anybody",
      handle() {
        assertReady(lifecycle, whyNotReady, code);
        return json({ status: "ready" });
      },
      description: {
        tag: "Operate",
        summary: "Whether requests should be sent here",
        response,
        errors: [code ?? "model_not_ready", "shutting_down"],
      },
    },
  ];
}
