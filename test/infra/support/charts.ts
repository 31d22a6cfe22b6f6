import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

import type { Declared } from "./program.js";

/** An object that Helm renders. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: unknown;
}

const PLUGIN = "pulumi-resource-kubernetes";

/** What the charts are rendered for: the newest version that the settings default to. */
const KUBE_VERSION = "1.35.0";

type ProviderResponse = InstanceType<typeof provider.InvokeResponse>;

/** Why charts cannot be rendered here, in a sentence; undefined where they can. */
export function chartsMissing(): string | undefined {
  const folder = process.env["HELM_CHARTS"];
  if (folder === undefined || /^(https?|oci):/.test(folder)) {
    return "HELM_CHARTS names no folder of charts";
  }
  if (!existsSync(join(folder, "kube-prometheus-stack", "Chart.yaml"))) {
    return `the chart kube-prometheus-stack is not in HELM_CHARTS (${folder})`;
  }
  return plugin() === undefined ? `${PLUGIN} is neither on the PATH nor in ~/.pulumi/plugins` : undefined;
}

/** The Kubernetes objects that a Helm release consists of, rendered by the provider's plugin as an update would. */
export async function rendered({ inputs }: Declared): Promise<Rendered[]> {
  const name = String(inputs["chart"]).split("/").at(-1) ?? "";
  return template({
    path: join(process.env["HELM_CHARTS"] ?? "", name),
    namespace: inputs["namespace"],
    release_name: inputs["name"],
    values: inputs["values"] ?? {},
    skip_crd_rendering: inputs["skipCrds"] === true,
    kube_version: KUBE_VERSION,
  });
}

function plugin(): string | undefined {
  const installed = join(homedir(), ".pulumi", "plugins");
  const versions = existsSync(installed)
    ? readdirSync(installed).filter((name) => /^resource-kubernetes-v[^.]+\.[^.]+\.[^.]+$/.test(name))
    : [];
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...versions.map((version) => join(installed, version)),
  ];
  return folders.map((folder) => join(folder, PLUGIN)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function template(opts: object): Promise<Rendered[]> {
  // It asks for an engine to log to, and for a cluster, only where it needs them.
  const child = spawn(plugin() ?? PLUGIN, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    await configure(client);
    const request = new provider.InvokeRequest();
    request.setTok("kubernetes:helm:template");
    request.setArgs(structs.Struct.fromJavaScript({ jsonOpts: JSON.stringify(opts) }));
    const response = await called<ProviderResponse>((done) => client.invoke(request, done));
    client.close();
    return response.getReturn()?.toJavaScript()["result"] as unknown as Rendered[];
  } finally {
    child.kill();
  }
}

function configure(client: ResourceProviderClient): Promise<unknown> {
  const nowhere = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:9" } }],
    users: [{ name: "u", user: {} }],
  };
  const request = new provider.ConfigureRequest();
  request.getVariablesMap().set("kubernetes:config:kubeconfig", JSON.stringify(nowhere));
  return called((done) => client.configure(request, done));
}

function called<T>(call: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) =>
    call((error, response) => (error === null ? resolve(response) : reject(error))),
  );
}
