// What belongs to the person concerned, told in a browser on the real program: a member mends her own record from the
// phone, and somebody who was destroyed by procedure comes back by no restore.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

let program, browser;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 400 }), launch()]);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const tokens = new Map();
async function ask(role, path, at = program, index = 0) {
  const key = `${at.url} ${role} ${index}`;
  if (!tokens.has(key)) tokens.set(key, await at.token(role, index));
  return at.api(tokens.get(key), path);
}
async function read(role, path) {
  const answer = await ask(role, path);
  assert.equal(answer.status, 200, `${role} ${path}: ${answer.status}`);
  return answer.json();
}

/** Presses a button and waits for the page behind it. */
async function press(person, name) {
  const before = person.page.url();
  await Promise.all([person.page.waitForNavigation({ waitUntil: "load" }), person.main().getByRole("button", { name, exact: true }).first().click()]);
  return before;
}

/** A photo as a phone takes it: a PNG drawn by the browser itself. */
async function photo(person) {
  const shown = await person.context.newPage();
  await shown.setContent("<p>毕业证书</p>");
  const bytes = await shown.screenshot();
  await shown.close();
  return { name: "毕业证书.png", mimeType: "image/png", buffer: bytes };
}

test("a member corrects her education from a phone in two taps and a photo, and her branch confirms it", async () => {
  const me = await read("member", "/me");
  const record = `/members/${me.member}`;
  const person = await Person.sit(browser, program, { width: widths.phone });
  await person.signIn("member");
  await person.go("/me");
  await person.main().locator('a[href="/me/correct/education"]').click(); // the first tap
  await person.main().getByRole("heading", { level: 1, name: "更正：学历" }).waitFor();
  assert.deepEqual(await axeFaults(person.page), []);
  await person.picture("journey-correct");
  const choice = person.main().locator('select[name="value"]');
  const now = await choice.inputValue();
  const next = now === "研究生教育" ? "大学本科教育" : await choice.locator("option").evaluateAll((all, was) => all.map((o) => o.value).find((v) => v && v !== was), now);
  await choice.selectOption(next);
  await person.main().locator("#f-camera").setInputFiles(await photo(person));
  await press(person, "提交更正"); // the second
  assert.equal(new URL(person.page.url()).pathname, "/me");
  assert.ok((await person.main().innerText()).includes("审核"), "her record does not say that the change waits");
  await person.picture("journey-correct-waits");

  let confirmed = false;
  for (const index of [0, 1]) {
    if ((await ask("branch-secretary", record, program, index)).status !== 200) continue;
    const secretary = await Person.sit(browser, program, { width: widths.phone });
    await secretary.signIn("branch-secretary", index);
    await secretary.go(`${record}`);
    const waiting = secretary.main().locator('a[href^="/reviews/"]').first();
    await waiting.click();
    assert.deepEqual(await axeFaults(secretary.page), []);
    await secretary.picture("journey-correct-review");
    await press(secretary, "通过");
    confirmed = true;
    await secretary.leave();
  }
  assert.ok(confirmed, "no branch secretary of the demo has the member in her branch");
  await person.go("/me");
  const row = await read("member", `/members/${me.member}`);
  const name = await person.main().innerText();
  assert.ok(row.education, "no education");
  assert.ok(name.includes(next), `her record does not say ${next}`);
  assert.deepEqual(person.complaints, []);
  await person.leave();
});

