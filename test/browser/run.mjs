// Builds the program and runs the browser tests: everything on SQLite, the journeys on PostgreSQL too.
// A name as argument runs only the files that contain it, on SQLite or on what ZHIBU_BROWSER_ENGINE says.
import { spawn } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { build } from "./lib/program.mjs";

const here = new URL("./", import.meta.url).pathname;
const wanted = process.argv[2];
const files = (await readdir(here)).filter((name) => name.endsWith(".test.mjs")).sort();
const journeys = files.filter((name) => name.startsWith("journey"));

await rm(new URL("./out/", import.meta.url), { recursive: true, force: true });
await mkdir(new URL("./out/", import.meta.url), { recursive: true });
await build();

const runs = wanted
  ? [[process.env.ZHIBU_BROWSER_ENGINE ?? "sqlite", files.filter((name) => name.includes(wanted))]]
  : [["sqlite", files], ["postgres", journeys]];

let failed = false;
for (const [engine, chosen] of runs) {
  console.log(`# browser tests on ${engine}: ${chosen.join(" ")}`);
  failed = (await nodeTest(engine, chosen)) !== 0 || failed;
}
process.exitCode = failed ? 1 : 0;

function nodeTest(engine, chosen) {
  const child = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...chosen], {
    cwd: here,
    stdio: "inherit",
    env: { ...process.env, ZHIBU_BROWSER_ENGINE: engine },
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}
