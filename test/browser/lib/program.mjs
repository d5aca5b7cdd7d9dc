// The program under test: built once, started on a fictional city, stopped or killed. Nothing here knows a page.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = new URL("../../../", import.meta.url).pathname;

/** The day at which the demo stands, so that ages and time limits are the same on every run. */
export const today = "2026-11-23";
const members = 1500;
const seed = 7;
const startLimit = 180_000;

/** Where the program lies; run.mjs builds it once for all test files. */
export const binary = process.env.ZHIBU_BINARY ?? join(root, "test/browser/out/zhibu");

/** The proxy that holds what tests ask of the interface to its document. */
const guardian = process.env.ZHIBU_GUARD ?? join(root, "test/browser/out/guard");

export async function build() {
  await run("go", ["build", "-o", binary, "./cmd/zhibu"], { cwd: root, env: { ...process.env, CGO_ENABLED: "0" } });
  await run("go", ["build", "-o", guardian, "./test/browser/guard"], { cwd: root }); // as the Go tests build what it needs
}

/** Which database this run is on: "sqlite" or "postgres". */
export const engine = process.env.ZHIBU_BROWSER_ENGINE ?? "sqlite";

/** A demo with its folder, its database and its accounts. */
export class Program {
  #process;
  #output = "";
  shown = new Map();
  unlike = []; // what the guard found
  sessions = new Map(); // account → the cookies of its first sign-in here

  constructor({ dir, database, port }) {
    Object.assign(this, { dir, database, url: `http://127.0.0.1:${port}`, listen: `127.0.0.1:${port}` });
  }

