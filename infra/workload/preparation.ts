import type * as k8s from "@pulumi/kubernetes";

import { NO_RIGHTS, resourcesOf } from "./container.js";
import type { Workload } from "./workload.js";

type Container = k8s.types.input.core.v1.Container;

/** Where a copy is made, in the container that makes it. */
const COPY = "/copy";

/** The containers that copy folders of images, in which their volumes can be written to. */
export function copies({ volumes, resources }: Pick<Workload, "volumes" | "resources">): Container[] {
  return volumes.flatMap(({ name, source }) =>
    "copy" in source
      ? [
          {
            name: `copy-${name}`,
            image: source.copy.image,
            command: ["cp", "-r", `${source.copy.folder}/.`, COPY],
            securityContext: NO_RIGHTS,
            resources: resourcesOf(resources),
            volumeMounts: [{ name, mountPath: COPY }],
          },
        ]
      : [],
  );
}
