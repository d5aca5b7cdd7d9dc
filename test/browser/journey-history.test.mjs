// Looking back, in a browser on the real program: on 1 July of last year the tree and the record show what was true then,
// although both have changed since, and nothing can be done there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { Program } from "./lib/program.mjs";

const day = "2025-07-01";
let program, browser, worker, reviewer;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  worker = await (await Person.sit(browser, program)).signIn("party-worker");
  reviewer = await (await Person.sit(browser, program)).signIn("reviewer");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** Fills the fields of the form of a page by their names, and sends it. */
async function fill(person, path, values) {
  await person.go(path);
  for (const [name, value] of Object.entries(values)) {
    const field = person.main().locator(`[name="${name}"]`);
    const kind = await field.first().evaluate((f) => `${f.tagName} ${f.type}`);
    if (kind.startsWith("SELECT")) await field.selectOption(value);
    else if (kind === "INPUT radio") await person.main().locator(`[name="${name}"][value="${value}"]`).check();
    else if (kind !== "INPUT hidden") await field.fill(value);
  }
  const form = person.main().locator("form").filter({ has: person.page.locator(`[name="${Object.keys(values)[0]}"]`) });
  await form.locator('button[type="submit"].pri').click();
  assert.equal(await person.main().locator(".bad-sum").count(), 0, `${path}: ${await person.main().innerText()}`);
}

/** Proposes an act on an organisation, and lets the reviewer approve it. */
async function agreed(path, values) {
  await fill(worker, path, { decision: "镇党委〔2025〕1 号", ...values });
  await reviewer.go(new URL(worker.page.url()).pathname);
  await reviewer.main().getByRole("button", { name: "通过", exact: true }).click();
  assert.match(await reviewer.main().innerText(), /已经通过/);
}

/** Asks the page for the day by its own form. */
async function lookBack(person, path) {
  await person.go(path);
  await person.main().getByLabel("哪一天", { exact: true }).fill(day);
  await person.main().getByRole("button", { name: "看这一天" }).click();
  await person.page.waitForURL((address) => address.searchParams.get("as_of") === day);
  const text = await person.main().innerText();
  assert.match(text, /这是 2025 年 7 月 1 日的情况。/);
  return text;
}

test("the tree shows the name and the branch of that day", async () => {
  await worker.go("/organisations");
  const town = await worker.main().getByRole("link", { name: /镇党委/ }).first().getAttribute("href");
  await agreed(`${town}/establish`, { name: "中共石桥镇竹林村支部委员会", short: "竹林村党支部", kind: "branch", day: "2024-01-10", reason: "镇党委批复" });
  await worker.go("/organisations?q=竹林村党支部");
  const branch = await worker.main().getByRole("link", { name: "竹林村党支部" }).first().getAttribute("href");
  await agreed(`${branch}/rename`, { name: "中共石桥镇竹林社区支部委员会", short: "竹林社区党支部", day: "2025-09-01", reason: "撤村建居" });
  const was = await lookBack(worker, "/organisations");
  assert.match(was, /竹林村党支部/);
  assert.doesNotMatch(was, /竹林社区/);
  const page = await lookBack(worker, branch);
  assert.match(page, /竹林村党支部/);
  assert.equal(await worker.main().locator('a[href$="/rename"]').count(), 0, "nothing can be done on a day gone by");
  await worker.main().getByRole("link", { name: "回到现在" }).click();
  assert.match(await worker.main().innerText(), /竹林社区党支部/);
});

test("the record shows what was true on that day, on the phone too", async () => {
  await worker.go("/members");
  const staff = program.accounts.map((a) => a.name); // nobody enters or reviews facts of the own record
  const rows = await worker.main().locator("th[scope=row] a").evaluateAll((list) => list.map((a) => [a.innerText.trim(), a.getAttribute("href")]));
  const [, record] = rows.find(([name]) => !staff.includes(name));
  await fill(worker, `${record}/facts?kind=was.occupation`, { text: "渡口摆渡工", "to-y": "2025", "to-m": "10", "to-d": "1", reason: "旧登记表" });
  assert.doesNotMatch(await lookBack(worker, record), /渡口摆渡工/, "nothing is a fact before a second person has looked");
  await reviewer.go("/reviews?what=changes");
  await reviewer.main().locator("th[scope=row] a").first().click();
  await reviewer.main().getByRole("button", { name: "通过", exact: true }).click();
  const was = await lookBack(worker, record);
  assert.match(was, /渡口摆渡工/);
  assert.match(was, /补记|回到现在/);
  await worker.go(record);
  assert.doesNotMatch(await worker.main().innerText(), /渡口摆渡工/);

  const phone = await Person.sit(browser, program, { width: widths.phone });
  await phone.signIn("party-worker");
  assert.match(await lookBack(phone, record), /渡口摆渡工/);
  const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= widths.phone, `${wide} pixels wide on a phone`);
  await phone.picture("record-then");
  await phone.leave();
});

test("the list of members is that of the day", async () => {
  const was = await lookBack(worker, "/members");
  assert.match(was, /只列现在还在您职责范围内的人/);
  const joined = await worker.main().locator("tbody td.num").allInnerTexts();
  assert.ok(joined.length > 10 && joined.every((d) => d <= day), "nobody who joined later");
  assert.deepEqual(worker.complaints, []);
});
