import { Writable } from "node:stream";

import { Exec, type KubeConfig } from "@kubernetes/client-node";

/** A container that runs. */
export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a command prints in a container. */
export async function runIn(config: KubeConfig, from: Place, ...command: string[]): Promise<string> {
  const { namespace, pod, container } = from;
  let printed = "";
  const stdout = new Writable({
    write(chunk: Buffer, _, done) {
      printed += chunk.toString();
      done();
    },
  });
  await new Promise<void>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, container, command, stdout, process.stderr, null, false, () => resolve())
      .catch(reject);
  });
  return printed;
}
