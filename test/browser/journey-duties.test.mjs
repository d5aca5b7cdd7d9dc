// What is due, in a browser on the real program: a secretary finds it on the workbench, enters the fact that does it, and it is
// gone; somebody who may lets a duty off with a reason; those above see their part of the tree by kind and offer help.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, targetFaults, textFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

let program, browser, secretary, worker, branch;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  const sit = async (role) => (await Person.sit(browser, program)).signIn(role);
  secretary = await sit("branch-secretary");
  worker = await sit("party-worker");
  await secretary.go("/dues");
  branch = new URL(await secretary.main().getByRole("link", { name: "登记交纳" }).getAttribute("href"), program.url).searchParams.get("org");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const text = (person) => person.main().innerText();
const todo = (person, title) => person.main().locator("#live-todo li").filter({ hasText: title });
const late = (person, title) => todo(person, title).and(person.main().locator(".is-late"));

test("an overdue duty is done by entering what happened, and is gone", async () => {
  await secretary.go("/");
  assert.match(await text(secretary), /其中 \d+ 件已经逾期/);
  await secretary.picture("duties-workbench");
  const one = late(secretary, "开展主题党日");
  assert.match(await one.innerText(), /2026-10-01 至 2026-10-31 至少 1 次，已记录 0 次/, "the arithmetic");
  assert.match(await one.innerText(), /B-16《中国共产党支部工作条例（试行）》第十六条/, "and the article");
  await one.getByRole("link", { name: "办好了，去登记" }).click();
  await secretary.main().getByLabel("哪一天").fill("2027-01-01");
  await secretary.main().getByRole("button", { name: "登记", exact: true }).click();
  assert.match(await text(secretary), /日期不能晚于今天/, "what cannot be is refused");
  await secretary.main().getByLabel("哪一天").fill("2026-10-28");
  await secretary.main().getByLabel("凭什么材料").fill("10 月主题党日签到表");
  await secretary.main().getByRole("button", { name: "登记", exact: true }).click();
  assert.match(await text(secretary), /已经记下/);
  await secretary.go("/");
  assert.equal(await late(secretary, "开展主题党日").count(), 0);
  await secretary.go(`/duties?org=${branch}&duty=life.theme_day&state=done`);
  assert.match(await text(secretary), /2026-10-01 至 2026-10-31 至少 1 次，已记录 1 次/);
});

test("who came back is not asked for contact any more", async () => {
  await secretary.go("/");
  const away = late(secretary, "联系流动党员");
  const name = (await away.locator("h3").innerText()).split("：")[0].trim();
  await secretary.go(`/log/new?org=${branch}&kind=returned`);
  await secretary.main().getByLabel(name).check();
  await secretary.main().getByLabel("哪一天").fill("2026-11-20");
  await secretary.main().getByRole("button", { name: "登记", exact: true }).click();
  assert.match(await text(secretary), /流动党员返回/);
  await secretary.go("/");
  assert.equal(await late(secretary, "联系流动党员").count(), 0);
});

test("members in care are visited, and nothing is asked of them", async () => {
  await secretary.go("/");
  const before = Number((await todo(secretary, "需要关怀的党员").locator("h3").innerText()).match(/\d+/)[0]);
  await todo(secretary, "需要关怀的党员").getByRole("link", { name: "登记走访" }).click();
  const first = secretary.main().locator('[name="people"]').first();
  assert.match(await secretary.main().locator("label", { has: first }).or(first.locator("xpath=..")).first().innerText(), /需要关怀/, "those in care come first");
  await first.check();
  await secretary.main().getByLabel("哪一天").fill("2026-11-22");
  await secretary.picture("duties-visit");
  await secretary.main().getByRole("button", { name: "登记", exact: true }).click();
  await secretary.go("/");
  const rest = todo(secretary, "需要关怀的党员");
  assert.equal((await rest.count()) ? Number((await rest.locator("h3").innerText()).match(/\d+/)[0]) : 0, before - 1);
  await secretary.go(`/duties?org=${branch}&duty=study.hours`);
  assert.match(await text(secretary), /不作要求/);
  assert.match(await text(secretary), /已记录走访 1 次，送学 0 次/);
});

