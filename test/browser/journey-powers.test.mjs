// Who runs the program does not read it, who grants rights does not hold them; and a trial restore, signed, is on the
// administrator's page until it is too old.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, textFaults } from "./lib/gates.mjs";
import { Program, today } from "./lib/program.mjs";

let program, browser, member, name, tokens;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  tokens = new Map();
  for (const role of ["party-worker", "system-admin", "security-admin"]) tokens.set(role, await program.token(role));
  const list = await (await program.api(tokens.get("party-worker"), "/members?limit=1")).json();
  ({ id: member, name } = list.items[0]);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** The addresses at which a record, or what is in it, could be read. */
const readings = () => [`/members/${member}`, `/members/${member}/facts`, `/members/${member}/documents`, `/members/${member}/reveal`, `/members/${member}/looks`,
  `/members/${member}/access`, `/members/${member}/handover`, "/members", "/members/export", "/members/roster", "/reviews", "/imports"];

test("a security administrator cannot read a record, by any page or the interface", async () => {
  const security = await Person.sit(browser, program);
  await security.signIn("security-admin");
  assert.equal(await security.page.getByRole("navigation").getByRole("link", { name: "党员", exact: true }).count(), 0, "党员 is in the menu");
  const answer = await security.go(`/members/${member}`);
  assert.equal(answer.status(), 403);
  await security.picture("rights-security-refused");
  assert.deepEqual(await axeFaults(security.page), []);
  for (const path of readings()) {
    const got = await security.ask(path);
    assert.ok([403, 404].includes(got.status()), `${path}: ${got.status()}`);
    assert.ok(!(await got.text()).includes(name), `${path} names somebody`);
  }
  for (const path of [`/members/${member}`, `/members/${member}/history`, `/members/${member}/documents`, "/members", "/reviews", "/imports"]) {
    const got = await program.api(tokens.get("security-admin"), path);
    assert.equal(got.status, 403, path);
    assert.match((await got.json()).errors?.[0]?.rule ?? "A-", /^[AH]-/);
  }
  await security.leave();
});

test("a system administrator cannot grant it, nor can a security administrator to the own account", async () => {
  const list = async (role, query) => (await (await program.api(tokens.get(role), `/accounts?${query}`)).json()).items;
  const [self] = await list("system-admin", `q=${program.account("system-admin").account}`);
  const [other] = await list("system-admin", `q=${program.account("branch-committee").account}`);
  const [guard] = await list("security-admin", `q=${program.account("security-admin").account}`);
  const system = await Person.sit(browser, program);
  await system.signIn("system-admin");
  await system.go(`/accounts/${other.id}`);
  assert.equal(await system.main().getByRole("button", { name: "授予", exact: false }).count(), 0, "the page offers to grant");
  await system.picture("rights-system-account");
  for (const account of [self, other]) {
    const token = await system.main().locator('input[name="form-token"]').first().getAttribute("value").catch(() => null);
    const form = { role: "party-worker", "org-id": other.organisation, org: "", basis: "试", ...(token ? { "form-token": token } : {}) };
    const answer = await system.ask(`/accounts/${account.id}/post`, { method: "POST", form, headers: { origin: program.url, "sec-fetch-site": "same-origin" } });
    assert.equal(answer.status(), 403, "a form made by hand");
    const body = JSON.stringify({ role: "reviewer", organisation: other.organisation, basis: "试" });
    const asked = await program.api(tokens.get("system-admin"), `/accounts/${account.id}/grants`, { method: "POST", body, headers: { "content-type": "application/json" } });
    assert.equal(asked.status, 403, "the interface");
  }
  const body = JSON.stringify({ role: "party-worker", organisation: other.organisation, basis: "试" });
  const own = await program.api(tokens.get("security-admin"), `/accounts/${guard.id}/grants`, { method: "POST", body, headers: { "content-type": "application/json" } });
  assert.equal(own.status, 403);
  assert.equal((await own.json()).errors?.[0]?.rule ?? "H-04", "H-04");
  await system.go(`/members/${member}`);
  assert.ok(!(await system.page.content()).includes(name));
  await system.leave();
});

test("a drill is signed and shown, and red when it is 35 days old", async () => {
  const phone = await Person.sit(browser, program, { width: widths.phone, scripts: false });
  await phone.signIn("system-admin");
  await phone.go("/backup");
  await phone.main().getByText("还没有一次成功的恢复演练").waitFor();
  const to = pathToFileURL(join(program.dir, "..", "backup")).href;
  const main = () => phone.main();
  await main().getByText("改自动备份的设置").click();
  await main().locator("#f-plan-to").fill(to);
  await main().getByLabel("为什么改").fill("换了备份服务器");
  await phone.picture("backup-plan");
  await main().getByRole("button", { name: "改设置" }).click();
  await main().getByText("自动备份的设置已经改好").or(phone.page.getByText("自动备份的设置已经改好")).first().waitFor();
  await main().getByRole("button", { name: "现在备份" }).click();
  await until(phone, () => main().getByText("已完成").first().isVisible());
  await main().getByRole("button", { name: "演练一次" }).click();
  await until(phone, () => main().getByText("演练成功").first().isVisible());
  await main().getByText("逐项结果").click();
  await main().getByText("档案材料", { exact: true }).waitFor();
  assert.deepEqual(await textFaults(phone.page), []);
  await phone.picture("backup-drilled");
  const report = await phone.download(() => main().getByRole("link", { name: "下载签过名的报告" }).click());
  const file = join(program.dir, "..", "report.json");
  await writeFile(file, report);
  const verified = await program.command(["drill", "--verify", file, "--key", join(program.dir, "recovery", "audit-public-key.txt")]);
  assert.equal(verified.code, 0, verified.stderr);
  await writeFile(file, (await readFile(file, "utf8")).replace('"ok": true', '"ok": false'));
  assert.equal((await program.command(["drill", "--verify", file, "--key", join(program.dir, "recovery", "audit-public-key.txt")])).code, 1, "a touched report");
  await phone.go("/backup");
  assert.equal(await main().getByText(/还没有一次成功的恢复演练|已经超过 35 天/).count(), 0);
  await phone.leave();

  await program.kill();
  const later = new Date(Date.parse(today) + 36 * 86_400_000).toISOString().slice(0, 10);
  await program.again({ now: later });
  const desk = await Person.sit(browser, program);
  await desk.signIn("system-admin", 0, { afresh: true });
  await desk.go("/backup");
  const red = desk.main().locator(".note.late", { hasText: "已经超过 35 天" });
  await red.waitFor();
  await desk.picture("backup-drill-late");
  await desk.go("/");
  await desk.main().getByText("已经超过 35 天").waitFor();
  assert.deepEqual(desk.complaints, []);
  await desk.leave();
});

/** Waits while the program works; a page without scripts is loaded anew. */
async function until(person, condition) {
  for (let i = 0; i < 120; i++) {
    if (await condition().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await person.go("/backup");
  }
  throw new Error(`waited in vain at ${person.page.url()}`);
}
