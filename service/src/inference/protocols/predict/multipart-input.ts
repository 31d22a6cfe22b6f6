import { ServiceError } from "../../../server/errors.js";
import { MAX_PICTURES } from "../../../pictures/limits.js";
import { formParts, type Part } from "./form-data.js";

/** The files of a multipart/form-data body, in order, whatever their fields are called. Throws invalid_input. */
export function readFiles(body: Buffer, contentType: string): Buffer[] {
  const parts = formParts(body, contentType);
  if (parts === undefined) {
    throw new ServiceError("invalid_input", "The body is no complete multipart/form-data form.");
  }
  const files = parts.filter(isFile);
  if (files.length === 0) {
    throw new ServiceError(
      "invalid_input",
      "The form has no file: send the picture as a file field, as curl -F image=@digit.png does.",
    );
  }
  if (files.length > MAX_PICTURES) {
    throw new ServiceError("invalid_input", `The form has more than ${MAX_PICTURES} files.`);
  }
  return files.map(({ content }) => content);
}

/** Whether a part has a name of a file, or is bytes. */
function isFile({ headers }: Part): boolean {
  // Without what is quoted: a field may be called "; filename=".
  const disposition = (headers.get("content-disposition") ?? "").replace(/"(?:[^"\\]|\\.)*"/g, '""');
  if (!/^form-data(?:\s*;|$)/i.test(disposition)) {
    return false;
  }
  const type = headers.get("content-type") ?? "";
  return /;\s*filename\*?\s*=/i.test(disposition) || /^application\/octet-stream\b/i.test(type);
}
