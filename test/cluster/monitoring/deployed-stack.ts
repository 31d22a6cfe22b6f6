import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A stack of the program on a real cluster, its state and settings in a temporary folder. */
export class DeployedStack {
  private destroyed = false;

  private constructor(
    private readonly name: string,
    private readonly folder: string,
    /** The salt of the stack's secrets, as Pulumi wrote it. */
    private readonly salt: string,
  ) {}

  static async create(name: string, settings: Readonly<Record<string, unknown>>): Promise<DeployedStack> {
    const folder = await mkdtemp(join(tmpdir(), "stack-"));
    await pulumi(folder, "stack", "init", name);
    // It leaves the salt beside the project.
    const beside = `Pulumi.${name}.yaml`;
    const stack = new DeployedStack(name, folder, await readFile(beside, "utf8"));
    await rm(beside);
    await stack.configure(settings);
    return stack;
  }

  /** Gives the stack other settings. */
  async configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const config = Object.entries(settings).map(([key, value]) => [`ai-model-service:${key}`, value]);
    await writeFile(this.settings, `${this.salt}config: ${JSON.stringify(Object.fromEntries(config))}\n`);
  }

  private get settings(): string {
    return join(this.folder, "settings.yaml");
  }

  async up(): Promise<void> {
    await this.pulumi("up", "--yes", "--skip-preview");
  }

  /** What a second `up` would do, in Pulumi's words. Throws where it is anything but nothing. */
  async previewNoChange(): Promise<void> {
    await this.pulumi("preview", "--diff", "--expect-no-changes");
  }

  /** Removes everything that it made, and its state; what is removed already stays so. */
  async destroy(): Promise<void> {
    if (this.destroyed) {
      return;
    }
    await this.pulumi("destroy", "--yes", "--skip-preview");
    await rm(this.folder, { recursive: true });
    this.destroyed = true;
  }

  private async pulumi(...args: string[]): Promise<void> {
    await pulumi(this.folder, ...args, "--stack", this.name, "--config-file", this.settings);
  }
}

/** Runs Pulumi with its state in a folder. Throws with the end of what it said. */
async function pulumi(folder: string, ...args: string[]): Promise<void> {
  const env = { ...process.env, PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "" };
  try {
    await run("pulumi", ["--non-interactive", ...args], { env, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`pulumi ${args.join(" ")}:\n${stdout.slice(-4000)}${stderr.slice(-2000)}`, {
      cause: error,
    });
  }
}
