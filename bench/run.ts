import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program to its end and gives its standard output. Rejects with the last line that it complained in. */
export async function run(file: string, args: readonly string[], seconds: number): Promise<string> {
  try {
    const { stdout } = await execute(file, args, { timeout: seconds * 1000, maxBuffer: 2 ** 24 });
    return stdout;
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    const lines = stderr.trim().split("\n");
    throw new Error(`${file}: ${lines[lines.length - 1] || String(error)}`, { cause: error });
  }
}

/** Whether a program is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  return run("which", [program], 10).then(
    () => true,
    () => false,
  );
}
