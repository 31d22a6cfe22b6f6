import { ServiceError } from "../../../server/errors.js";
import { joinInTurns, jsonPieces } from "../../../server/http/pieces.js";
import type { Reply } from "../../../server/http/reply.js";
import type { ServedModel } from "../../engine/engine.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { writeBytes } from "../../../tensors/bytes.js";
import type { NonFinite } from "../../../tensors/non-finite.js";
import { flatJson } from "../../../tensors/to-json.js";
import type { Outputs } from "../row-outputs.js";
import { HEADER_LENGTH } from "./binary-body.js";
import { classify } from "./classification.js";
import type { InferRequest, RequestOutput } from "./schema.js";

interface Answer {
  readonly model: ServedModel;
  readonly request: InferRequest;
  readonly outputs: Outputs;
  readonly nonFinite: NonFinite;
}

/** The protocol's response: JSON, followed by the data of those outputs that were wanted as binary. */
export async function inferReply(answer: Answer): Promise<Reply> {
  const { model, request, outputs } = answer;
  const binary: Buffer[] = [];
  const written: WrittenOutput[] = [];
  for (const wanted of wantedOutputs(model, request)) {
    const { name } = wanted;
    const tensor = outputOf(model, outputs, wanted);
    if (isBinary(wanted, request)) {
      const bytes = await writeBytes(tensor.data);
      binary.push(bytes);
      written.push({ name, tensor, bytes: bytes.length });
    } else {
      written.push({ name, tensor });
    }
  }
  const pieces = responseJson(answer, written);
  return binary.length === 0
    ? jsonPieces(pieces)
    : binaryReply(Buffer.from(await joinInTurns(pieces)), binary);
}

/** An output of a response. */
interface WrittenOutput {
  readonly name: string;
  readonly tensor: Tensor;
  /** Its bytes behind the JSON; absent for one whose values are in it. */
  readonly bytes?: number;
}

function* responseJson(
  { model, request, nonFinite }: Answer,
  outputs: readonly WrittenOutput[],
): Generator<string> {
  const id = typeof request.id === "string" ? `"id":${JSON.stringify(request.id)},` : "";
  yield `{${id}"model_name":${JSON.stringify(model.name)},"model_version":${JSON.stringify(model.version)},"outputs":[`;
  for (const [index, { name, tensor, bytes }] of outputs.entries()) {
    const head = `"name":${JSON.stringify(name)},"datatype":"${tensor.datatype}","shape":[${tensor.shape.join(",")}]`;
    yield `${index > 0 ? "," : ""}{${head},`;
    if (bytes === undefined) {
      yield '"data":';
      yield* flatJson(tensor, nonFinite);
    } else {
      yield `"parameters":{"binary_data_size":${bytes}}`;
    }
    yield "}";
  }
  yield "]}";
}

function binaryReply(json: Buffer, binary: readonly Buffer[]): Reply {
  return {
    status: 200,
    contentType: "application/octet-stream",
    headers: { [HEADER_LENGTH]: String(json.length) },
    body: Buffer.concat([json, ...binary]),
  };
}

/** What the request asks for; all outputs when it names none. */
function wantedOutputs({ outputs }: ServedModel, request: InferRequest): readonly RequestOutput[] {
  return request.outputs && request.outputs.length > 0
    ? request.outputs
    : outputs.map(({ name }) => ({ name }));
}

function isBinary(wanted: RequestOutput, request: InferRequest): boolean {
  return wanted.parameters?.binary_data ?? request.parameters?.binary_data_output ?? false;
}

function outputOf(model: ServedModel, outputs: Outputs, wanted: RequestOutput): Tensor {
  const tensor = outputs[wanted.name];
  if (tensor === undefined) {
    throw new ServiceError("internal", `Output ${wanted.name} was not computed.`);
  }
  const count = wanted.parameters?.classification ?? 0;
  return count === 0 ? tensor : classify(tensor, count, model.config.postprocess, wanted.name);
}
