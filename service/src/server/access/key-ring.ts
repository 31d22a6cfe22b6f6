import { createHash, timingSafeEqual } from "node:crypto";
import type { ApiKey } from "@ai-model-service/contract/keys";
import { KeyHolder } from "./key-holder.js";

/** The keys that are valid now. */
export class KeyRing {
  private keys: readonly { readonly digest: Buffer; readonly holder: KeyHolder }[] = [];
  private byName: ReadonlyMap<string, KeyHolder> = new Map();

  constructor(keys: readonly ApiKey[]) {
    this.replace(keys);
  }

  get holders(): Iterable<KeyHolder> {
    return this.byName.values();
  }

  /** Puts other keys in the place of those before. Who is still there keeps limits and counts. */
  replace(keys: readonly ApiKey[]): void {
    const holders = new Map<string, KeyHolder>();
    for (const key of keys) {
      const holder = this.byName.get(key.name);
      holder?.become(key);
      holders.set(key.name, holders.get(key.name) ?? holder ?? new KeyHolder(key));
    }
    this.keys = keys.flatMap(({ name, key }) => {
      const holder = holders.get(name);
      return holder === undefined ? [] : [{ digest: digestOf(key), holder }];
    });
    this.byName = holders;
  }

  /** Who holds a key. Digests of equal length are compared, each in constant time and always all of them. */
  find(key: string): KeyHolder | undefined {
    const given = digestOf(key);
    let found: KeyHolder | undefined;
    for (const { digest, holder } of this.keys) {
      if (timingSafeEqual(digest, given)) {
        found = holder;
      }
    }
    return found;
  }
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
