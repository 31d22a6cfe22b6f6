import { expect, it } from "vitest";

import { serviceSpec } from "#infra/workload/service-spec.js";
import { JOBS } from "../support/workload.js";

it("is a Service that leads to every port by its name", () => {
  expect(serviceSpec(JOBS)).toEqual({
    type: "ClusterIP",
    selector: { app: "jobs" },
    ports: [
      { name: "api", port: 81, targetPort: "api" },
      { name: "admin", port: 9001, targetPort: "admin" },
    ],
  });
});
