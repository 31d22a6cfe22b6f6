import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PostgresServer, WITHOUT_POSTGRES } from "./postgres-server.js";
import { itIsAStore } from "./store-behaviour.js";
import { openStore, result, SILENT } from "./store-fixture.js";
import { Store } from "#service/results/store/store.js";

if (WITHOUT_POSTGRES !== undefined) {
  console.log(WITHOUT_POSTGRES);
}

describe.skipIf(WITHOUT_POSTGRES !== undefined)("a store over PostgreSQL", () => {
  let server: PostgresServer;
  let made = 0;
  const fresh = () => server.database(`results_${(made += 1)}`);
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.stop());

  itIsAStore(fresh);

  it("is one with other replicas', which write the same at the same time", async () => {
    const address = await fresh();
    const stores = await Promise.all([openStore(address), openStore(address), openStore(address)]);
    const all = Array.from({ length: 3000 }, (_, index) =>
      result(`r${index}`, { label: String(index % 50) }),
    );
    const added = await Promise.all(
      stores.flatMap((store, index) =>
        [all, [...all].reverse()].map((results) =>
          store.add({ results: index === 1 ? results.slice(500) : results, exchanges: [] }),
        ),
      ),
    );
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(3000);
    await Promise.all(stores.map((store) => store.close()));
  });

  it("is not ready while the server is away, keeps what was acknowledged, and is ready again with it", async () => {
    const address = await fresh();
    const store = await openStore(address);
    await store.add({ results: [result("a")], exchanges: [] });
    await server.crash();
    await expect(store.add({ results: [result("b")], exchanges: [] })).rejects.toMatchObject({
      code: "storage_unavailable",
    });
    await vi.waitFor(() => expect(store.whyNotReady()).toBe("The database does not answer."));
    const late = new Store({ address, log: SILENT, now: () => 0 });
    const opening = late.open();
    await vi.waitFor(() => expect(late.whyNotReady()).toBe("The database cannot be reached."));
    await server.restart();
    await vi.waitFor(() => expect(store.whyNotReady()).toBeUndefined(), { timeout: 10_000 });
    await opening;
    expect((await late.find({}, undefined, 10)).map(({ id }) => id)).toEqual(["a"]);
    expect(await store.add({ results: [result("b")], exchanges: [] })).toBe(1);
    await Promise.all([store.close(), late.close()]);
  });
});
