import { Follower } from "#service/inference/promotion/follower.js";
import { planSchema, type Plan } from "#service/inference/promotion/plan.js";
import type { Followed } from "#service/inference/promotion/replica.js";
import { Steering } from "#service/inference/promotion/steering.js";
import type { VersionTraffic } from "#service/inference/engine/engine.js";
import { digestOf, type Records } from "#service/models/pointer/records.js";
import { PointerFixture } from "../../models/pointer/pointer-fixture.js";

const BOUNDS = [0.001, 0.01, 0.1, 1];

/** How a version answers in a test. */
export interface Behaviour {
  readonly errors?: number;
  /** Upper edge of the bucket that all of its answers fall into. */
  readonly seconds?: number;
  /** Share of compared rows that get another label. */
  readonly flips?: number;
  /** Why no replica loads it. */
  readonly refused?: string;
}

interface Counted {
  requests: number;
  errors: number;
  counts: number[];
  rows: number;
  flippedRows: number;
}

/** An engine that serves as config.json says as soon as it is looked at, and whose requests a test makes up. */
export class MadeUpEngine implements Followed {
  /** While false it goes on with the configuration that it has. */
  isFollowing = true;
  notReady = new Set<string>();
  private text = "";
  private readonly counted = new Map<string, Counted>();

  constructor(
    private readonly fixture: PointerFixture,
    private readonly behaviours: Readonly<Record<string, Behaviour>>,
  ) {}

  index(): ReturnType<Followed["index"]> {
    return [{ name: "m", version: "1", state: "READY", reason: "", labels: [] }];
  }

  async follows(): Promise<string> {
    this.text = this.isFollowing ? await this.fixture.text() : this.text;
    return digestOf(this.text);
  }

  /** So many requests, divided as the traffic is. */
  answer(requests: number): void {
    for (const [version, share] of this.shares()) {
      this.count(version, Math.round((requests * share) / 100));
    }
    const { shadow } = JSON.parse(this.text || "{}") as { shadow?: { version: string; percent: number } };
    if (shadow) {
      const counted = this.of(shadow.version);
      const rows = Math.round((requests * shadow.percent) / 100);
      counted.rows += rows;
      counted.flippedRows += Math.round(rows * (this.behaviours[shadow.version]?.flips ?? 0));
    }
  }

  traffic(): VersionTraffic[] {
    return ["1", "2"].map((version) => {
      const { requests, errors, counts, rows, flippedRows } = this.of(version);
      const refused = this.behaviours[version]?.refused;
      return {
        version,
        ready: !this.notReady.has(version) && refused === undefined,
        ...(refused !== undefined && { refused }),
        labels: [],
        traffic: this.shares().get(version) ?? 0,
        shadow: 0,
        ...{ requests, errors, fallbacks: 0, latency: { bounds: BOUNDS, counts: [...counts] } },
        copies: {
          ...{ compared: rows, failed: 0, dropped: 0, rows, flippedRows, largestDifference: 0 },
          ...{ difference: { sum: 0, count: 0 }, distance: { sum: 0, count: 0 } },
        },
      };
    });
  }

  private count(version: string, requests: number): void {
    const { errors = 0, seconds = 0.01 } = this.behaviours[version] ?? {};
    const counted = this.of(version);
    const failed = Math.round(requests * errors);
    counted.requests += requests;
    counted.errors += failed;
    const bucket = BOUNDS.indexOf(seconds);
    counted.counts[bucket] = (counted.counts[bucket] ?? 0) + requests - failed;
  }

  private shares(): Map<string, number> {
    const { labels = {}, traffic = { stable: 100 } } = JSON.parse(this.text || "{}") as {
      labels?: Record<string, string>;
      traffic?: Record<string, number>;
    };
    return new Map(Object.entries(traffic).map(([key, share]) => [labels[key] ?? key, share]));
  }

  private of(version: string): Counted {
    const counted = this.counted.get(version) ?? {
      requests: 0,
      errors: 0,
      counts: [0, 0, 0, 0, 0],
      rows: 0,
      flippedRows: 0,
    };
    this.counted.set(version, counted);
    return counted;
  }
}

/** Replicas that follow one model repository, with versions 1 (stable) and 2 of a model `m`, on a clock that the test moves. */
export class PromotionFixture {
  readonly engines: MadeUpEngine[] = [];
  readonly followers: Follower[] = [];
  readonly steering: Steering;
  milliseconds = 0;

  private constructor(
    readonly pointer: PointerFixture,
    private readonly behaviours: Readonly<Record<string, Behaviour>>,
  ) {
    this.steering = new Steering(pointer.surroundings());
  }

  static async create(
    replicas: number,
    behaviours: Readonly<Record<string, Behaviour>> = {},
  ): Promise<PromotionFixture> {
    const pointer = await PointerFixture.create(["1", "2"], { labels: { stable: "1" }, maxBatchSize: 4 });
    const fixture = new PromotionFixture(pointer, behaviours);
    for (let replica = 0; replica < replicas; replica += 1) {
      fixture.add();
    }
    return fixture;
  }

  /** Another replica. Its clock and its date are its own; its store may be, too. */
  add(records: Records = this.pointer.records): MadeUpEngine {
    const engine = new MadeUpEngine(this.pointer, this.behaviours);
    const index = this.followers.length;
    this.engines.push(engine);
    this.followers.push(
      new Follower({
        ...{ id: `replica-${index}`, engine, records, log: this.pointer.surroundings().log },
        pollMilliseconds: 1000,
        clock: () => 1e6 * index + this.milliseconds,
        // Some minutes apart.
        date: () => new Date(this.pointer.time + this.milliseconds - 120_000 * index),
      }),
    );
    return engine;
  }

  begin(plan: Partial<Plan> = {}): Promise<unknown> {
    return this.steering.begin("m", "2", planSchema.parse(plan), {
      who: { name: "ann", by: "command line" },
      why: "better",
    });
  }

  /** Looks of all replicas, a second apart, with so many requests to each between them; `gone` do not look. */
  async looks(times: number, requests = 0, gone: readonly number[] = []): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      for (const [index, follower] of this.followers.entries()) {
        if (!gone.includes(index)) {
          this.engines[index]?.answer(requests);
          await follower.look();
        }
      }
      this.milliseconds += 1000;
    }
  }

  /** Until the promotion is over; the shares that the version had, one after the other. */
  async untilOver(requests: number, gone: readonly number[] = []): Promise<number[]> {
    const shares: number[] = [];
    for (let look = 0; look < 100; look += 1) {
      const { traffic = {} } = (await this.pointer.config()) as { traffic?: Record<string, number> };
      const share = traffic["canary"] ?? 0;
      if (shares.at(-1) !== share) {
        shares.push(share);
      }
      const { promotion } = await this.steering.status("m");
      if (promotion?.status !== "going on") {
        return shares;
      }
      await this.looks(1, requests, gone);
    }
    throw new Error(`It is not over: ${(await this.steering.status("m")).promotion?.says}`);
  }

  dispose(): Promise<void> {
    return this.pointer.dispose();
  }
}
