import { basename, resolve } from "node:path";
import { isAddress } from "../models/store/s3-address.js";
import { scanModel, scanRepository } from "../models/scan.js";

/**
 * The models' folders that `folder` means: every one of a model repository (`NAME/VERSION/model.onnx`), or itself as the
 * folder of one model (`VERSION/model.onnx`), which it also is where no model is found.
 */
export async function modelFolders(folder: string): Promise<string[]> {
  if (isAddress(folder)) {
    throw new Error(
      `The doctor looks at folders only: copy the model from '${folder}' to this machine first.`,
    );
  }
  const path = resolve(folder);
  const asModel = await scanModel(path, basename(path));
  if (asModel.versions.some(({ problem }) => problem === undefined)) {
    return [path];
  }
  const { models, misnamed } = await scanRepository(path);
  const all = [...models, ...misnamed];
  const isRepository = all.some(({ versions }) => versions.length > 0);
  return isRepository ? all.map((model) => model.folder) : [path];
}
