import { readFileSync } from "node:fs";
import { REJECTIONS } from "@ai-model-service/contract/metrics";
import { describe, expect, it } from "vitest";
import { codeOfStatus, ERROR_CODES, ERRORS, errorRow, ServiceError } from "#service/server/errors.js";

/** Status to codes, as the table of docs/api.md has them. */
function documented(): [code: string, status: number][] {
  const text = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
  const table = text.slice(text.indexOf("## Errors"), text.indexOf("## Keys"));
  return [...table.matchAll(/^\| (\d{3}) +\| (.*) \|$/gm)].flatMap(([, status, cell = ""]) =>
    [...(cell.split(":")[0]?.matchAll(/`([a-z_]+)`/g) ?? [])].map(([, code = ""]): [string, number] => [
      code,
      Number(status),
    ]),
  );
}

describe("the catalogue of errors", () => {
  it("is what the documentation lists, and the reverse", () => {
    const rows = ERROR_CODES.map((code): [string, number] => [code, ERRORS[code].status]);
    expect(documented().sort()).toEqual(rows.sort());
  });

  it("has each reason of rejection once", () => {
    const reasons = ERROR_CODES.flatMap((code) => errorRow(code).rejection ?? []);
    expect(reasons.sort()).toEqual([...REJECTIONS].sort());
  });

  it("counts a fault of the client as such, whatever carried it", () => {
    for (const code of ERROR_CODES) {
      const { status, grpc, outcome } = ERRORS[code];
      expect([code, outcome === "client_error"]).toEqual([code, status < 500 && status !== 499]);
      expect([code, grpc === "INTERNAL"]).toEqual([code, status === 500]);
    }
  });

  it("gives the general code for a status that another part gave", () => {
    expect([400, 404, 413, 415, 418].map(codeOfStatus)).toEqual([
      "invalid_input",
      "not_found",
      "too_large",
      "unsupported_media_type",
      undefined,
    ]);
  });

  it("gives an error its status", () => {
    expect(new ServiceError("queue_full", "The queue is full.").status).toBe(503);
  });
});
