import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../models/pictures.js";
import { RepositoryFixture } from "./engine/repository-fixture.js";
import { start, type Program } from "./program.js";

const MAIN = new URL("../../../service/src/main.ts", import.meta.url);

/** What Node.js is started with to serve. */
export const SERVE = ["--import", "tsx", fileURLToPath(MAIN), "serve"] as const;

let repository: RepositoryFixture;

beforeAll(async () => {
  repository = await RepositoryFixture.create();
  await repository.putModel("quadrants", "1", quadrants());
  await repository.putConfig("quadrants", quadrantsConfig);
});
afterAll(() => repository.dispose());

/** The server over a repository of one small model. */
export function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  return start(MAIN, args, {
    HOST: "127.0.0.1",
    PORT: "0",
    MODEL_REPOSITORY: repository.root,
    ...environment,
  });
}

export async function serving(
  environment: Record<string, string> = {},
): Promise<{ program: Program; url: string }> {
  const program = run(["serve"], environment);
  const [, url = ""] = await program.says(/serving on (http:\/\/localhost:\d+)/);
  return { program, url: url.replace("localhost", "127.0.0.1") };
}

export function predict(url: string): Promise<Response> {
  return fetch(`${url}/predict`, {
    method: "POST",
    body: brightIn(0),
    headers: { "content-type": "application/octet-stream" },
  });
}
