/** What the program may take for granted of the service's image. */

/** Where the image holds the models that ship with it: `NAME/VERSION/model.onnx`, `NAME/config.json`. */
export const MODEL_REPOSITORY = "/models";

/** The user and group id that the image's process runs as. */
export const SERVICE_USER_ID = 1000;
