import { isAddress } from "../store/s3-address.js";
import { FolderRecords } from "./folder-records.js";
import type { Records } from "./records.js";

/** The records of the model repository that the setting MODEL_REPOSITORY names. */
export async function openRecords(repository: string): Promise<Records> {
  if (!isAddress(repository)) {
    return new FolderRecords(repository);
  }
  // The SDK takes a moment to load: folders do not wait for it.
  const [{ S3Records }, { openS3 }] = await Promise.all([
    import("./s3-records.js"),
    import("../store/open-s3.js"),
  ]);
  return new S3Records(await openS3(repository));
}
