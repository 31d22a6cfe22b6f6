import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { Registry } from "prom-client";
import { readKeys } from "#service/server/access/keys.js";
import { Lifecycle } from "#service/server/life/lifecycle.js";
import { listen } from "#service/server/life/listen.js";
import { createTraining, type TrainingService } from "#service/training/create-service.js";
import type { Launch, LaunchOptions } from "#service/training/jobs/launch.js";
import { readSettings } from "#service/training/settings.js";

/** A job's process that does what a test tells it. */
export interface FakeProcess extends LaunchOptions {
  readonly end: (reason?: string) => void;
  isKilled: boolean;
}

export interface JobAnswer {
  id: string;
  state: string;
  reason: string;
  error?: string;
  path?: string;
  epochs: { epoch: number; figures: Record<string, number> }[];
  states: { state: string }[];
  parameters: Record<string, unknown>;
  progress?: { fraction: number };
  result?: {
    published?: { version: string; promoted: boolean; forced: boolean };
    gate: { passed: boolean; reason: string };
  };
}

/** A training service on a free port of this machine, over folders of its own. */
export class TrainingFixture {
  readonly processes: FakeProcess[] = [];
  readonly log: string[] = [];
  port = 0;
  private service: TrainingService | undefined;
  private server: Server | undefined;

  private constructor(readonly folder: string) {}

  /** With `launch` undefined processes are fakes. */
  static async start(environment: Record<string, string> = {}, launch?: Launch): Promise<TrainingFixture> {
    const fixture = new TrainingFixture(await mkdtemp(join(tmpdir(), "training-")));
    await fixture.up(environment, launch);
    return fixture;
  }

  get models(): string {
    return join(this.folder, "models");
  }

  async up(environment: Record<string, string> = {}, launch: Launch = this.fake): Promise<void> {
    const settings = readSettings({
      TRAINING_FOLDER: join(this.folder, "training"),
      MODEL_REPOSITORY: this.models,
      ...environment,
    });
    const log = pino({ level: "info" }, { write: (line: string) => void this.log.push(line) });
    const registry = new Registry();
    const lifecycle = new Lifecycle();
    const logOutput = { dropped: 0 };
    const keys = readKeys(settings);
    this.service = createTraining({ settings, registry, lifecycle, log, logOutput, keys, launch });
    this.server = this.service.servers.server;
    this.port = await listen(this.server, 0, "127.0.0.1");
    await this.service.start();
  }

  /** Ends the service in good order, as on SIGTERM. */
  async down(): Promise<void> {
    this.service?.streams.close();
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
    await this.service?.jobs.stop();
  }

  get streams(): number {
    return this.service?.streams.count ?? 0;
  }

  async dispose(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, init);
  }

  async get(path: string): Promise<JobAnswer> {
    return (await (await this.fetch(path)).json()) as JobAnswer;
  }

  async post(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<JobAnswer & { status: number }> {
    const answer = await this.fetch(path, {
      method: "POST",
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { ...((await answer.json()) as JobAnswer), status: answer.status };
  }

  private readonly fake: Launch = (options) => {
    let end: (reason: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => (end = resolve));
    const process: FakeProcess = {
      ...options,
      isKilled: false,
      end: (reason = "") => end(reason),
    };
    this.processes.push(process);
    return {
      ended,
      kill() {
        process.isKilled = true;
        end("The job's process was killed.");
      },
    };
  };
}
