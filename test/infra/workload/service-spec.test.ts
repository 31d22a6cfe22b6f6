import { expect, it } from "vitest";

import { administrationName, administrationSpec, serviceSpec } from "#infra/workload/service-spec.js";
import type { Workload } from "#infra/workload/workload.js";
import { JOBS } from "../support/workload.js";

it("is a Service that leads to every port by its name, but for the administrators'", () => {
  expect(serviceSpec({ ...JOBS, serviceType: "LoadBalancer" })).toEqual({
    type: "LoadBalancer",
    selector: { app: "jobs" },
    ports: [{ name: "api", port: 81, targetPort: "api" }],
  });
});

it("is another for administrators, reached from inside of the cluster whatever the first is", () => {
  expect(administrationName(JOBS)).toBe("jobs-admin");
  expect(administrationSpec({ ...JOBS, serviceType: "LoadBalancer" } as Workload)).toEqual({
    type: "ClusterIP",
    selector: { app: "jobs" },
    ports: [{ name: "admin", port: 9001, targetPort: "admin" }],
  });
});
