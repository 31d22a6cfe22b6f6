import type { Engine } from "../engine/engine.js";
import { RecordConflict, type Records } from "../../models/pointer/records.js";
import { figuresOf, since, type Figures } from "./figures.js";
import { reportPath, type ReplicaReport } from "./replica-report.js";
import type { PromotionState } from "./state.js";

/** What is asked of the engine. */
export type Followed = Pick<Engine, "follows" | "index" | "traffic">;

/** Tells, beside a model, what this replica serves to whom and what came of it, while a promotion is going on. */
export class Replica {
  private beat = 0;
  private revision: string | undefined;
  private hasReported = false;
  private stage: string | undefined;
  private atBeginning = new Map<string, Figures>();

  constructor(
    readonly id: string,
    private readonly model: string,
    private readonly engine: Followed,
    private readonly records: Records,
    private readonly date: () => Date,
  ) {}

  async report({ id: promotion, stage }: PromotionState): Promise<void> {
    // The configuration first: what is counted before it is taken over is of the stage before.
    const config = await this.engine.follows(this.model);
    const versions = await this.engine.traffic(this.model);
    const now = new Map(versions.map((each) => [each.version, figuresOf(each)]));
    if (this.stage !== `${promotion}/${stage}`) {
      this.stage = `${promotion}/${stage}`;
      this.atBeginning = now;
    }
    this.beat += 1;
    await this.write({
      id: this.id,
      time: this.date().toISOString(),
      beat: this.beat,
      promotion,
      stage,
      config: config ?? null,
      versions: versions.map(({ version, ready, refused, labels, traffic, shadow }) => ({
        ...{ version, ready, traffic, shadow },
        ...(refused !== undefined && { refused }),
        labels: [...labels],
      })),
      figures: Object.fromEntries(
        [...now].map(([version, figures]) => [version, since(this.atBeginning.get(version), figures)]),
      ),
    });
  }

  /** Takes its report away. */
  async leave(): Promise<void> {
    if (this.hasReported) {
      await this.records.remove(reportPath(this.model, this.id));
      this.hasReported = false;
      this.revision = undefined;
    }
  }

  /** Only this replica writes it; whoever leads removes it when the replica seems dead. */
  private async write(report: ReplicaReport): Promise<void> {
    const path = reportPath(this.model, this.id);
    const text = `${JSON.stringify(report, null, 2)}\n`;
    this.hasReported = true;
    try {
      this.revision = await this.records.write(path, text, this.revision);
    } catch (error) {
      if (!(error instanceof RecordConflict)) {
        throw error;
      }
      const found = await this.records.read(path);
      this.revision = await this.records.write(path, text, found?.revision);
    }
  }
}
