import { scanRepository, type Scan } from "../scan.js";
import type { ModelRepository, RepositoryFigures } from "./model-repository.js";

/** A folder on this machine, or a volume: its files are served from where they lie. */
export class FolderRepository implements ModelRepository {
  private failures = 0;
  /** Since when it cannot be looked at, on the clock of `performance.now()`. */
  private awaySince: number | undefined;

  constructor(private readonly root: string) {}

  async scan(): Promise<Scan> {
    try {
      const scan = await scanRepository(this.root);
      this.awaySince = undefined;
      return scan;
    } catch (error) {
      this.failures += 1;
      this.awaySince ??= performance.now();
      throw error;
    }
  }

  /** Nothing is absent from a folder. */
  fetch(): Promise<void> {
    return Promise.resolve();
  }

  retain(): void {
    // Nothing in it is a copy.
  }

  figures(): RepositoryFigures {
    const awaySeconds = this.awaySince === undefined ? 0 : (performance.now() - this.awaySince) / 1000;
    return { fetchedBytes: 0, failures: this.failures, awaySeconds };
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
