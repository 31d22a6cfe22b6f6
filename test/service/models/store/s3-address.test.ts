import { describe, expect, it } from "vitest";
import { addressFault, isAddress, parseS3Address } from "#service/models/store/s3-address.js";

describe("the address of a bucket", () => {
  it.each([
    ["s3://my-models", "my-models", ""],
    ["s3://my-models/", "my-models", ""],
    ["s3://my.models/production", "my.models", "production/"],
    ["s3://my-models/a/b c/", "my-models", "a/b c/"],
  ])("%s is read", (address, bucket, prefix) => {
    expect(isAddress(address)).toBe(true);
    expect(addressFault(address)).toBeUndefined();
    expect(parseS3Address(address)).toEqual({ bucket, prefix });
  });

  it.each([
    ["https://my-models", "begin with s3://"],
    ["S3://my-models", "begin with s3://"],
    ["s3://", "must name a bucket"],
    ["s3:///prefix", "must name a bucket"],
    ["s3://My_Models/x", "must name a bucket"],
    ["s3://key:secret@host/x", "must name a bucket"],
    ["s3://models/a/../b", "'..'"],
    ["s3://models/a//b", "empty parts"],
    ["s3://models/a?versionId=1", "'?'"],
    ["s3://models/a\u0000", "must have a prefix"],
    [`s3://models/${"a".repeat(600)}`, "at most 512"],
  ])("%j is refused", (address, words) => {
    expect(addressFault(address)).toContain(words);
    expect(() => parseS3Address(address)).toThrow(words);
  });

  it.each(["models", "/models", "C:\\models", "./s3:/models"])("%s is a folder's path", (path) => {
    expect(isAddress(path)).toBe(false);
  });
});
