import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";

import type { Project } from "./project.js";

/** A new stack of a project with a state of its own in the project's folder. Settings are by section. */
export async function createStack(
  project: Project,
  stackName: string,
  settings: Record<string, unknown>,
): Promise<Stack> {
  const state = join(project.root, "state");
  await mkdir(state);
  const config = Object.fromEntries(
    Object.entries(settings).map(([section, value]) => [`ai-model-service:${section}`, value]),
  );
  // JSON is YAML too.
  await writeFile(join(project.root, `Pulumi.${stackName}.yaml`), JSON.stringify({ config }));
  return LocalWorkspace.createStack(
    { stackName, workDir: project.root },
    {
      envVars: {
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "of a test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
}
