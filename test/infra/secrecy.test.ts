import { describe, expect, it } from "vitest";

import { find, isSecret, valuesOf } from "./support/graph.js";
import { kubeconfigFile } from "./support/kubeconfig.js";
import { runProgram, type Run, type StackSettings } from "./support/program.js";

const SIGNATURE = "4dabf18193072939515e22adb298388d";

function run(settings: StackSettings, secret: readonly string[] = []): Promise<Run> {
  return runProgram(
    {
      cluster: "existing",
      existing: { kubeconfig: kubeconfigFile() },
      registry: { address: "registry.test/team" },
      monitoring: { mode: "none" },
      ...settings,
    },
    { secret },
  );
}

/** All that would be plain to read in the state: everything but what is sealed. */
function plain({ resources }: Run): string {
  const open = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) {
      return value;
    }
    if (SIGNATURE in value) {
      return "sealed";
    }
    return Array.isArray(value)
      ? value.map(open)
      : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner)]));
  };
  return JSON.stringify(resources.map(({ inputs }) => open(inputs)));
}

describe("what is secret in the settings", () => {
  it("stays so in plain variables, whatever else the section holds", async () => {
    const service = { environment: { OTEL_EXPORTER_OTLP_HEADERS: "x-team=hidden-1" }, port: 8080 };
    expect(plain(await run({ service }))).toContain("hidden-1");
    const sealed = await run({ service }, ["service"]);
    expect(plain(sealed)).not.toContain("hidden-1");
    expect(plain(sealed)).toContain("8080");
  });

  it("stays so in the values of charts, at any depth", async () => {
    const stackValues = {
      alertmanager: {
        config: { receivers: [{ name: "team", slack_configs: [{ api_url: "https://hooks/hidden-2" }] }] },
      },
    };
    const adapterValues = { extraArguments: ["--token=hidden-3"] };
    const monitoring = { stackValues, adapterValues };
    const sealed = plain(await run({ monitoring }, ["monitoring"]));
    expect(sealed).not.toContain("hidden-2");
    expect(sealed).not.toContain("hidden-3");
  });

  it("hides nothing that is said beside it", async () => {
    const service = { keys: [{ name: "inference", key: "hidden-8", role: "admin" }] };
    const monitoring = { receivers: { slack: { url: "https://hooks/hidden-9" } } };
    const sealed = await run({ service, monitoring }, ["service", "monitoring"]);
    expect(plain(sealed)).not.toMatch(/hidden-[89]/);
    expect(find(sealed, "Deployment", "inference").inputs).toHaveProperty("metadata.name", "inference");
    const severities = sealed.resources.flatMap(({ inputs }) => valuesOf(inputs, "severity"));
    expect(new Set(severities)).toEqual(new Set(["critical", "warning"]));
  });

  it("is shown by no error, in whatever section", async () => {
    const service = { environment: { TOKEN: 271828 }, port: "hidden-4" };
    const error: unknown = await run({ service }, ["service"]).catch((reason: unknown) => reason);
    expect(String(error)).toContain("service.environment.TOKEN must be a string");
    expect(String(error)).not.toContain("271828");
    expect(String(error)).not.toContain("hidden-4");
    const open: unknown = await run({ service: { port: "eighty" } }).catch((reason: unknown) => reason);
    expect(String(open)).toContain('not "eighty"');
  });
});

describe("secret variables", () => {
  const secretEnvironment = { AWS_SECRET_ACCESS_KEY: "hidden-5" };

  it("are in a Secret with a name for each content, which pods refer to", async () => {
    const deployed = await run({ service: { secretEnvironment } });
    const { inputs, name } = deployed.only("Secret");
    expect(inputs).toMatchObject({ immutable: true, metadata: { namespace: "ai-model-service" } });
    expect(inputs).not.toHaveProperty("metadata.name");
    expect(isSecret(inputs["stringData"])).toBe(true);
    expect(plain(deployed)).not.toContain("hidden-5");
    const [variables] = valuesOf(deployed.only("Deployment").inputs, "env");
    const key = "AWS_SECRET_ACCESS_KEY";
    expect(variables).toContainEqual({
      name: key,
      valueFrom: { secretKeyRef: { name: `${name}-1a2b3c4d`, key } },
    });
  });

  it("are not variables that are plain, too", async () => {
    const service = { secretEnvironment, environment: { AWS_SECRET_ACCESS_KEY: "plain" } };
    await expect(run({ service })).rejects.toThrow(
      "service.secretEnvironment.AWS_SECRET_ACCESS_KEY is in service.environment too",
    );
  });
});

describe("a private registry", () => {
  const credentials = { username: "robot", password: "hidden-6" };

  it.each([
    ["ghcr.io/team", "ghcr.io"],
    ["registry.test:5000", "registry.test:5000"],
    ["docker.io/team", "https://index.docker.io/v1/"],
  ])("%s is pulled from with the credentials that the program pushes with", async (address, host) => {
    const deployed = await run({ registry: { address, ...credentials } });
    expect(plain(deployed)).not.toContain("hidden-6");
    const secret = deployed.only("Secret");
    expect(secret.inputs).toMatchObject({ type: "kubernetes.io/dockerconfigjson" });
    const { value: data } = secret.inputs["stringData"] as { value: Record<string, string> };
    const auth = Buffer.from("robot:hidden-6").toString("base64");
    expect(JSON.parse(data[".dockerconfigjson"] ?? "")).toEqual({
      auths: { [host]: { ...credentials, auth } },
    });
    expect(deployed.only("ServiceAccount").inputs["imagePullSecrets"]).toEqual([
      { name: "registry-credentials" },
    ]);
  });

  it("is pulled from with a Secret of somebody else's where the settings name one", async () => {
    const registry = { address: "ghcr.io/team", ...credentials, pullSecret: "ghcr" };
    const deployed = await run({ registry });
    expect(deployed.resources.filter(({ type }) => type.endsWith(":Secret"))).toEqual([]);
    expect(deployed.only("ServiceAccount").inputs["imagePullSecrets"]).toEqual([{ name: "ghcr" }]);
  });

  it("needs no Secret where anybody may pull", async () => {
    expect((await run({})).only("ServiceAccount").inputs).not.toHaveProperty("imagePullSecrets");
  });
});
