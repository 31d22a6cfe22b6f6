import { ServiceError } from "../../../server/errors.js";
import type { ServedModel } from "../../engine/engine.js";
import { checked } from "../../../server/http/json-body.js";
import type { JsonList } from "../../../server/http/long-list.js";
import { tensorsFromColumns, tensorsFromRows, type Tensors } from "../rows.js";
import { MAX_PICTURES } from "../../../pictures/limits.js";
import { decodeBase64, tensorsFromPictures } from "./picture-input.js";
import { columnsSchema, imageSchema, instancesSchema } from "./schema.js";

/** Which of the forms a JSON body has; TensorFlow Serving answers rows and columns differently. */
export type Form = "rows" | "columns";

export interface JsonInput {
  readonly form: Form;
  readonly tensors: Tensors;
}

/** A JSON body with `instances`, `inputs` or `image`. Throws invalid_input, invalid_image with the path of the fault. */
export async function tensorsFromJson(model: ServedModel, body: unknown): Promise<JsonInput> {
  const keys = typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
  if ("instances" in keys) {
    const { instances } = checked(body, instancesSchema);
    const pictures = picturesOf(instances);
    const tensors = pictures
      ? await tensorsFromPictures(model, pictures)
      : await tensorsFromRows(model, instances);
    return { form: "rows", tensors };
  }
  if ("image" in keys) {
    const picture = decodeBase64(checked(body, imageSchema).image, "image");
    return { form: "rows", tensors: await tensorsFromPictures(model, [picture]) };
  }
  if ("inputs" in keys) {
    return { form: "columns", tensors: await tensorsFromColumns(model, checked(body, columnsSchema).inputs) };
  }
  throw new ServiceError(
    "invalid_input",
    "The request body must be a JSON object with instances, image or inputs.",
  );
}

/** TensorFlow Serving's way to send files: every instance is `{"b64": "..."}`. */
function picturesOf(instances: JsonList): Buffer[] | undefined {
  if (!isPicture(instances.at(0)) || !Array.isArray(instances)) {
    return undefined;
  }
  if (instances.length > MAX_PICTURES) {
    const path = `instances[${MAX_PICTURES}]`;
    throw new ServiceError(
      "invalid_input",
      `${path} is a picture too many: a request has ${MAX_PICTURES} at most.`,
      { path },
    );
  }
  return instances.map((instance, index) => {
    const path = `instances[${index}]`;
    if (!isPicture(instance)) {
      throw new ServiceError("invalid_input", `${path} must be {"b64": "..."} as the first one is.`, {
        path,
      });
    }
    return decodeBase64(instance.b64, `${path}.b64`);
  });
}

function isPicture(value: unknown): value is { b64: string } {
  return typeof value === "object" && value !== null && "b64" in value && typeof value.b64 === "string";
}
