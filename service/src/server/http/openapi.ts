import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "../errors.js";
import { SERVICE } from "../version.js";

/** A body of an operation: its schema by media type; null means bytes. */
export type Bodies = Readonly<Record<string, z.ZodType | null>>;

export interface Operation {
  readonly method: "get" | "post";
  /** In OpenAPI's syntax, as `/v2/models/{model}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Name to what it means; all are text and optional. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly request?: Bodies;
  readonly response: Bodies;
  readonly errors?: readonly ErrorCode[];
  /** True: no API key is asked for. */
  readonly open?: boolean;
}

const errorSchema = z
  .object({
    error: z.string().meta({ description: "What was wrong, for people." }),
    code: z
      .string()
      .meta({ description: `What was wrong, for programs: ${Object.keys(ERROR_STATUS).join(", ")}.` }),
    path: z.string().optional().meta({ description: "Where in the body, as `instances[3][17]`." }),
  })
  .meta({ id: "Error" });

/** The OpenAPI 3.1 document of `operations`. Schemas that carry an `id` become named components. */
export function openapi(operations: readonly Operation[]): object {
  const components = new Map<string, object>();
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method] = describe(operation, components);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "AI Model Service",
      version: SERVICE.version,
      description: "Predictions of ONNX models: the simple way, and in the protocols of other servers.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: Object.fromEntries(components),
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
    // An empty one first: keys are only asked for when the server has some.
    security: [{}, { apiKey: [] }, { bearer: [] }],
  };
}

function describe(operation: Operation, components: Map<string, object>): object {
  const { summary, description, tag, request, response, open } = operation;
  return {
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    parameters: parametersOf(operation),
    ...(request && { requestBody: { required: true, content: contentOf(request, components, "input") } }),
    responses: {
      200: { description: "Success", content: contentOf(response, components, "output") },
      ...errorsOf(operation, components),
    },
    ...(open === true && { security: [] }),
  };
}

function parametersOf({ path, query = {}, headers = {} }: Operation): object[] {
  const parameter = (place: string, name: string, required: boolean, description?: string): object => ({
    name,
    in: place,
    required,
    schema: { type: "string" },
    ...(description !== undefined && { description }),
  });
  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => parameter("path", name, true)),
    ...Object.entries(query).map(([name, text]) => parameter("query", name, false, text)),
    ...Object.entries(headers).map(([name, text]) => parameter("header", name, false, text)),
  ];
}

function errorsOf({ errors = [] }: Operation, components: Map<string, object>): Record<string, object> {
  const content = contentOf({ "application/json": errorSchema }, components, "output");
  const responses: Record<string, object> = {};
  for (const status of new Set(errors.map((code) => ERROR_STATUS[code]))) {
    const codes = errors.filter((code) => ERROR_STATUS[code] === status);
    responses[status] = { description: codes.join(", "), content };
  }
  return responses;
}

function contentOf(bodies: Bodies, components: Map<string, object>, io: "input" | "output"): object {
  return Object.fromEntries(
    Object.entries(bodies).map(([type, schema]) => [
      type,
      schema === null ? {} : { schema: reference(schema, components, io) },
    ]),
  );
}

/** The JSON Schema of a zod schema; its named parts go to `components`. */
function reference(schema: z.ZodType, components: Map<string, object>, io: "input" | "output"): object {
  const document = z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any" });
  // References point into the document's components, where OpenAPI has them.
  const { $defs = {}, ...root } = JSON.parse(
    JSON.stringify(document).replaceAll("#/$defs/", "#/components/schemas/"),
  ) as { $schema?: string; $defs?: Record<string, object> };
  for (const [name, part] of Object.entries($defs)) {
    components.set(name, part);
  }
  delete root.$schema;
  return root;
}
