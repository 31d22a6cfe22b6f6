import { describe, expect, it } from "vitest";
import { isOrigin, Origins } from "#service/server/access/origins.js";

const host = "predict.example.com";

function isRefused(headers: Record<string, string>, named: readonly string[] = []): boolean {
  try {
    new Origins(named).check({ host, ...headers });
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "forbidden" });
    return true;
  }
}

describe("a page of another origin", () => {
  it.each<[string, Record<string, string>]>([
    ["is told by the browser", { "sec-fetch-site": "cross-site" }],
    ["is another machine of the same site", { "sec-fetch-site": "same-site" }],
    ["is told by its origin alone", { origin: "https://evil.example" }],
    ["is another port", { origin: "https://predict.example.com:8443" }],
    ["begins like ours", { origin: "https://predict.example.com.evil.example" }],
    ["ends like ours", { origin: "https://evil-predict.example.com" }],
    ["has no origin that it tells", { origin: "null" }],
    ["is no origin at all", { origin: "predict.example.com" }],
    ["says both", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ])("is refused where it %s", (_, headers) => {
    expect(isRefused(headers)).toBe(true);
    expect(isRefused(headers, ["https://app.example.com"])).toBe(true);
  });

  it("may call where it is named", () => {
    const headers = { origin: "https://app.example.com", "sec-fetch-site": "cross-site" };
    expect(isRefused(headers)).toBe(true);
    expect(isRefused(headers, ["https://app.example.com"])).toBe(false);
    // The name is the whole origin.
    expect(isRefused(headers, ["http://app.example.com", "https://app.example.com:444"])).toBe(true);
  });
});

describe("whoever else asks", () => {
  it.each<[string, Record<string, string>]>([
    ["no browser", {}],
    ["the own page", { origin: "https://predict.example.com", "sec-fetch-site": "same-origin" }],
    [
      "the own page behind a proxy that renames the host",
      { origin: "https://a.b", "sec-fetch-site": "same-origin" },
    ],
    ["the own page in an old browser", { origin: "http://predict.example.com" }],
    ["the own page behind TLS that ends elsewhere", { origin: "https://predict.example.com" }],
    [
      "the own page on its scheme's port",
      { origin: "http://predict.example.com", host: "predict.example.com:80" },
    ],
    ["the own page by address", { origin: "http://[::1]:8000", host: "[::1]:8000" }],
    ["a person who typed it", { "sec-fetch-site": "none" }],
  ])("is let through: %s", (_, headers) => {
    expect(isRefused(headers)).toBe(false);
  });
});

it("knows an origin from an address", () => {
  expect(["https://a.example", "http://localhost:3000", "http://[::1]:3000"].filter(isOrigin)).toHaveLength(
    3,
  );
  const others = [
    "https://a.example/",
    "https://A.example",
    "https://a.example:443",
    "ftp://a",
    "null",
    "*",
    "",
  ];
  expect(others.filter(isOrigin)).toEqual([]);
});
