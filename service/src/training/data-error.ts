/** A fault in the training data, told in one sentence that names the file. */
export class DataError extends Error {
  override readonly name = "DataError";
}
