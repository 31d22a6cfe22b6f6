import { describe, expect, it } from "vitest";
import { KeyHolder } from "#service/server/access/key-holder.js";
import { ServiceError } from "#service/server/errors.js";

const key = { name: "shop", key: "k", role: "predict" } as const;

/** Seconds to wait, or undefined where the request may begin. */
function asked(holder: KeyHolder, seconds: number): number | undefined {
  try {
    holder.begin(seconds * 1000);
    holder.finish(200);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: "too_many_requests", status: 429 });
    return (error as ServiceError).retryAfterSeconds;
  }
}

describe("requests a second", () => {
  it("may come at once, and then as fast as the limit", () => {
    const holder = new KeyHolder({ ...key, requestsPerSecond: 2 });
    expect([asked(holder, 10), asked(holder, 10), asked(holder, 10)]).toEqual([undefined, undefined, 1]);
    expect([asked(holder, 10.4), asked(holder, 10.5), asked(holder, 10.6)]).toEqual([1, undefined, 1]);
    // An hour of rest is no more than one second's requests.
    expect([1, 2, 3].map(() => asked(holder, 3600))).toEqual([undefined, undefined, 1]);
  });

  it("may be fewer than one", () => {
    const holder = new KeyHolder({ ...key, requestsPerSecond: 0.1 });
    expect([asked(holder, 5), asked(holder, 5), asked(holder, 10), asked(holder, 15)]).toEqual([
      undefined,
      10,
      5,
      undefined,
    ]);
  });
});

describe("work in flight", () => {
  it("is bounded, and what was refused is not part of it", () => {
    const holder = new KeyHolder({ ...key, concurrency: 2, requestsPerSecond: 3 });
    holder.begin(1000);
    holder.begin(1000);
    // Refused for what runs, they cost none of the requests a second.
    expect([asked(holder, 1), asked(holder, 1), asked(holder, 1)]).toEqual([1, 1, 1]);
    holder.finish(200);
    expect(asked(holder, 1)).toBeUndefined();
    holder.finish(499);
    expect(Object.fromEntries(holder.ended)).toEqual({ 200: 2, 499: 1 });
  });
});

it("other limits hold from the next request on", () => {
  const holder = new KeyHolder({ ...key, concurrency: 1 });
  holder.begin();
  expect(asked(holder, 1)).toBe(1);
  holder.become({ ...key, concurrency: 2, role: "admin" });
  expect(asked(holder, 1)).toBeUndefined();
  expect(holder.role).toBe("admin");
});
