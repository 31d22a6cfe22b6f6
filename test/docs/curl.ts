import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { wordsOf } from "./blocks.js";

/** What a curl command of the documentation asks for. */
export interface CurlRequest {
  /** Path and query. */
  readonly path: string;
  readonly init: RequestInit;
}

/** Reads a curl command with the few options that the documentation uses. Throws for any other. */
export function curlRequest(command: string): CurlRequest {
  const [program, ...words] = wordsOf(command);
  if (program !== "curl") {
    throw new Error(`This is no curl command: ${command}`);
  }
  const headers = new Headers();
  let body: RequestInit["body"];
  let url: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    switch (word) {
      case "-H": {
        const [name = "", value = ""] = (words.shift() ?? "").split(/:\s*/);
        headers.set(name, value);
        break;
      }
      case "-d":
        body = words.shift();
        break;
      case "--data-binary":
        body = fileOf(words.shift());
        break;
      case "-F": {
        const [field = "", file] = (words.shift() ?? "").split("=");
        const form = new FormData();
        form.set(field, new Blob([fileOf(file)]), basename(file ?? ""));
        body = form;
        break;
      }
      default:
        if (word.startsWith("-")) {
          throw new Error(`This option of curl is not known here: ${word}`);
        }
        url = word;
    }
  }
  const path = /^localhost:8000(\/.*)$/.exec(url ?? "")?.[1];
  if (path === undefined) {
    throw new Error(`This does not ask the server on localhost: ${command}`);
  }
  return { path, init: body === undefined ? { headers } : { method: "POST", headers, body } };
}

/** `@PATH`, as curl has it. */
function fileOf(word = ""): Uint8Array<ArrayBuffer> {
  if (!word.startsWith("@")) {
    throw new Error(`A file is named with an @: ${word}`);
  }
  return new Uint8Array(readFileSync(new URL(`../../${word.slice(1)}`, import.meta.url)));
}