  /** Makes the city and serves it. */
  static async demo(options = {}) {
    const program = await Program.#prepare();
    await program.#start("demo", [
      "--members", String(options.members ?? members), "--seed", String(seed), "--now", options.now ?? today, "--listen", program.listen,
    ]);
    program.accounts = JSON.parse(await readFile(join(program.dir, "demo-accounts.json"), "utf8"));
    return program;
  }

  /** A place for a restore: an empty folder and, on PostgreSQL, an empty database. */
  static async empty() {
    return Program.#prepare();
  }

  static async #prepare() {
    const dir = await mkdtemp(join(tmpdir(), "zhibu-browser-"));
    return new Program({ dir: join(dir, "data"), database: await emptyDatabase(), port: await freePort() });
  }

  /** Serves what already lies in the folder, as `demo` does a second time. */
  async again({ now = today } = {}) {
    await this.#start("demo", ["--now", now, "--listen", this.listen]);
  }

  async #start(command, flags) {
    const child = spawn(binary, [command, ...this.where(), ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    child.stdout.on("data", (text) => (this.#output += text));
    child.stderr.on("data", (text) => (this.#output += text));
    this.gone = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
    await this.#ready();
  }

  async #ready() {
    const deadline = Date.now() + startLimit;
    while (Date.now() < deadline) {
      const ended = await Promise.race([this.gone, pause(100)]);
      if (ended !== undefined) throw new Error(`the program ended (${ended}) before it was ready:\n${this.#output}`);
      try {
        if ((await fetch(`${this.url}/readyz`)).status === 200) return;
      } catch {
        // not listening yet
      }
    }
    throw new Error(`not ready within ${startLimit / 1000} s:\n${this.#output}`);
  }

  /** The flags that tell a command where the data is. */
  where() {
    return this.database ? ["--dir", this.dir, "--database", this.database] : ["--dir", this.dir];
  }

  /** Runs a sub-command beside the server and gives { code, stdout, stderr }; a code is no exception. */
  async command(name, ...rest) {
    return zhibu(...[name].flat(), ...this.where(), ...rest);
  }

  /** A statement given to the database by its own shell, past the program. */
  async behindItsBack(sql) {
    const { stdout } = this.database
      ? await run("psql", [this.database, "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-Atc", sql])
      : await run("sqlite3", ["-bail", await this.databaseFile(), sql]);
    return stdout.trim();
  }

  async databaseFile() {
    const { stdout } = await run("find", [this.dir, "-maxdepth", "2", "-name", "zhibu.db"]);
    return stdout.trim().split("\n")[0];
  }

  /** An account of the demo; of two branch secretaries, index says which. */
  account(role, index = 0) {
    const found = this.accounts.filter((a) => a.role === role)[index];
    if (!found) throw new Error(`the demo has no account ${index} for ${role}`);
    return found;
  }

  /** A bearer token, made as an administrator makes one: the last line alone. */
  async token(role, index = 0) {
    const { code, stdout, stderr } = await this.command("token", "--account", this.account(role, index).account);
    if (code !== 0) throw new Error(`zhibu token ended with ${code}: ${stderr}`);
    return stdout.trim().split("\n").at(-1);
  }

  /**
   * The code that a phone shows for a secret. Each counts once, so that a third sign-in within half a minute waits. That
   * of the period before would do as well, but not any more when the period ends while it is typed.
   */
  async code(secret) {
    const last = this.shown.get(secret) ?? 0;
    const period = Math.max(Math.floor(Date.now() / 30_000), last + 1);
    while (period > Math.floor(Date.now() / 30_000) + 1) await pause(500);
    this.shown.set(secret, period);
    return codeOf(secret, period);
  }

  /**
   * Asks the interface for a path below /api/v1, by way of the guard, and gives the answer. Whatever does not conform to
   * the document is told when the program is stopped.
   */
  async api(token, path, options = {}) {
    this.guard ??= this.#guarded();
    const headers = { authorization: `Bearer ${token}`, ...options.headers };
    return fetch(`${await this.guard}/api/v1${path}`, { ...options, headers });
  }

  async #guarded() {
    const child = spawn(guardian, ["-target", this.url], { stdio: ["ignore", "pipe", "pipe"] });
    this.guardProcess = child;
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    return new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the guard ended with ${code}: ${said}`)));
      let line = "";
      child.stdout.on("data", (text) => {
        line += text;
        const lines = line.split("\n");
        line = lines.pop();
        for (const whole of lines) {
          const [, at] = /^guard at (.+)$/.exec(whole) ?? [];
          if (at) resolve(`http://${at}`);
          else this.unlike.push(whole);
        }
      });
    });
  }

  /** Pulls the plug. */
  async kill() {
    this.#process.kill("SIGKILL");
    await this.gone;
  }

  /** Everything the program has printed so far. */
  get output() {
    return this.#output;
  }

  async stop() {
    this.guardProcess?.kill("SIGTERM");
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill("SIGTERM");
      await this.gone;
    }
    await rm(join(this.dir, ".."), { recursive: true, force: true });
    if (this.database) await dropDatabase(this.database);
    if (this.unlike.length > 0) throw new Error(`the interface is not as its document says:\n${this.unlike.join("\n")}`);
  }
}

/** Runs the program without any data of its own, as on another machine. */
export function zhibu(...words) {
  return new Promise((resolve) => {
    execFile(binary, words, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}

/** Six digits of a period of thirty seconds (RFC 6238). */
function codeOf(secret, period) {
  let bits = "";
  for (const letter of secret) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(period));
  const sum = createHmac("sha1", key).update(moment).digest();
  const number = sum.readUInt32BE(sum[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.listen(0, "127.0.0.1", resolve).once("error", reject));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function postgres() {
  const address = process.env.ZHIBU_TEST_POSTGRES;
  if (!address) throw new Error("ZHIBU_TEST_POSTGRES is not set: run this through scripts/test-postgres");
  return address;
}

async function emptyDatabase() {
  if (engine !== "postgres") return undefined;
  const address = new URL(postgres());
  const name = `browser_${randomBytes(6).toString("hex")}`;
  await run("psql", [address.href, "--no-psqlrc", "-c", `CREATE DATABASE ${name}`]);
  address.pathname = `/${name}`;
  return address.href;
}

async function dropDatabase(address) {
  const name = new URL(address).pathname.slice(1);
  await run("psql", [postgres(), "--no-psqlrc", "-c", `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]);
}
