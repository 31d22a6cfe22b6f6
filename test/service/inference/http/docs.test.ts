import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { RawClient } from "../../server/http/raw-client.js";
import { ServiceFixture } from "../service-fixture.js";

interface Operation {
  readonly parameters: { name: string; in: string; schema: object }[];
  readonly requestBody?: object;
  readonly responses: Record<string, object>;
  readonly security?: object[];
}

interface Document {
  readonly openapi: string;
  readonly security: object[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, object> };
}

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putConfig("quadrants", quadrantsConfig);
  });
});
afterAll(() => service.stop());

async function document(): Promise<Document> {
  return (await (await service.get("/openapi.json")).json()) as Document;
}

describe("/openapi.json", () => {
  it("refers to nothing that it does not hold", async () => {
    const text = JSON.stringify(await document());
    const { components } = await document();
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(names).toContain("InferRequest");
    for (const name of names) {
      expect(Object.keys(components.schemas)).toContain(name);
    }
    expect(text).not.toContain("$defs");
  });

  it("declares every parameter of its paths", async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe("3.1.0");
    for (const [path, methods] of Object.entries(paths)) {
      for (const { parameters } of Object.values(methods)) {
        const declared = parameters.filter((each) => each.in === "path").map(({ name }) => name);
        expect(declared).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      }
    }
  });

  it("says what parameters may be, and which bodies may be left out", async () => {
    const { paths } = await document();
    const schemaOf = (path: string, method: string, name: string): unknown =>
      paths[path]?.[method]?.parameters.find((each) => each.name === name)?.schema;
    expect(schemaOf("/predict", "post", "top")).toMatchObject({ type: "integer", minimum: 1 });
    expect(schemaOf("/predict", "post", "view")).toMatchObject({ enum: ["true", "false"] });
    expect(schemaOf("/predict", "post", "Request-Timeout-Ms")).toMatchObject({ exclusiveMinimum: 0 });
    expect(paths["/v2/repository/index"]?.post?.requestBody).toMatchObject({ required: false });
    expect(paths["/predict"]?.post?.requestBody).toMatchObject({ required: true });
  });

  it("says which routes need a key, and how that may fail", async () => {
    const open = await document();
    expect(open.paths["/predict"]?.post?.security).toEqual([]);
    const guarded = await ServiceFixture.start(
      (repository) => repository.putModel("quadrants", "1", quadrants()),
      { API_KEYS: "key" },
    );
    const { security, paths } = (await (await guarded.get("/openapi.json")).json()) as Document;
    await guarded.stop();
    expect(security).toEqual([{ apiKey: [] }, { bearer: [] }]);
    expect(paths["/predict"]?.post).not.toHaveProperty("security");
    expect(Object.keys(paths["/predict"]?.post?.responses ?? {})).toEqual(
      expect.arrayContaining(["401", "403", "429"]),
    );
    expect(paths["/readyz"]?.get?.security).toEqual([]);
  });

  it("describes routes that are there", async () => {
    const { paths } = await document();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method })),
    );
    expect(described.length).toBeGreaterThan(20);
    for (const { path, method } of described) {
      const real = path.replace("{model}", "quadrants").replace("{version}", "1");
      // Another method than the route's own proves that the path is known without changing anything.
      const other = method === "get" ? "DELETE" : "GET";
      const response = await service.get(real, { method: other });
      expect([path, response.status, response.headers.get("allow")]).toEqual([
        path,
        405,
        expect.stringContaining(method.toUpperCase()) as string,
      ]);
    }
  });
});

/** As a browser asks, which fetch of Node.js does not: it forbids caches when it is given a tag. */
async function askedAgain(path: string, tag: string): Promise<string> {
  const client = await RawClient.connect(service.port);
  client.send(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: ${tag}\r\nConnection: close\r\n\r\n`,
  );
  return client.closed();
}

describe("/docs", () => {
  it("is a page whose parts all come from this server", async () => {
    const page = await (await service.get("/docs")).text();
    const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part = ""]) => part);
    expect(parts).toHaveLength(3);
    for (const part of parts) {
      expect(part).not.toContain("//");
      const response = await service.get(`/${part}`);
      expect([part, response.status]).toEqual([part, 200]);
      expect(response.headers.get("content-type")).toMatch(/^text\/(css|javascript)/);
    }
  });

  it("is kept by browsers: its large parts for good, the others until they change", async () => {
    const page = await (await service.get("/docs")).text();
    const [bundle = ""] = /docs\/swagger-ui-bundle\.js\?v=[\d.]+/.exec(page) ?? [];
    const cached = async (path: string): Promise<string | null> =>
      (await service.get(path)).headers.get("cache-control");
    expect(await cached(`/${bundle}`)).toBe("public, max-age=31536000, immutable");
    for (const path of ["/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", `/${bundle}1`]) {
      expect([path, await cached(path)]).toEqual([path, "no-cache"]);
      const tag = (await service.get(path)).headers.get("etag") ?? "";
      expect(tag).toMatch(/^"[\w-]{43}"$/);
      expect(await askedAgain(path, tag)).toMatch(/^HTTP\/1.1 304 [^]*\r\n\r\n$/);
      expect(await askedAgain(path, '"other"')).toMatch(/^HTTP\/1.1 200 /);
    }
  });
});