test("a person is destroyed by procedure, and no restore brings her back", async () => {
  const to = pathToFileURL(join(program.dir, "..", "backup")).href;
  assert.equal((await program.command(["backup", "--to", to])).code, 0);
  const town = await read("party-worker", "/members?limit=50");
  const own = await Promise.all(["member", "party-worker", "branch-secretary"].map(async (role) => (await read(role, "/me")).member));
  const somebody = town.items.find((m) => !own.includes(m.id) && m.review === "reviewed" && m.state === "active");
  const record = `/members/${somebody.id}`;

  const worker = await Person.sit(browser, program);
  await worker.signIn("party-worker");
  await worker.go(`${record}/end`);
  await worker.main().locator('input[name="kind"][value="left"]').check();
  await fillDay(worker, "day", "2026-11-20");
  await worker.main().locator('[name="decision"]').fill("石桥党发〔2026〕6 号");
  await worker.main().locator('[name="reason"]').fill("同名误登");
  await worker.main().locator('form[action$="/end"] button[type="submit"]').click();
  await worker.page.waitForURL((address) => address.pathname === record);

  const reviewer = await Person.sit(browser, program);
  await reviewer.signIn("reviewer");
  await reviewer.go(record);
  const waits = reviewer.main().locator('a[href^="/reviews/"]').first();
  if (await waits.count()) {
    await waits.click();
    await press(reviewer, "通过");
  }
  await reviewer.leave();

  await worker.go(`${record}/destroy`);
  assert.deepEqual(await axeFaults(worker.page), []);
  await worker.main().getByLabel("不应登记的信息").check();
  await worker.main().locator('textarea[name="reason"]').fill("同名误登，本人并非党员");
  await worker.main().locator('input[name="document"]').fill("石桥党发〔2026〕7 号");
  await press(worker, "提出销毁");
  const procedure = new URL(worker.page.url()).pathname;
  assert.match(procedure, /^\/retention\//);
  assert.equal(await worker.main().getByRole("button", { name: "批准并销毁" }).count(), 0, "who proposed may approve");

  const second = await Person.sit(browser, program);
  await second.signIn("organisation-department");
  await second.go(procedure);
  await press(second, "批准并销毁");
  await second.main().getByRole("heading", { level: 1, name: "销毁证书" }).waitFor();
  const certificate = await second.main().innerText();
  assert.ok(!certificate.includes(somebody.name), "the certificate names her");
  assert.match(certificate, /备份/);
  assert.deepEqual(await axeFaults(second.page), []);
  await second.picture("journey-certificate");

  const gone = async (at, when) => {
    for (const role of ["party-worker", "organisation-department"]) {
      assert.equal((await ask(role, `/members/${somebody.id}`, at)).status, 404, `${when}: ${role} reads her record`);
      const found = await (await ask(role, `/members?q=${encodeURIComponent(somebody.name)}`, at)).json();
      assert.ok(!found.items.some((m) => m.id === somebody.id), `${when}: ${role} finds her`);
    }
    const held = await at.behindItsBack(`SELECT name || '/' || born || '/' || education FROM t_member WHERE id = '${somebody.id}'`);
    assert.equal(held, "已销毁//", when);
    const checked = await at.command(["audit", "verify"]);
    assert.equal(checked.code, 0, `${when}: ${checked.stdout}${checked.stderr}`);
  };
  await gone(program, "after the procedure");
  assert.equal((await (await second.go(record)).status()), 404);

  const restored = async (when) => {
    const elsewhere = await Program.empty();
    const told = await elsewhere.command(["restore", "--from", to, "--recovery", join(program.dir, "recovery")]);
    assert.equal(told.code, 0, told.stderr);
    elsewhere.accounts = program.accounts;
    await elsewhere.again();
    try {
      await gone(elsewhere, when);
      const visitor = await Person.sit(browser, elsewhere);
      await visitor.signIn("branch-secretary");
      await visitor.go("/members");
      assert.ok(!(await visitor.main().innerText()).includes(somebody.name) || town.items.filter((m) => m.name === somebody.name).length > 1, `${when}: she is on the list`);
      await visitor.leave();
    } finally {
      await elsewhere.stop();
    }
  };
  await restored("restored from before the destruction");
  assert.equal((await program.command(["backup", "--to", to])).code, 0);
  await restored("restored from after it");
  assert.deepEqual(second.complaints, []);
  await worker.leave();
  await second.leave();
});

/** Fills a day in its three parts. */
async function fillDay(person, name, day) {
  const parts = day.split("-").map(Number);
  for (const [i, part] of ["y", "m", "d"].entries()) await person.main().locator(`[name="${name}-${part}"]`).fill(String(parts[i]));
}
