import { ServiceError } from "../../../server/errors.js";
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
export function inferReply({ model, request, outputs, nonFinite }: Answer): Reply {
  const binary: Buffer[] = [];
  const texts = wantedOutputs(model, request).map((wanted) => {
    const tensor = outputOf(model, outputs, wanted);
    if (!isBinary(wanted, request)) {
      return outputJson(wanted.name, tensor, `"data":${flatJson(tensor.data, tensor.datatype, nonFinite)}`);
    }
    const bytes = writeBytes(tensor.data);
    binary.push(bytes);
    return outputJson(wanted.name, tensor, `"parameters":{"binary_data_size":${bytes.length}}`);
  });
  const id = typeof request.id === "string" ? `"id":${JSON.stringify(request.id)},` : "";
  const json =
    `{${id}"model_name":${JSON.stringify(model.name)},"model_version":${JSON.stringify(model.version)},` +
    `"outputs":[${texts.join(",")}]}`;
  return binary.length === 0 ? { status: 200, body: json } : binaryReply(Buffer.from(json), binary);
}

function binaryReply(json: Buffer, binary: readonly Buffer[]): Reply {
  return {
    status: 200,
    contentType: "application/octet-stream",
    headers: { [HEADER_LENGTH]: String(json.length) },
    body: Buffer.concat([json, ...binary]),
  };
}

function outputJson(name: string, { datatype, shape }: Tensor, data: string): string {
  return `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(",")}],${data}}`;
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
