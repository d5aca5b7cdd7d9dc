// Builds the program and runs the browser tests: everything on SQLite, the journeys on PostgreSQL too.
// A name as argument runs only the files that contain it, on SQLite or on what ZHIBU_BROWSER_ENGINE says.
import { spawn } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { build } from "./lib/program.mjs";

const here = new URL("./", import.meta.url).pathname;
const wanted = process.argv[2];
const files = (await readdir(here)).filter((name) => name.endsWith(".test.mjs")).sort();
const journeys = files.filter((name) => /^(journey|review)/.test(name));

await rm(new URL("./out/", import.meta.url), { recursive: true, force: true });
await mkdir(new URL("./out/", import.meta.url), { recursive: true });
await build();

const runs = wanted
  ? [[process.env.ZHIBU_BROWSER_ENGINE ?? "sqlite", files.filter((name) => name.includes(wanted))]]
  : [["sqlite", files], ["postgres", journeys]];

// Both engines at once: a browser run is mostly waiting. What the second says is kept until the first has ended, and
// what is kept is printed whatever happens to either.
const [shown, ...kept] = runs.map(([engine, chosen], place) => nodeTest(engine, chosen, place === 0));
const codes = [await shown.code];
for (const { code, said } of kept) {
  codes.push(await code);
  process.stdout.write(Buffer.concat(said));
}
process.exitCode = codes.some((code) => code !== 0) ? 1 : 0;

function nodeTest(engine, chosen, shownAtOnce) {
  const title = `# browser tests on ${engine}: ${chosen.join(" ")}\n`;
  const child = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...chosen], {
    cwd: here,
    stdio: shownAtOnce ? "inherit" : ["ignore", "pipe", "pipe"],
    env: { ...process.env, ZHIBU_BROWSER_ENGINE: engine },
  });
  const said = [Buffer.from(title)];
  if (shownAtOnce) process.stdout.write(title);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => said.push(text));
  return { code: new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1))), said };
}
