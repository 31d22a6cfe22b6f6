import { afterAll, beforeAll, expect, it } from "vitest";
import { parquetReadObjects } from "hyparquet";
import { ResultsFixture, type Fault } from "../results-fixture.js";

let service: ResultsFixture;
const MANY = 9000;

beforeAll(async () => {
  service = await ResultsFixture.start();
  const many = Array.from({ length: MANY }, (_, index) => ({
    id: `r${index}`,
    model: index % 3 === 0 ? "a" : "b",
    time: new Date(Date.parse("2026-01-01T00:00:00Z") + index * 1000).toISOString(),
    probability: index / MANY,
  }));
  await service.put(...many);
  await service.put({
    id: "odd",
    model: "m",
    time: "2025-01-01T00:00:00.000Z",
    label: '=HYPERLINK("http://x","y")',
    reason: 'a, "b", ü',
    value: -3.5,
    version: "+1",
    subject: "@s",
    top: [{ label: "-x", probability: 1 }],
  });
});
afterAll(() => service.stop());

it("writes CSV that no spreadsheet runs, numbers as they are", async () => {
  const response = await service.get("/v1/results/export?model=m");
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="results.csv"');
  expect((await response.text()).split("\r\n")).toEqual([
    "id,time,model,version,label,probability,value,decision,reason,top,subject,exchange,requestedAt,respondedAt",
    `odd,2025-01-01T00:00:00.000Z,m,'+1,"'=HYPERLINK(""http://x"",""y"")",,-3.5,,"a, ""b"", ü",` +
      `"[{""label"":""-x"",""probability"":1}]",'@s,,,`,
    "",
  ]);
});

it("writes all of many results, each once, as CSV and as lines of JSON", async () => {
  const csv = await (await service.get("/v1/results/export?format=csv")).text();
  expect(csv.split("\r\n")).toHaveLength(MANY + 3);
  const lines = (await (await service.get("/v1/results/export?format=jsonl&model=a")).text())
    .trim()
    .split("\n");
  const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
  expect(ids).toEqual(Array.from({ length: MANY / 3 }, (_, index) => `r${MANY - 3 - 3 * index}`));
});

it("writes Parquet that others read", async () => {
  const response = await service.get("/v1/results/export?format=parquet");
  const rows = await parquetReadObjects({ file: await response.arrayBuffer() });
  expect(rows).toHaveLength(MANY + 1);
  expect(rows.at(-1)).toMatchObject({
    id: "odd",
    label: '=HYPERLINK("http://x","y")',
    value: -3.5,
    probability: null,
  });
  expect(rows[0]).toMatchObject({
    id: `r${MANY - 1}`,
    time: new Date("2026-01-01T02:29:59Z"),
    version: null,
  });
});

it.each(["csv", "jsonl", "parquet"])("writes %s of nothing", async (format) => {
  const response = await service.get(`/v1/results/export?format=${format}&model=none`);
  expect(response.status).toBe(200);
  const bytes = await response.arrayBuffer();
  if (format === "parquet") {
    expect(await parquetReadObjects({ file: bytes })).toEqual([]);
  }
});

it("goes no further once its reader has gone", async () => {
  let steps = 0;
  let isOver = false;
  const { store } = service;
  const scan = store.scan.bind(store);
  store.scan = async function* (filters, withPayloads) {
    try {
      for (; steps < 10_000; steps += 1) {
        yield (await scan(filters, withPayloads).next()).value ?? [];
      }
    } finally {
      isOver = true;
    }
  };
  const leave = new AbortController();
  const response = await service.get("/v1/results/export?format=jsonl", { signal: leave.signal });
  await response.body?.getReader().read();
  leave.abort();
  await expect.poll(() => isOver, { timeout: 10_000 }).toBe(true);
  expect(steps).toBeLessThan(1000);
  store.scan = scan;
});

it("refuses another format by its parameter", async () => {
  const response = await service.get("/v1/results/export?format=xlsx");
  expect(response.status).toBe(400);
  expect(((await response.json()) as Fault).path).toBe("format");
});
