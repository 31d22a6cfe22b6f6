import { build } from "esbuild";

/**
 * One file for the server's own code, and one each for the threads and the jobs that it starts; packages stay in node_modules, so that
 * native ones find their files.
 */
await build({
  entryPoints: [
    "src/main.ts",
    "src/inference/engine/session/session-worker.js",
    "src/models/digest-worker.js",
    "src/results/store/sqlite/sqlite-worker.js",
    "src/training/jobs/job-process.ts",
  ],
  entryNames: "[name]",
  outdir: "dist",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  // The contract is TypeScript of this repository; everything else that is imported by name is a package.
  plugins: [
    {
      name: "packages-stay-external",
      setup(bundler) {
        bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          kind === "entry-point" || path.startsWith("@ai-model-service/") ? null : { path, external: true },
        );
      },
    },
  ],
});
