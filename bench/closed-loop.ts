import { z } from "zod";
import type { Input } from "./inputs.js";
import { FILES } from "./files.js";
import { run } from "./run.js";

const report = z.object({
  requests: z.number(),
  failed: z.number(),
  seconds: z.number(),
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
});

/** Times in seconds, as the client saw them: each connection asks again once it has its answer. */
export type ClosedLoop = z.infer<typeof report> & { readonly perSecond: number };

/** Runs wrk with one thread against a server. Rejects when a request failed: its figures would mean nothing. */
export async function closedLoop(
  port: number,
  path: string,
  input: Input,
  connections: number,
  seconds: number,
): Promise<ClosedLoop> {
  const duration = Math.max(1, Math.round(seconds));
  const stdout = await run(
    "wrk",
    [
      ...["--threads", "1", "--connections", String(connections), "--duration", `${duration}s`],
      ...["--script", FILES.wrkScript, `http://127.0.0.1:${port}${path}`, "--"],
      ...[input.file, input.contentType, ...Object.entries(input.headers).flat()],
    ],
    duration + 30,
  );
  const line = stdout.trim().split("\n").pop() ?? "";
  const measured = report.parse(JSON.parse(line));
  if (measured.failed > 0) {
    throw new Error(`${measured.failed} of ${measured.requests} requests failed`);
  }
  return { ...measured, perSecond: measured.requests / measured.seconds };
}
