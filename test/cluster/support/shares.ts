import type { KubeConfig } from "@kubernetes/client-node";

import { runIn, type Place } from "./run-in.js";

/** Who is served which version. */
export interface Shares {
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  /** Callers who were served by more than one version. */
  readonly unsteady: number;
  /** Requests that got no answer, in words. */
  readonly faults: readonly string[];
}

/**
 * Runs in a container: callers, each known by a header, that ask several times, on connections that change between the
 * replicas. Prints the outcome.
 */
const SCRIPT = `
const [url, callers, times, bytes] = process.argv.slice(1);
const { Agent, request } = require("node:http");
const body = Buffer.from(bytes, "base64");
const versions = {}, faults = [];
let unsteady = 0, next = 0;
const agent = new Agent({ keepAlive: true, maxSockets: 16, maxRequestsPerSocket: 50 });
const ask = (caller) => new Promise((resolve) => {
  const headers = { "content-type": "application/octet-stream", "content-length": body.length, "x-affinity": caller };
  const sent = request(url, { method: "POST", agent, headers, timeout: 20000 }, (response) => {
    const parts = [];
    response.on("data", (part) => parts.push(part)).on("end", () => {
      const text = Buffer.concat(parts).toString();
      if (response.statusCode !== 200) { faults.push(response.statusCode + " " + text.slice(0, 100)); return resolve(); }
      const { version } = JSON.parse(text);
      versions[version] = (versions[version] ?? 0) + 1;
      resolve(version);
    });
  });
  sent.on("timeout", () => sent.destroy(new Error("no answer in 20 s")));
  sent.on("error", (error) => { faults.push(error.message); resolve(); }).end(body);
});
const work = async () => {
  while (next < Number(callers)) {
    const caller = "caller-" + next++;
    const seen = new Set();
    for (let time = 0; time < Number(times); time++) seen.add(await ask(caller));
    if (seen.size > 1) unsteady++;
  }
};
Promise.all(Array.from({ length: 8 }, work)).then(() => {
  process.stdout.write(JSON.stringify({ versions, unsteady, faults: faults.slice(0, 5) }));
  process.exit();
});
`;

/** Has so many callers ask so many times each, from a container that has Node.js. */
export async function askForShares(
  config: KubeConfig,
  from: Place,
  url: string,
  { callers, times, body }: { callers: number; times: number; body: Uint8Array },
): Promise<Shares> {
  const bytes = Buffer.from(body).toString("base64");
  const printed = await runIn(
    config,
    from,
    ...["node", "--eval", SCRIPT, url, String(callers), String(times), bytes],
  );
  return JSON.parse(printed) as Shares;
}
