import { z } from "zod";
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from "zod-openapi";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../errors.js";
import { SERVICE } from "../version.js";
import type { Access, Bodies, Route, RouteDescription } from "./route.js";

const errorSchema = z
  .object({
    error: z.string().meta({ description: "What was wrong, for people." }),
    code: z.string().meta({ description: `What was wrong, for programs: ${ERROR_CODES.join(", ")}.` }),
    path: z.string().optional().meta({ description: "Where in the body, as `instances[3][17]`." }),
  })
  .meta({ id: "Error" });

const ERROR_CONTENT = { "application/json": { schema: errorSchema } };

/** What may go wrong at the door of every route that is not for anybody. */
const ACCESS_ERRORS: readonly ErrorCode[] = ["unauthorized", "forbidden", "too_many_requests"];

/** What an API is called, and a sentence about it. */
export interface ApiTitle {
  readonly title: string;
  readonly description: string;
}

/**
 * The OpenAPI 3.1 document of the routes that have a description; those of an `open` access need no key. Schemas that carry
 * an `id` become components.
 */
export function openapi(
  routes: readonly Route[],
  open: ReadonlySet<Access>,
  { title, description }: ApiTitle,
): object {
  const paths: NonNullable<ZodOpenApiObject["paths"]> = {};
  for (const route of routes) {
    if (route.description === undefined) {
      continue;
    }
    for (const path of documentPaths(route.path)) {
      (paths[path] ??= {})[route.method === "GET" ? "get" : "post"] = {
        ...operationOf(route, route.description, path),
        ...(open.has(route.access) && { security: [] }),
      };
    }
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title,
      version: SERVICE.version,
      description,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
    security: [{ apiKey: [] }, { bearer: [] }],
  });
}

/** A route's paths in OpenAPI's syntax: one for each choice of what may be left out. */
export function documentPaths(path: string): string[] {
  const [before, optional, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path)?.slice(1) ?? [];
  if (before === undefined || optional === undefined || after === undefined) {
    return [path.replace(/(?<!\\):(\w+)/g, "{$1}").replaceAll("\\", "")];
  }
  return [...documentPaths(before + after), ...documentPaths(before + optional + after)];
}

function operationOf(
  { access }: Route,
  description: RouteDescription,
  path: string,
): ZodOpenApiOperationObject {
  const { tag, request, bodyOptional = false, response, errors = [], ...texts } = description;
  return {
    summary: texts.summary,
    ...(texts.description !== undefined && { description: texts.description }),
    tags: [tag],
    requestParams: parametersOf(description, path),
    ...(request && { requestBody: { required: !bodyOptional, content: contentOf(request) } }),
    responses: {
      200: { description: "Success", content: contentOf(response) },
      ...errorResponses([...errors, ...(access === "anybody" ? [] : ACCESS_ERRORS)]),
    },
  };
}

type Parameters = NonNullable<ZodOpenApiOperationObject["requestParams"]>;

function parametersOf({ query = {}, headers = {} }: RouteDescription, path: string): Parameters {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, z.string()]);
  return {
    path: z.object(Object.fromEntries(names) as Record<string, z.ZodType>),
    query: z.object(query).partial(),
    header: z.object(headers).partial(),
  };
}

type Responses = ZodOpenApiOperationObject["responses"];

function errorResponses(errors: readonly ErrorCode[]): Responses {
  const statuses = new Set(errors.map((code) => ERRORS[code].status));
  const entries = [...statuses].map((status) => {
    const codes = errors.filter((code) => ERRORS[code].status === status);
    return [status, { description: codes.join(", "), content: ERROR_CONTENT }] as const;
  });
  return Object.fromEntries(entries);
}

function contentOf(bodies: Bodies): Record<string, { schema?: z.ZodType }> {
  return Object.fromEntries(
    Object.entries(bodies).map(([type, schema]) => [type, schema === null ? {} : { schema }]),
  );
}
