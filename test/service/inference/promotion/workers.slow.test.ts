import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { RepositoryFixture } from "../engine/repository-fixture.js";
import { start } from "../program.js";

const MAIN = new URL("../../../../service/src/main.ts", import.meta.url);

let repository: RepositoryFixture;
afterEach(() => repository.dispose());

it("a server of several workers takes part in a promotion as one replica, with the figures of all", async () => {
  repository = await RepositoryFixture.create();
  await repository.putModel("quadrants", "1", quadrants());
  await repository.putModel("quadrants", "2", quadrants());
  await repository.putConfig("quadrants", { ...quadrantsConfig, labels: { stable: "1" } });
  const program = start(MAIN, ["serve"], {
    HOST: "127.0.0.1",
    PORT: "0",
    WORKERS: "2",
    MODEL_REPOSITORY: repository.root,
    MODEL_POLL_SECONDS: "0.2",
  });
  const [, port = ""] = await program.says(/serving on http:\/\/localhost:(\d+)/);
  const url = `http://127.0.0.1:${port}`;
  const model = `${url}/v2/repository/models/quadrants`;
  const auto = { steps: [50, 100], minimumRequests: 40 };
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ version: "2", auto });
  expect((await fetch(`${model}/promote`, { method: "POST", headers, body })).status).toBe(200);

  const reports = new Set<string>();
  let status = "going on";
  for (let round = 0; round < 200 && status === "going on"; round += 1) {
    for (let request = 0; request < 20; request += 1) {
      // Without keep-alive, so that both workers get some.
      const init = {
        method: "POST",
        body: brightIn(request % 4),
        headers: { connection: "close", "content-type": "application/octet-stream" },
      };
      expect((await fetch(`${url}/predict`, init)).status).toBe(200);
    }
    for (const name of await readdir(join(repository.root, "quadrants", ".replicas")).catch(() => [])) {
      if (name.endsWith(".json") && !name.startsWith(".")) {
        reports.add(name);
      }
    }
    const answer = (await (await fetch(`${model}/promotion`)).json()) as { promotion: { status: string } };
    ({ status } = answer.promotion);
    await pause(50);
  }
  expect(status).toBe("finished");
  expect(reports.size).toBe(1);
  expect(program.output).toContain('"audit":true');
  program.signal("SIGTERM");
  expect(await program.exitCode()).toBe(0);
  expect(await readdir(join(repository.root, "quadrants", ".replicas"))).toEqual([]);
}, 60_000);
