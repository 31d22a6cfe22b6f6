import { describe, expect, it } from "vitest";

import { access } from "#infra/exposure/access.js";

const service = { name: "inference", namespace: "digits", port: 80 };

describe("how a service is reached", () => {
  it("is its address, where it has one", () => {
    expect(access({ ...service, host: "192.0.2.1" }).endpoint).toBe("http://192.0.2.1");
    expect(access({ ...service, host: "digits.test", port: 8080 })).toEqual({
      endpoint: "http://digits.test:8080",
      call: "curl --header 'content-type: image/png' --data-binary @digit.png http://digits.test:8080/predict",
    });
  });

  it("is a forwarded port, where it has none", () => {
    expect(access(service)).toEqual({
      endpoint: "http://inference.digits.svc",
      call: [
        "kubectl --namespace digits port-forward service/inference 8000:80 &",
        "curl --header 'content-type: image/png' --data-binary @digit.png http://localhost:8000/predict",
      ].join("\n"),
    });
  });
});
