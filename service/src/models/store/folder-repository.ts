import { scanRepository, type Scan } from "../scan.js";
import type { ModelRepository } from "./model-repository.js";

/** A folder on this machine, or a volume: its files are served from where they lie. */
export class FolderRepository implements ModelRepository {
  constructor(private readonly root: string) {}

  scan(): Promise<Scan> {
    return scanRepository(this.root);
  }

  /** Nothing is absent from a folder. */
  fetch(): Promise<void> {
    return Promise.resolve();
  }

  retain(): void {
    // Nothing in it is a copy.
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
