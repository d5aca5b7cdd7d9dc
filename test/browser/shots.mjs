import { readFile } from "node:fs/promises";
import { Person, launch } from "./lib/browser.mjs";
const accounts = JSON.parse(await readFile("/tmp/zw/data/demo-accounts.json", "utf8"));
const program = { url: "http://127.0.0.1:8531", accounts, account: (r, i = 0) => accounts.filter((a) => a.role === r)[i] };
const browser = await launch();
const pages = process.argv.slice(2).map((a) => a.split("="));
for (const width of [360, 1440]) {
  const cache = {};
  for (const [role, name, path] of pages) {
    const p = cache[role] ??= role === "none" ? await Person.sit(browser, program, { width }) : await (await Person.sit(browser, program, { width })).signIn(role);
    let to = path;
    if (path.startsWith("first:")) { // first link matching
      const [, from, pattern, rest] = path.split(":");
      await p.go(from);
      const hrefs = await p.page.$$eval("a[href]", (l) => l.map((a) => a.getAttribute("href")));
      to = hrefs.find((h) => new RegExp(pattern).test(h)) + (rest ?? "");
    }
    const r = await p.go(to);
    console.log(width, role, to, r.status(), p.complaints.splice(0).join("|"));
    await p.page.screenshot({ path: `/tmp/zw/${name}-${width}.png`, fullPage: true });
  }
}
await browser.close();