test("a duty is waived by who may, with a reason that stays", async () => {
  await secretary.go(`/duties?org=${branch}`);
  assert.equal(await secretary.main().getByRole("link", { name: "免除或者推迟" }).count(), 0, "a branch does not let itself off");
  await worker.go(`/duties?org=${branch}&state=upcoming`);
  const row = worker.main().locator("tr").filter({ hasText: "派人和入党申请人谈话" });
  const waive = await row.getByRole("link", { name: "免除或者推迟" }).getAttribute("href");
  assert.equal((await secretary.go(waive)).status(), 403);
  await worker.go(waive);
  await worker.main().getByRole("button", { name: "决定" }).click();
  assert.match(await text(worker), /理由/);
  await worker.main().getByLabel("推迟到哪一天").fill("2026-12-20");
  await worker.main().getByLabel("理由", { exact: true }).fill("申请人住院，出院以后再谈");
  await worker.main().getByRole("button", { name: "决定" }).click();
  assert.match(await text(worker), /已经记下/);
  await secretary.go(`/duties?org=${branch}&duty=admission.talk`);
  assert.match(await text(secretary), /2026-12-20/, "postponed");
});

test("those above see their part of the tree by kind, and offer help", async () => {
  await worker.go("/");
  await worker.picture("duties-above");
  assert.match(await late(worker, "交纳党费").innerText(), /党支部：交纳党费.*逾期 \d+ 天/s, "of one branch its name stands there");
  await worker.go("/duties?late=dues.pay");
  assert.match(await text(worker), /最早逾期的在前，便于协助，不排名次/);
  await worker.go("/");
  await late(worker, "交纳党费").getByRole("link", { name: "协助补开" }).click();
  await worker.main().getByLabel("哪一天").fill("2026-11-27");
  await worker.main().getByRole("button", { name: "提出协助" }).click();
  assert.match(await text(worker), /协助/);
  await worker.go("/duties");
  assert.match(await text(worker), /逐个支部看/);
  await worker.picture("duties-subtree");
  await worker.main().getByRole("link", { name: "逾期的", exact: true }).click();
  const rows = await worker.main().locator("#list tbody tr").allInnerTexts();
  assert.ok(rows.length > 0 && rows.every((row) => /逾期 \d+ 天/.test(row)), "only what is overdue");
  const days = rows.map((row) => row.match(/\d{4}-\d{2}-\d{2}/)[0]);
  assert.deepEqual(days, [...days].sort(), "the oldest first");
  await secretary.go("/inbox");
  assert.match(await text(secretary), /上级愿意协助：交纳党费/);
});

test("an English reader reads what a rule says", async () => {
  await secretary.go("/rules/M-08");
  assert.match(await text(secretary), /年老体弱/);
  const reader = await (await Person.sit(browser, program, { locale: "en-GB" })).signIn("branch-committee");
  await reader.go("/display");
  await reader.page.locator('input[name="lang"][value="en"]').check();
  await reader.page.locator("main button[type=submit]").click();
  await reader.go("/rules/M-08");
  assert.match(await text(reader), /visited, and study is brought to their home/);
  assert.deepEqual(reader.complaints, []);
});

test("the pages pass the gates at both widths", async () => {
  for (const [person, paths] of [[secretary, ["/", `/duties?org=${branch}`, `/duties?org=${branch}&state=done`, `/log?org=${branch}`, `/log/new?org=${branch}&kind=visited`]], [worker, ["/", "/duties", "/duties?late=dues.pay"]]]) {
    for (const width of Object.values(widths)) {
      await person.page.setViewportSize({ width, height: 900 });
      for (const path of paths) {
        await person.go(path);
        assert.deepEqual(await axeFaults(person.page), [], `${path} at ${width}`);
        if (width === widths.phone) assert.deepEqual(await targetFaults(person.page), [], `${path} at ${width}`);
        assert.deepEqual(await textFaults(person.page), [], `${path} at ${width}`);
      }
    }
    assert.deepEqual(person.complaints, []);
  }
});
