import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ResultsFixture, type Fault, type Page } from "../results-fixture.js";

let service: ResultsFixture;

const bare = { id: "a", model: "digits" };

async function page(query = ""): Promise<Page> {
  const response = await service.get(`/v1/results${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

async function fault(response: Response): Promise<Fault> {
  const body = (await response.json()) as Fault;
  expect(response.status, body.error).toBe(400);
  return body;
}

describe("results that are sent", () => {
  afterEach(() => service.stop());
  beforeEach(async () => {
    service = await ResultsFixture.start();
  });

  it("are counted, kept once, and given back as they came, newest first", async () => {
    const whole = {
      id: "b",
      time: "2026-01-31T12:00:00.250Z",
      model: "digits",
      version: "3",
      label: "7",
      probability: 0.25,
      value: -1e-7,
      decision: "review",
      reason: 'Says "so", it\'s ünlikely.',
      subject: "person-1",
      top: [{ label: "7", probability: 0.25 }],
    };
    const sent = await service.post("/v1/results", { results: [bare, whole, bare] });
    expect(await sent.json()).toEqual({ received: 3, stored: 2 });
    const again = await service.post("/v1/results", { results: [{ ...whole, label: "8" }] });
    expect(await again.json()).toEqual({ received: 1, stored: 0 });
    const { results, next } = await page();
    expect(results).toEqual([{ ...bare, time: "2026-02-01T00:00:00.000Z" }, whole]);
    expect(next).toBeNull();
  });

  it("come with a time of any zone", async () => {
    await service.put({ ...bare, time: "2026-01-31T12:00:00+02:00" });
    expect((await page()).results[0]?.["time"]).toBe("2026-01-31T10:00:00.000Z");
  });

  it("leave what they carry behind, unless the settings ask for it", async () => {
    await service.put({ ...bare, input: [1, 2], output: "secret" });
    const [result] = (await page("?payloads=true")).results;
    expect(result).toEqual({ ...bare, time: "2026-02-01T00:00:00.000Z" });
  });

  it("cannot be written while the database is away, and say so", async () => {
    await service.store.close();
    const response = await service.post("/v1/results", { results: [bare] });
    expect(response.status).toBe(503);
    expect(((await response.json()) as Fault).code).toBe("storage_unavailable");
    expect(response.headers.get("retry-after")).toBe("1");
  });
});

describe("results that are wrong", () => {
  beforeAll(async () => {
    service = await ResultsFixture.start();
  });
  afterAll(() => service.stop());

  it.each<[string, unknown, string | undefined]>([
    ["no list", { results: {} }, "results"],
    ["none", { results: [] }, "results"],
    ["too many", { results: Array.from({ length: 10_001 }, () => 1) }, "results"],
    [
      "more than lists can be read into arrays",
      { results: Array.from({ length: 300_000 }, () => 1) },
      "results",
    ],
    ["another field", { results: [bare], more: 1 }, undefined],
    ["no object", { results: [bare, 3] }, "results[1]"],
    ["no id", { results: [{ model: "m" }] }, "results[0].id"],
    ["an empty id", { results: [{ ...bare, id: "" }] }, "results[0].id"],
    ["an id with a line's end", { results: [{ ...bare, id: "a\nb" }] }, "results[0].id"],
    ["an id with NUL", { results: [{ ...bare, id: "a\0" }] }, "results[0].id"],
    ["half of a character", '{"results":[{"id":"a\\ud800","model":"m"}]}', "results[0].id"],
    ["a long label", { results: [bare, { ...bare, label: "x".repeat(201) }] }, "results[1].label"],
    ["a probability in percent", { results: [bare, { ...bare, probability: 97 }] }, "results[1].probability"],
    ["NaN", '{"results":[{"id":"a","model":"m","probability":NaN}]}', "results[0].probability"],
    ["a value that is infinite", '{"results":[{"id":"a","model":"m","value":1e999}]}', "results[0].value"],
    ["a time without a zone", { results: [{ ...bare, time: "2026-01-31T12:00:00" }] }, "results[0].time"],
    ["a day that is not", { results: [{ ...bare, time: "2026-02-30T12:00:00Z" }] }, "results[0].time"],
    ["another decision", { results: [{ ...bare, decision: "maybe" }] }, "results[0].decision"],
    ["a wrong top", { results: [{ ...bare, top: [{ label: "7" }] }] }, "results[0].top[0].probability"],
    ["an unknown field", { results: [{ ...bare, colour: 1 }] }, "results[0]"],
    ["a large input", { results: [{ ...bare, input: "x".repeat(70_000) }] }, "results[0].input"],
  ])("are refused as a whole with %s, by the path of the fault", async (_, body, path) => {
    const { error, path: told } = await fault(await service.post("/v1/results", body));
    expect(told).toBe(path);
    expect(error).toMatch(/^\S.*\.$/);
    expect((await page()).results).toEqual([]);
  });
});

describe("what results carry, where RESULTS_PAYLOAD_DAYS is set", () => {
  afterEach(() => service.stop());
  beforeEach(async () => {
    service = await ResultsFixture.start({ RESULTS_PAYLOAD_DAYS: "7" });
  });

  it("comes with them when it is asked for, and by itself not", async () => {
    await service.post(
      "/v1/results",
      '{"results":[{"id":"a","model":"m","input":[NaN,-Infinity,1],"output":{"x":null}}]}',
    );
    const [result] = (await page("?payloads=true")).results;
    expect(result).toMatchObject({ input: ["NaN", "-Infinity", 1], output: { x: null }, exchange: "a" });
    expect((await page()).results[0]).not.toHaveProperty("input");
  });

  it("is on pages of fifty results at most", async () => {
    await service.put(
      ...Array.from({ length: 60 }, (_, index) => ({ id: `r${index}`, model: "m", input: index })),
    );
    const first = await page("?payloads=true&limit=1000");
    expect(first.results).toHaveLength(50);
    const second = await page(`?payloads=true&cursor=${first.next}`);
    expect(second.results).toHaveLength(10);
    expect(second.next).toBeNull();
  });
});

describe("results that are looked for", () => {
  afterEach(() => service.stop());
  beforeEach(async () => {
    service = await ResultsFixture.start();
  });

  it("come in pages that give each of them once", async () => {
    await service.put(
      ...Array.from({ length: 25 }, (_, index) => ({ id: `r${index}`, model: `m${index % 2}` })),
    );
    const seen = [];
    let query = "?model=m0&limit=5";
    for (let pages = 0; pages < 3; pages += 1) {
      const { results, next } = await page(query);
      seen.push(...results.map(({ id }) => id));
      query = `?model=m0&limit=5&cursor=${next}`;
      await service.put({ id: `late${pages}`, model: "m0", time: "2027-01-01T00:00:00Z" });
    }
    expect(seen).toEqual(Array.from({ length: 13 }, (_, index) => `r${24 - 2 * index}`));
  });

  it("by a text that is SQL are looked for as any other", async () => {
    await service.put({ ...bare, label: "' or 1=1 --" });
    expect((await page(`?label=${encodeURIComponent("' or 1=1 --")}`)).results).toHaveLength(1);
    expect((await page(`?label=${encodeURIComponent("' or 1=1")}`)).results).toHaveLength(0);
  });
});

describe("parameters that are wrong", () => {
  beforeAll(async () => {
    service = await ResultsFixture.start();
  });
  afterAll(() => service.stop());

  it.each([
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=ten", "limit"],
    ["decision=maybe", "decision"],
    ["from=yesterday", "from"],
    ["to=2026-13-01T00:00:00Z", "to"],
    ["model=a&model=b", "model"],
    ["model=", "model"],
    ["payloads=1", "payloads"],
    ["cursor=", "cursor"],
    ["cursor=a", "cursor"],
    ["cursor=bWzEsMl0", "cursor"],
    [`cursor=a${Buffer.from("[1]").toString("base64url")}`, "cursor"],
    [`cursor=a${Buffer.from("[1,2,3]").toString("base64url")}`, "cursor"],
    [`cursor=a${Buffer.from('[1,"2; drop table results"]').toString("base64url")}`, "cursor"],
    [`cursor=a${Buffer.from("[1,1e300]").toString("base64url")}`, "cursor"],
  ])("with the parameters %s are refused by the parameter's name", async (query, path) => {
    expect((await fault(await service.get(`/v1/results?${query}`))).path).toBe(path);
  });

  it("with an unknown parameter are refused", async () => {
    const { error } = await fault(await service.get("/v1/results?colour=red"));
    expect(error).toContain("colour");
  });
});

describe("results that are deleted", () => {
  afterEach(() => service.stop());
  beforeEach(async () => {
    service = await ResultsFixture.start();
    await service.put(
      { ...bare, subject: "s" },
      { id: "b", model: "m", subject: "s" },
      { id: "c", model: "m" },
    );
  });

  it("by id are gone from pages and exports, and stay away", async () => {
    const response = await service.post("/v1/deletions", { ids: ["a", "unknown"] });
    expect(await response.json()).toEqual({ deleted: 1 });
    const again = await service.post("/v1/results", { results: [bare] });
    expect(await again.json()).toEqual({ received: 1, stored: 0 });
    expect(await (await service.get("/v1/results/export?format=jsonl")).text()).not.toContain('"a"');
    expect((await page()).results.map(({ id }) => id)).toEqual(["c", "b"]);
  });

  it("by subject are all gone", async () => {
    const response = await service.post("/v1/deletions", { subject: "s" });
    expect(await response.json()).toEqual({ deleted: 2 });
    expect((await page()).results.map(({ id }) => id)).toEqual(["c"]);
  });

  it.each([{}, { ids: ["a"], subject: "s" }, { ids: [] }, { ids: [1] }, { subject: "" }, { all: true }])(
    "are not by %j",
    async (body) => {
      await fault(await service.post("/v1/deletions", body));
      expect((await page()).results).toHaveLength(3);
    },
  );
});
