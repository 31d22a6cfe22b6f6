/** What the program may take for granted of the service's image. */

/** Where the image holds the models that ship with it: `NAME/VERSION/model.onnx`, `NAME/config.json`. */
export const MODEL_REPOSITORY = "/models";

/** Where the image keeps what is fetched from a bucket; the one folder that its user may write to. */
export const MODEL_CACHE = "/cache";

/** The user and group id that the image's process runs as: none that a node's own users have, which begin at 1000. */
export const SERVICE_USER_ID = 10001;
