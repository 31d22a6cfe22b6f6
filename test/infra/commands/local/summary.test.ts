import { describe, expect, it } from "vitest";

import { summary } from "#infra/commands/local/summary.js";

const endpoint = "http://127.0.0.1:8080";

describe("summary", () => {
  it("names the endpoint, the page, Grafana and a call to try", () => {
    const grafana = { grafana: "http://127.0.0.1:8081", grafanaPassword: "secret" };
    expect(summary({ endpoint, ...grafana })).toMatchInlineSnapshot(`
      "
      Predictions    http://127.0.0.1:8080/predict
      Page           http://127.0.0.1:8080/
      API            http://127.0.0.1:8080/docs
      Grafana        http://127.0.0.1:8081  (admin, secret)

      curl --header 'content-type: image/png' --data-binary @test/fixtures/digit-7.png http://127.0.0.1:8080/predict
      "
    `);
  });

  it("leaves out the Grafana that is not there", () => {
    expect(summary({ endpoint })).not.toContain("Grafana");
  });

  it("says nothing about a stack that was not made", () => {
    expect(summary({})).toBe("");
  });
});
