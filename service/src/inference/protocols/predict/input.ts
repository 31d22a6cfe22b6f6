import { ServiceError } from "../../../server/errors.js";
import { quoted } from "../../../server/quoted.js";
import type { Exchange } from "../../../server/http/exchange.js";
import type { ServedModel } from "../../engine/engine.js";
import { parseJson } from "../../../server/http/json-body.js";
import { hasLongIntegers } from "../long-integers.js";
import { parseMediaType } from "../../../server/http/media-type.js";
import { tensorsFromJson, type JsonInput } from "./json-input.js";
import { readFiles } from "./multipart-input.js";
import { tensorsFromPictures } from "./picture-input.js";
import { tensorsFromBytes } from "./raw-input.js";

/** The model's inputs from a body of any kind that /predict takes. Throws unsupported_media_type for another kind. */
export async function readInput(exchange: Exchange, model: ServedModel, body: Buffer): Promise<JsonInput> {
  const header = exchange.headers["content-type"];
  const { type, parameters } = parseMediaType(header);
  switch (type) {
    case "application/octet-stream":
      return rows(tensorsFromBytes(model, body, datatypeOf(exchange, parameters)));
    case "application/json":
      return tensorsFromJson(model, await parseJson(exchange, body, hasLongIntegers(model)));
    case "image/png":
    case "image/jpeg":
    case "image/webp":
      return rows(await tensorsFromPictures(model, [body]));
    case "multipart/form-data":
      return rows(await tensorsFromPictures(model, readFiles(body, header ?? "")));
    default:
      throw new ServiceError(
        "unsupported_media_type",
        (header === undefined ? "Content-Type is missing" : `Content-Type ${quoted(type)} is not supported`) +
          "; send application/json, image/png, image/jpeg, image/webp, multipart/form-data or application/octet-stream.",
      );
  }
}

function rows(tensors: JsonInput["tensors"]): JsonInput {
  return { form: "rows", tensors };
}

/** `?datatype=` or the same parameter of the Content-Type; which of them an input takes is for raw-input.ts to say. */
function datatypeOf(exchange: Exchange, parameters: ReadonlyMap<string, string>): string | undefined {
  const asked = exchange.hasQuery ? exchange.query.get("datatype") : null;
  return (asked ?? parameters.get("datatype"))?.toUpperCase();
}
