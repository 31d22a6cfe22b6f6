import { z } from "zod";
import { isList } from "../../../server/http/long-list.js";
import { DATATYPE_NAMES } from "../../../tensors/datatypes.js";
import { MAX_RANK } from "../../../tensors/shape.js";

/**
 * The bodies of the Open Inference Protocol, version 2, with Triton's extensions:
 * https://github.com/kserve/open-inference-protocol and Triton's `docs/protocol`. What is optional may be null, as
 * clients write it that serialize every field.
 */
const name = z.string({ error: "must be a string" }).min(1, "must not be empty");
const byteCount = z.int({ error: "must be a whole number of bytes" }).min(0, "must not be negative");
const parameterValue = z.union([z.string(), z.number(), z.boolean()], {
  error: "must be a string, a number or a boolean",
});

/** Tensors that a request names at most, as inputs or as outputs; models have some thousand at the very most. */
const MAX_TENSORS = 4096;

/** Parameters in one place at most. */
const MAX_PARAMETERS = 256;

/** `schema` for values of which `count` gives no more than `most`: zod would look at every one first, and keep a fault for each. */
function atMost<S extends z.ZodType>(
  most: number,
  what: string,
  count: (value: object) => number,
  schema: S,
): z.ZodPreprocess<S> {
  return z.preprocess((value, context) => {
    if (typeof value === "object" && value !== null && count(value) > most) {
      context.addIssue({ code: "custom", message: `must have at most ${most} ${what}` });
    }
    return value;
  }, schema);
}

function listAtMost<S extends z.ZodType>(
  most: number,
  what: string,
  item: S,
  error: string,
): z.ZodPreprocess<z.ZodArray<S>> {
  return atMost(most, what, (value) => (isList(value) ? value.length : 0), z.array(item, { error }));
}

/** Parameters of which the server reads some, and takes others of any name. */
function parameters<S extends z.core.$ZodShape>(known: S) {
  const schema = z.object(known, { error: "must be an object" }).catchall(parameterValue);
  return atMost(MAX_PARAMETERS, "parameters", (value) => Object.keys(value).length, schema);
}

const datatype = z.enum(DATATYPE_NAMES, { error: `must be one of ${DATATYPE_NAMES.join(", ")}` });

const shape = listAtMost(
  MAX_RANK,
  "dimensions",
  z
    .int({ error: "must be a whole number" })
    .min(0, "must not be negative")
    .max(2 ** 31 - 1, "is larger than any tensor"),
  "must be an array of dimensions",
);

const data = z.unknown().meta({
  type: "array",
  items: {},
  description: "Row-major values, flat or nested as `shape` says; absent when they follow as binary data.",
});

const inputTensor = z
  .looseObject({
    name,
    shape,
    datatype,
    parameters: parameters({ binary_data_size: byteCount.optional() })
      .nullish()
      .meta({ description: "`binary_data_size`: bytes of this tensor in the binary part of the body." }),
    data: data.optional(),
  })
  .meta({ id: "RequestInput" });

const requestedOutput = z
  .looseObject({
    name,
    parameters: parameters({
      binary_data: z.boolean({ error: "must be true or false" }).optional(),
      classification: z.int({ error: "must be a whole number" }).min(0, "must not be negative").optional(),
    })
      .nullish()
      .meta({
        description:
          "`binary_data`: answer this output as binary data. `classification`: answer the so many best as `score:index:label`.",
      }),
  })
  .meta({ id: "RequestOutput" });

export const inferRequestSchema = z
  .looseObject({
    id: z.string({ error: "must be a string" }).nullish(),
    parameters: parameters({
      timeout: z.number({ error: "must be microseconds" }).positive("must be above 0").optional(),
      binary_data_output: z.boolean({ error: "must be true or false" }).optional(),
    })
      .nullish()
      .meta({
        description:
          "`timeout`: microseconds until the answer is not wanted any more. `binary_data_output`: answer all outputs as binary data.",
      }),
    inputs: listAtMost(MAX_TENSORS, "tensors", inputTensor, "must be an array of tensors").meta({
      description: "Empty for a model that has no inputs.",
    }),
    outputs: listAtMost(MAX_TENSORS, "tensors", requestedOutput, "must be an array").nullish(),
  })
  .meta({ id: "InferRequest" });

export type InferRequest = z.output<typeof inferRequestSchema>;
export type RequestInput = InferRequest["inputs"][number];
export type RequestOutput = NonNullable<InferRequest["outputs"]>[number];

export const inferResponseSchema = z
  .object({
    id: z.string().optional(),
    model_name: z.string(),
    model_version: z.string(),
    outputs: z.array(
      z.object({
        name: z.string(),
        datatype: z.enum(DATATYPE_NAMES),
        shape: z.array(z.int()),
        parameters: z.object({ binary_data_size: z.int() }).optional(),
        data: z.array(z.unknown()).optional(),
      }),
    ),
  })
  .meta({ id: "InferResponse" });

export const indexRequestSchema = z
  .looseObject({
    ready: z
      .boolean({ error: "must be true or false" })
      .optional()
      .meta({ description: "Only what serves." }),
  })
  .meta({ id: "RepositoryIndexRequest" });

export const indexResponseSchema = z
  .array(
    z.object({
      name: z.string(),
      version: z.string(),
      state: z.string(),
      reason: z.string(),
      labels: z.array(z.string()).optional().meta({ description: "Labels that mean this version." }),
      traffic: z
        .number()
        .optional()
        .meta({ description: "Percent of the requests that name no version which it answers." }),
      shadow: z
        .number()
        .optional()
        .meta({ description: "Percent of those requests of which it gets a copy." }),
    }),
  )
  .meta({ id: "RepositoryIndex" });

const tensorSpec = z.object({ name: z.string(), datatype: z.enum(DATATYPE_NAMES), shape: z.array(z.int()) });

export const modelMetadataSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorSpec),
    outputs: z.array(tensorSpec),
  })
  .meta({ id: "ModelMetadata" });

export const serverMetadataSchema = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: "ServerMetadata" });
