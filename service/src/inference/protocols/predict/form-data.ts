/** A part of a form: a field or a file. */
export interface Part {
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly content: Buffer;
}

/** Parts of a form at most: as many files as there may be, and fields, which nobody reads. */
const MAX_PARTS = 128;

/** Bytes of a part's headers at most. */
const MAX_HEAD = 8192;

/** Headers of a part at most: browsers write two. */
const MAX_HEADERS = 16;

/** Places at most that look like a boundary and are none: boundaries are chosen so that there is not one. */
const MAX_LOOKALIKES = 1000;

const CRLF = "\r\n";

/**
 * The parts of a whole multipart/form-data body (https://www.rfc-editor.org/rfc/rfc7578), in order, as views of it.
 * Undefined when it is broken or not complete: cut off anywhere before its last boundary, or of too many parts.
 */
export function formParts(body: Buffer, contentType: string): Part[] | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) {
    return undefined;
  }
  const parts: Part[] = [];
  let delimiter = nextDelimiter(body, boundary, 0);
  while (delimiter !== undefined && !delimiter.last) {
    const start = delimiter.end;
    const head = headOf(body, start);
    const next: Delimiter | undefined = head && nextDelimiter(body, boundary, head.end);
    if (next === undefined || head === undefined || parts.length === MAX_PARTS) {
      return undefined;
    }
    parts.push({ headers: head.headers, content: body.subarray(head.end, next.start) });
    delimiter = next;
  }
  return delimiter && parts;
}

function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] =
    /;[ \t]*boundary=(?:"([^"\r\n]{1,70})"|([^\s";,]{1,70})(?=[\s;]|$))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

interface Delimiter {
  /** Where its line begins, with the line end before it, and where the part after it does. */
  readonly start: number;
  readonly end: number;
  /** Whether the form ends here. */
  readonly last: boolean;
}

/** The next line that is nothing but the boundary; a line that only begins with it belongs to a part's content. */
function nextDelimiter(body: Buffer, boundary: string, from: number): Delimiter | undefined {
  const line = `${CRLF}--${boundary}`;
  // Only the first line of all has no line end before it.
  let start =
    from === 0 && body.indexOf(line.slice(2), 0, "latin1") === 0 ? -2 : body.indexOf(line, from, "latin1");
  for (let lookalikes = 0; start !== -1 && lookalikes < MAX_LOOKALIKES; lookalikes += 1) {
    const after = start + line.length;
    if (body.toString("latin1", after, after + 2) === "--") {
      return { start, end: body.length, last: true };
    }
    let end = after;
    while (body[end] === 0x20 || body[end] === 0x09) {
      end += 1;
    }
    if (body.toString("latin1", end, end + 2) === CRLF) {
      return { start, end: end + 2, last: false };
    }
    start = body.indexOf(line, after, "latin1");
  }
  return undefined;
}

interface Head {
  readonly headers: ReadonlyMap<string, string>;
  /** Where the content begins. */
  readonly end: number;
}

function headOf(body: Buffer, start: number): Head | undefined {
  // A part without headers begins with the empty line that ends them.
  const text = CRLF + body.toString("latin1", start, start + MAX_HEAD);
  const length = text.indexOf(CRLF + CRLF);
  const lines = text.slice(2, Math.max(2, length)).split(CRLF);
  if (length < 0 || lines.length > MAX_HEADERS) {
    return undefined;
  }
  const headers = new Map<string, string>();
  for (const line of length === 0 ? [] : lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) {
      return undefined;
    }
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, end: start + length + 2 };
}
