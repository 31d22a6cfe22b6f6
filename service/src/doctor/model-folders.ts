import { basename, resolve } from "node:path";
import { scanModel, scanRepository } from "../models/scan.js";

/**
 * The models' folders that `folder` means: every one of a model repository (`NAME/VERSION/model.onnx`), or itself as the
 * folder of one model (`VERSION/model.onnx`), which it also is where no model is found.
 */
export async function modelFolders(folder: string): Promise<string[]> {
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
