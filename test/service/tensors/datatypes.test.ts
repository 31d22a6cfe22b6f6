import { describe, expect, it } from "vitest";
import { allocate, DATATYPE_NAMES, DATATYPES, datatypeOfRuntime, holds } from "#service/tensors/datatypes.js";

describe("datatypes", () => {
  it.each(DATATYPE_NAMES)("%s has a name in ONNX Runtime, and an array type", (datatype) => {
    expect(datatypeOfRuntime(DATATYPES[datatype].runtime)).toBe(datatype);
    const data = allocate(datatype, 3);
    expect(data).toHaveLength(3);
    expect(holds(datatype, data)).toBe(true);
  });

  it("are not held by another type's array", () => {
    expect(holds("FP32", new Float64Array(1))).toBe(false);
    expect(holds("BYTES", new Uint8Array(1))).toBe(false);
    expect(holds("INT64", [])).toBe(false);
  });

  it("leave out what no array of JavaScript holds", () => {
    expect(datatypeOfRuntime("int4")).toBeUndefined();
  });
});
