// Chromium and what people do in it: signing in, opening a page at a width, with scripts or without.
import { chromium } from "playwright-core";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { engine } from "./program.mjs";

const flags = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--disable-extensions", "--force-color-profile=srgb",
  "--disable-dev-shm-usage", // containers give 64 MB of it, and Chromium dies when a long page needs more
];

/** The widths every page is tried at: the narrowest phone still in use, and a desk. */
export const widths = { phone: 360, desk: 1440 };

const patience = 30_000;
export const pictures = new URL(`../out/${engine}/`, import.meta.url).pathname;

export async function launch() {
  if (process.getuid?.() === 0) flags.push("--no-sandbox"); // Chromium's own sandbox refuses root
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: flags });
}

/** A person at a device: a browser of their own, whose complaints are kept. */
export class Person {
  static async sit(browser, program, { width = widths.desk, scripts = true, locale = "zh-CN" } = {}) {
    const context = await browser.newContext({
      viewport: { width, height: width < 600 ? 780 : 900 },
      javaScriptEnabled: scripts,
      locale,
      timezoneId: "Asia/Shanghai",
      acceptDownloads: true,
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(patience);
    const person = new Person();
    Object.assign(person, { context, program, width, scripts, complaints: [] });
    person.page = await context.newPage();
    // A script that breaks, a policy that blocks, an asset that is missing: never allowed, whatever the test looks at.
    person.page.on("pageerror", (error) => person.complaints.push(`script: ${error.message}`));
    person.page.on("console", (message) => {
      const text = message.text();
      // Chromium logs every answer of 400 and above; the tests ask for such answers on purpose.
      if (message.type() === "error" && !text.startsWith("Failed to load resource")) person.complaints.push(text);
    });
    person.page.on("response", (response) => {
      const kind = response.request().resourceType();
      if (response.status() >= 400 && kind !== "document" && kind !== "fetch" && kind !== "xhr") {
        person.complaints.push(`${response.status()} ${new URL(response.url()).pathname}`);
      }
    });
    return person;
  }

  /**
   * Sits down as a role of the demo. A second factor's code counts once in thirty seconds, so whoever signed in before
   * is found still signed in, as on a device of her own; { afresh: true } is another device, which waits for its code.
   */
  async signIn(role, index = 0, { afresh = false } = {}) {
    const account = this.program.account(role, index);
    if (account.totp && !afresh && (await this.resume(account.account))) return this;
    await this.signInAs(account.account, account.password, account.totp);
    this.program.sessions.set(account.account, await this.context.cookies());
    return this;
  }

  /** Goes on in the session that the account has at this program; false when there is none, or it has ended. */
  async resume(account) {
    const kept = this.program.sessions.get(account);
    if (!kept) return false;
    await this.context.addCookies(kept);
    const answer = await this.go("/");
    if (answer.status() === 200 && !new URL(this.page.url()).pathname.startsWith("/sign-in")) return true;
    await this.context.clearCookies();
    return false;
  }

  async signInAs(account, password, totp) {
    await this.go("/sign-in");
    await this.page.getByLabel("账号", { exact: true }).fill(account);
    await this.page.getByLabel("密码", { exact: true }).fill(password);
    await this.page.getByRole("main").getByRole("button", { name: "登录", exact: true }).click();
    if (totp) await this.passCode(totp);
    await this.page.waitForURL((address) => !address.pathname.startsWith("/sign-in"));
    return this;
  }

  /** Types what the phone shows; the page speaks the language that the account keeps. */
  async passCode(totp) {
    const field = this.main().locator('input[name="code"]');
    await field.waitFor();
    await field.fill(await this.program.code(totp));
    await this.main().locator('form:has(input[name="code"]) button[type="submit"]').click();
  }

  /** Opens a path and gives the server's answer. */
  async go(path) {
    return this.page.goto(new URL(path, this.program.url).href, { waitUntil: "load" });
  }

  /** Asks for a path with this person's session, without showing it. */
  async ask(path, options) {
    return this.context.request.fetch(new URL(path, this.program.url).href, { maxRedirects: 0, ...options });
  }

  main() {
    return this.page.getByRole("main");
  }

  async picture(name, { full = true } = {}) {
    await mkdir(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}-${this.width}.png`), fullPage: full });
  }

  /** Presses what starts a download and gives its bytes. */
  async download(press) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), press()]);
    const stream = await download.createReadStream();
    const parts = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts);
  }

  async leave() {
    await this.context.close();
  }
}
