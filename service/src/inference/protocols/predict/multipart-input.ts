import busboy from "busboy";
import { ServiceError } from "../../../server/errors.js";

/** Files of one form at most: each becomes a row. */
const MAX_FILES = 64;

/** The files of a multipart/form-data body, in order, whatever their fields are called. Throws invalid_input. */
export function readFiles(body: Buffer, contentType: string): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const fault = (cause?: unknown): void =>
      reject(
        new ServiceError("invalid_input", "The body is no complete multipart/form-data form.", { cause }),
      );
    try {
      const form = busboy({ headers: { "content-type": contentType }, limits: { files: MAX_FILES } });
      const files: Buffer[][] = [];
      form.on("file", (_field, stream) => {
        const chunks: Buffer[] = [];
        files.push(chunks);
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("error", fault);
      });
      form.on("filesLimit", () => reject(tooMany()));
      form.on("error", fault);
      form.on("close", () => {
        if (files.length === 0) {
          reject(noFile());
        } else {
          resolve(files.map((chunks) => Buffer.concat(chunks)));
        }
      });
      form.end(body);
    } catch (cause) {
      fault(cause);
    }
  });
}

function tooMany(): ServiceError {
  return new ServiceError("invalid_input", `The form has more than ${MAX_FILES} files.`);
}

function noFile(): ServiceError {
  return new ServiceError(
    "invalid_input",
    "The form has no file: send the picture as a file field, as curl -F image=@digit.png does.",
  );
}
