import { describe, expect, it } from "vitest";

import { findings } from "#infra/policy/policy-rule.js";
import { rules } from "#infra/policy/rules/all-rules.js";
import { drawing, find, outliving } from "../support/graph.js";
import { runProgram, type Run } from "../support/program.js";
import { STACKS } from "../support/stacks.js";

const hostname = "predict.example.com";
const keys = [{ name: "shop", key: "shop-key" }];

function run(ingress: object, more: object = {}): Promise<Run> {
  return runProgram({
    ...STACKS.existing(),
    monitoring: { mode: "none" },
    service: { keys },
    ingress,
    ...more,
  });
}

/** What the policy says of all that a run declares. */
function faults({ resources }: Run): string[] {
  return resources.flatMap(({ type, name, inputs }) =>
    rules.flatMap((rule) => findings(rule, { type, name, props: inputs })),
  );
}

describe("an Ingress", () => {
  const ingress = { class: "nginx", hostname, otherHostnames: ["digits.example.com"] };

  it("leads from its class to the callers' port, with TLS by a Secret that is there", async () => {
    const made = await run({ ...ingress, tlsSecret: "wildcard" });
    const backend = { service: { name: "inference", port: { name: "http" } } };
    const http = { paths: [{ path: "/", pathType: "Prefix", backend }] };
    expect(made.only("Ingress").inputs).toMatchObject({
      metadata: { name: "public", namespace: "ai-model-service" },
      spec: {
        ingressClassName: "nginx",
        rules: [
          { host: hostname, http },
          { host: "digits.example.com", http },
        ],
        tls: [{ hosts: [hostname, "digits.example.com"], secretName: "wildcard" }],
      },
    });
    expect(made.outputs).toMatchObject({
      endpoint: `https://${hostname}`,
      call: `curl --header 'content-type: image/png' --data-binary @digit.png https://${hostname}/predict`,
    });
    expect(outliving(made, made.only("Ingress"))).toContain(find(made, "Service", "inference"));
    expect(faults(made)).toEqual([]);
  });

  it("has cert-manager make the certificate, and no limit of nginx's but one that is asked for", async () => {
    const made = await run({ ...ingress, clusterIssuer: "letsencrypt" });
    const size = "nginx.ingress.kubernetes.io/proxy-body-size";
    expect(made.only("Ingress").inputs).toMatchObject({
      metadata: { annotations: { "cert-manager.io/cluster-issuer": "letsencrypt", [size]: "0" } },
      spec: { tls: [{ secretName: "inference-tls" }] },
    });
    const bounded = await run({ ...ingress, issuer: "own", annotations: { [size]: "8m" } });
    expect(bounded.only("Ingress").inputs).toHaveProperty("metadata.annotations", {
      "cert-manager.io/issuer": "own",
      [size]: "8m",
    });
  });

  it.each([
    ["elsewhere", "https"],
    ["none", "http"],
  ])("ends no TLS that ends %s, and is called by %s", async (tls, scheme) => {
    const made = await run({ ...ingress, tls });
    expect(made.only("Ingress").inputs).not.toHaveProperty("spec.tls");
    expect(made.outputs["endpoint"]).toBe(`${scheme}://${hostname}`);
    expect(faults(made)).toEqual([]);
  });
});

describe("a Gateway", () => {
  it("leads to the callers' port by an HTTPRoute", async () => {
    const gateway = { name: "shared", namespace: "gateways", section: "https" };
    const annotations = { team: "digits" };
    const made = await run({ gateway, hostname, annotations }, { service: { keys, port: 8080 } });
    expect(made.only("HTTPRoute").inputs).toMatchObject({
      apiVersion: "gateway.networking.k8s.io/v1",
      metadata: { name: "public", namespace: "ai-model-service", annotations },
      spec: {
        parentRefs: [{ name: "shared", namespace: "gateways", sectionName: "https" }],
        hostnames: [hostname],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            backendRefs: [{ name: "inference", port: 8080 }],
          },
        ],
      },
    });
    expect(made.outputs["endpoint"]).toBe(`https://${hostname}`);
    expect(faults(made)).toEqual([]);
  });

  it("is named alone where it is of the same namespace, with all of its listeners", async () => {
    const made = await run({ gateway: { name: "shared" }, hostname, tls: "none" });
    expect(made.only("HTTPRoute").inputs).toHaveProperty("spec.parentRefs", [{ name: "shared" }]);
    expect(made.outputs["endpoint"]).toBe(`http://${hostname}`);
  });
});

describe("an ingress of an existing cluster", () => {
  it("is one more object, and the same in a preview", async () => {
    const settings = { gateway: { name: "shared" }, hostname };
    const [without, made] = [await run({}), await run(settings)];
    const more = drawing(made)
      .split("\n")
      .filter((line) => !drawing(without).split("\n").includes(line));
    expect(more).toEqual([
      "kubernetes gateway.networking.k8s.io HTTPRoute public",
      "  after kubernetes core Service inference",
    ]);
    const stack = {
      ...STACKS.existing(),
      monitoring: { mode: "none" },
      service: { keys },
      ingress: settings,
    };
    expect(drawing(await runProgram(stack, { preview: true }))).toBe(drawing(made));
  });

  it("changes nothing where the settings name none", async () => {
    const made = await run({});
    expect(made.resources.filter(({ name }) => name === "public")).toEqual([]);
    expect(made.outputs["endpoint"]).toBe("http://192.0.2.1");
  });
});
