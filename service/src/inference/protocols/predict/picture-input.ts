import { ServiceError } from "../../../server/errors.js";
import type { ServedModel } from "../../engine/engine.js";
import type { ImagePreprocess } from "../../../models/model-config.js";
import { readHead } from "../../../pictures/heads/head.js";
import { checkPicture, checkTogether } from "../../../pictures/limits.js";
import { oneByOne } from "../../../pictures/one-by-one.js";
import { imageTensor, pictureValues } from "../../../pictures/picture-tensor.js";
import { mainInput, type Tensors } from "../rows.js";

/** Pictures (PNG, JPEG, WebP files), one a row, brought to what the model's config.json asks for. */
export async function tensorsFromPictures(
  model: ServedModel,
  pictures: readonly Uint8Array[],
): Promise<Tensors> {
  const config = pictureConfig(model);
  // All heads are read before any picture is: what is too much together is refused before there is work.
  const heads = pictures.map(readHead);
  heads.forEach(checkPicture);
  checkTogether(heads);
  const rows = await oneByOne(pictures, (picture) => pictureValues(picture, config));
  const { name, datatype } = mainInput(model);
  return { [name]: imageTensor(rows, config, datatype) };
}

/** Throws unsupported_media_type for a model that takes no pictures. */
function pictureConfig({ name, config }: ServedModel): ImagePreprocess {
  if (config.preprocess !== undefined) {
    return config.preprocess;
  }
  throw new ServiceError(
    "unsupported_media_type",
    `Model ${name} takes no pictures: its config.json says none of them.`,
  );
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Bytes of base64 or base64url text, with or without the head of a data: URL. Throws invalid_image. */
export function decodeBase64(text: string, path: string): Buffer {
  const base64 = text.replace(/^data:[\w/+.;=-]*;base64,/, "").replace(/\s+/g, "");
  if (BASE64.test(base64)) {
    return Buffer.from(base64, "base64");
  }
  throw new ServiceError("invalid_image", `${path} is not base64.`, { path });
}
