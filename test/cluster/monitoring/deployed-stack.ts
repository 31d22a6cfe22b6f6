import { execFile } from "node:child_process";
import { appendFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A stack of the program on a real cluster, its state and settings in a temporary folder. */
export class DeployedStack {
  private constructor(
    private readonly name: string,
    private readonly folder: string,
  ) {}

  static async create(name: string, settings: Readonly<Record<string, unknown>>): Promise<DeployedStack> {
    const stack = new DeployedStack(name, await mkdtemp(join(tmpdir(), "stack-")));
    await stack.pulumi("stack", "init", name);
    // It leaves the salt of the stack's secrets beside the project.
    await rename(`Pulumi.${name}.yaml`, stack.settings);
    const config = Object.entries(settings).map(([key, value]) => [`ai-model-service:${key}`, value]);
    await appendFile(stack.settings, `config: ${JSON.stringify(Object.fromEntries(config))}\n`);
    return stack;
  }

  private get settings(): string {
    return join(this.folder, "settings.yaml");
  }

  async up(): Promise<void> {
    await this.pulumi("up", "--yes", "--skip-preview", "--stack", this.name, "--config-file", this.settings);
  }

  /** What a second `up` would do, in Pulumi's words. Throws where it is anything but nothing. */
  async previewNoChange(): Promise<void> {
    await this.pulumi(
      "preview",
      "--diff",
      "--expect-no-changes",
      "--stack",
      this.name,
      "--config-file",
      this.settings,
    );
  }

  async destroy(): Promise<void> {
    await this.pulumi(
      "destroy",
      "--yes",
      "--skip-preview",
      "--stack",
      this.name,
      "--config-file",
      this.settings,
    );
    await this.pulumi("stack", "rm", "--yes", this.name);
    await rm(this.folder, { recursive: true });
  }

  private async pulumi(...args: string[]): Promise<void> {
    const env = { ...process.env, PULUMI_BACKEND_URL: `file://${this.folder}`, PULUMI_CONFIG_PASSPHRASE: "" };
    try {
      await run("pulumi", ["--non-interactive", ...args], { env, maxBuffer: 2 ** 26 });
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`pulumi ${args.join(" ")}:\n${stdout.slice(-4000)}${stderr.slice(-2000)}`, {
        cause: error,
      });
    }
  }
}
