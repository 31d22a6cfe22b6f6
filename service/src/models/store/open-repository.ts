import { FolderRepository } from "./folder-repository.js";
import type { ModelRepository } from "./model-repository.js";
import { isAddress } from "./s3-address.js";
import { S3Repository } from "./s3-repository.js";

/** The model repository at a folder's path or `s3://bucket/prefix`; of the latter, `cache` holds what is fetched. */
export function openRepository(repository: string, cache: string): ModelRepository {
  return isAddress(repository) ? new S3Repository(repository, cache) : new FolderRepository(repository);
}
