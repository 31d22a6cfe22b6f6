import protobuf from "protobufjs";

/** What of a graph is changed, by position in the file's own lists. Messages are encoded already. */
export interface GraphEdit {
  readonly nodes: ReadonlyMap<number, Uint8Array>;
  readonly outputs: ReadonlyMap<number, Uint8Array>;
  /** Initializers that are taken out. */
  readonly initializers: ReadonlySet<number>;
}

/** Numbers of fields, as ONNX's own schema has them: of ModelProto, then of GraphProto. */
const GRAPH = 7;
const NODE = 1;
const INITIALIZER = 5;
const OUTPUT = 12;

/** protobuf's wire type of what begins with its length: texts, bytes, messages. */
const LENGTH_DELIMITED = 2;

/**
 * A file's bytes (a serialized ModelProto) with `edit` applied. All else is copied as it is, also what this program does not
 * read, such as quantization's annotations.
 */
export function editFile(file: Uint8Array, edit: GraphEdit): Uint8Array {
  return Buffer.concat(
    replaced(file, (field, content) =>
      field === GRAPH ? message(GRAPH, editGraph(content, edit)) : undefined,
    ),
  );
}

function editGraph(graph: Uint8Array, { nodes, outputs, initializers }: GraphEdit): Uint8Array[] {
  const seen = new Map<number, number>();
  return replaced(graph, (field) => {
    const index = seen.get(field) ?? 0;
    seen.set(field, index + 1);
    if (field === INITIALIZER) {
      return initializers.has(index) ? [] : undefined;
    }
    const replacement = field === NODE ? nodes.get(index) : field === OUTPUT ? outputs.get(index) : undefined;
    return replacement && message(field, [replacement]);
  });
}

/** Parts of a message of which `replace` gives other ones for some fields; undefined leaves a field as it is. */
function replaced(
  bytes: Uint8Array,
  replace: (field: number, content: Uint8Array) => Uint8Array[] | undefined,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const reader = protobuf.Reader.create(bytes);
  let kept = 0;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const contentStart = reader.pos;
    reader.skipType(tag & 7);
    if ((tag & 7) !== LENGTH_DELIMITED) {
      continue;
    }
    const length = protobuf.Reader.create(bytes.subarray(contentStart)).uint32();
    const other = replace(tag >>> 3, bytes.subarray(reader.pos - length, reader.pos));
    if (other !== undefined) {
      parts.push(bytes.subarray(kept, start), ...other);
      kept = reader.pos;
    }
  }
  parts.push(bytes.subarray(kept));
  return parts;
}

/** A field that holds a message of these parts. */
function message(field: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = protobuf.Writer.create()
    .uint32((field << 3) | LENGTH_DELIMITED)
    .uint32(length)
    .finish();
  return [head, ...parts];
}
