import { describe, expect, it } from "vitest";
import { createHostCheck, isLoopback } from "#service/server/access/loopback.js";

it("is what other machines do not reach", () => {
  expect(["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"].filter(isLoopback)).toHaveLength(5);
  const others = ["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.example.com", "a127.0.0.1", "myhost"];
  expect(others.filter(isLoopback)).toEqual([]);
});

describe("a server on loopback", () => {
  const check = createHostCheck();

  it.each([
    "localhost",
    "localhost:8000",
    "LocalHost:1",
    "127.0.0.1:8000",
    "127.9.9.9",
    "127.1:80",
    "[::1]:8000",
  ])("answers to %s", (host) => {
    expect(() => check(host)).not.toThrow();
    expect(() => check(host)).not.toThrow();
  });

  it.each([
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil@127.0.0.1",
    "127.0.0.1:80@evil.example",
    "127.0.0.1/evil",
    "127.0.0.1 ",
    "0.0.0.0:8000",
    "[::2]",
    "[::ffff:10.0.0.1]",
    "192.168.0.1",
    "",
  ])("does not answer to %j", (host) => {
    expect(() => check(host)).toThrow("the header Host has another name");
    expect(() => check("localhost")).not.toThrow();
    expect(() => check(host)).toThrow("the header Host has another name");
  });
});
