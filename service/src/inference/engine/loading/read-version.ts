import { dirname, join } from "node:path";
import { versionFault, weightsFault } from "../../../models/file-fault.js";
import { contentFault } from "../../../models/manifest.js";
import type { VersionFiles } from "../../../models/version-folder.js";
import { adaptFile, type AdaptedFile } from "../../../onnx/adapt/adapt-model.js";
import { externalFiles } from "../../../onnx/weights.js";

/** Reads a version's graph. Rejects with the reason where names or first bytes tell that a file is something else. */
export async function readVersion(files: VersionFiles): Promise<AdaptedFile> {
  refuse(await versionFault(files));
  refuse(files.unchecked && (await contentFault(dirname(files.path), files.unchecked)));
  const file = await adaptFile(files.path);
  for (const name of file.onDisk ? externalFiles(file.onDisk.graph) : []) {
    refuse(await weightsFault(name, join(dirname(files.path), name)));
  }
  return file;
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) {
    throw new Error(fault);
  }
}
