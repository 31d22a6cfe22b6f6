import { basename, resolve } from "node:path";
import { scanModel, scanRepository } from "../models/scan.js";

/**
 * The models' folders that `folder` means: every one of a model repository (`NAME/VERSION/model.onnx`), or itself as the
 * folder of one model (`VERSION/model.onnx`), which it also is where no model is found.
 */
export async function modelFolders(folder: string): Promise<string[]> {
  const path = resolve(folder);
  const asModel = await scanModel(path, basename(path));
  if (asModel.versions.length > 0) {
    return [path];
  }
  const models = await scanRepository(path);
  const isRepository = models.some(({ versions }) => versions.length > 0);
  return isRepository ? models.map((model) => model.folder) : [path];
}
