// A village branch of forty elects its committee: asked for, approved from above, people named, papers printed, the vote on paper
// counted by two, the result approved, and the posts follow by themselves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, textFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

const today = "2026-11-24";
let program, browser, secretary, colleague, above, path, candidates;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 400, now: today }), launch()]);
  const sit = async (role) => (await Person.sit(browser, program)).signIn(role);
  secretary = await sit("branch-secretary");
  colleague = await sit("party-worker");
  above = await sit("organisation-department");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const text = (person) => person.main().innerText();
const press = (person, name) => person.main().getByRole("button", { name, exact: true }).click();

test("the branch asks, and the committee above approves", async () => {
  await secretary.go("/elections");
  const fill = async (seats, standing) => {
    await secretary.main().locator('[name="on"]').fill(today);
    await secretary.main().locator('[name="seats"]').fill(seats);
    await secretary.main().locator('[name="standing"]').fill(standing);
    await press(secretary, "提出请示");
  };
  await fill("3", "3");
  assert.match(await text(secretary), /候选人不少于 4 名.*E-08/s);
  await fill("３", "5");
  path = new URL(secretary.page.url()).pathname;
  await above.go(path);
  await press(above, "同意");
  assert.match(await text(above), /上级已同意/);
});

test("members are left out with basis, approved from above", async () => {
  await secretary.go(path);
  const ask = async (n, kind, basis, since = "") => {
    const form = secretary.main().locator("#left-out form").filter({ has: secretary.page.locator('[name="member"]') });
    await form.locator('[name="member"]').selectOption({ index: n });
    await form.locator('[name="case"]').selectOption(kind);
    await form.locator('[name="basis"]').fill(basis);
    await form.locator('[name="since"]').fill(since);
    await form.getByRole("button").click();
  };
  await ask(20, "abroad", "出国审批表", "2026-10-01");
  assert.match(await text(secretary), /还不满 6 个月.*E-07/s);
  await ask(20, "abroad", "出国审批表", "2026-03-01");
  await ask(21, "bedridden", "医院证明 12 号");
  await above.go(path);
  assert.match(await text(above), /医院证明 12 号/);
  await press(above, "同意不计入");
  const said = (await text(above)).match(/正式党员 (\d+)，经批准不计入 (\d+)，应到 (\d+)，到会至少 (\d+)/).slice(1).map(Number);
  assert.deepEqual(said, [said[0], 2, said[0] - 2, Math.ceil(((said[0] - 2) * 4) / 5)]);
});

test("candidates and scrutineers are named, and every paper printed", async () => {
  await secretary.go(path);
  const boxes = secretary.main().locator('input[name="candidates"]');
  const watch = secretary.main().locator('input[name="scrutineers"]');
  for (const i of [1, 2, 3, 4, 5]) await boxes.nth(i).check();
  await watch.nth(4).check();
  await press(secretary, "提出");
  assert.match(await text(secretary), /是候选人，不能当监票人.*E-13/s);
  await watch.nth(4).uncheck();
  await watch.nth(8).check();
  await press(secretary, "提出");
  assert.match(await text(secretary), /可以投票/);
  const off = secretary.main().locator("#struck");
  await off.locator('[name="struck"]').selectOption({ index: 5 });
  await off.getByRole("button", { name: "撤下" }).click();
  assert.match(await text(secretary), /请写明为什么撤下/);
  await off.locator('[name="struck"]').selectOption({ index: 5 });
  await off.locator('[name="why"]').fill("组织关系转走");
  await off.getByRole("button", { name: "撤下" }).click();
  assert.match(await text(secretary), /可以投票/);
  await secretary.go(`${path}/papers`);
  const said = await text(secretary);
  for (const one of ["选举签到表", "选票", "选举结果报告", "应选 3 名"]) assert.ok(said.includes(one), one);
  assert.ok((await secretary.page.pdf({ format: "A4" })).length > 1000);
  const pdf = await secretary.ask(`${path}/papers?format=pdf`);
  assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
  await secretary.picture("election-papers");
  await secretary.go(path);
  await secretary.picture("election");
});

test("the vote is counted by two", async () => {
  await secretary.go(path);
  await press(secretary, "大会已经投票，开始计票");
  assert.match(await text(secretary), /请选择大会是否通过.*E-07/s);
  await secretary.main().locator('[name="passed"]').selectOption("yes");
  await press(secretary, "大会已经投票，开始计票");
  const count = new URL(secretary.page.url()).pathname;
  const all = Number((await text(secretary)).match(/应到会人数\s*(\d+) 人，由名册算出/)[1]);
  assert.ok(all > 20);
  const enter = async (person, present) => {
    await person.go(count);
    for (const [field, n] of [["present", present], ["issued", present], ["collected", present], ["invalid", 0]]) await person.main().locator(`[name="${field}"]`).fill(String(n));
    const yes = await person.main().locator('[name^="yes."]').all();
    candidates = yes.length;
    for (const [i, field] of yes.entries()) {
      const n = i < 3 ? all - 2 - i : 3;
      await field.fill(String(n));
      const id = (await field.getAttribute("name")).slice(4);
      await person.main().locator(`[name="no.${id}"]`).fill(String(Math.max(0, present - n)));
      await person.main().locator(`[name="abstain.${id}"]`).fill("0");
    }
    await person.main().locator("#count").getByRole("button").click();
  };
  await enter(secretary, all + 1);
  assert.match(await text(secretary), /多于应到会的/);
  // What is wrong in the table stands beside its field, and full-width digits are digits.
  const first = secretary.main().locator('[name^="yes."]').first();
  await secretary.main().locator('[name="present"]').fill(String(all));
  await first.fill("许多");
  await secretary.main().locator("#count").getByRole("button").click();
  assert.equal(await first.getAttribute("aria-invalid"), "true");
  assert.match(await secretary.main().locator("#count table .err").innerText(), /只写数字/);
  await secretary.main().locator('[name="present"]').fill("１０");
  await first.fill("许多");
  await secretary.main().locator("#count").getByRole("button").click();
  assert.equal(await secretary.main().locator("#count table .err").count(), 1);
  await enter(secretary, all);
  await enter(colleague, all);
  assert.equal(candidates, 4);
  assert.match(await text(colleague), /当选：.*、.*、/);
});

test("the result is approved and the posts follow", async () => {
  await secretary.go(path);
  await press(secretary, "报告结果，请上级批准");
  assert.match(await text(secretary), /请为.*选择职务/);
  for (const [i, title] of ["secretary", "organisation-member", "publicity-member"].entries()) await secretary.main().locator(`[name="title-${i}"]`).selectOption(title);
  await press(secretary, "报告结果，请上级批准");
  assert.match(await text(secretary), /结果等上级批准/);
  await above.go(path);
  await press(above, "批准，任职从大会那天起");
  assert.match(await text(above), /已办完/);
  const chosen = (await text(above)).match(/书记\s+(\S+)/)[1];
  await above.main().getByRole("navigation", { name: /位置|路径/ }).or(above.page.locator("nav ol, .crumbs")).getByRole("link").last().click();
  assert.ok((await text(above)).includes(chosen), "the page of the branch does not know its secretary");
  for (const address of [path, `${path}/papers`, "/elections"]) {
    await secretary.go(address);
    for (const width of Object.values(widths)) {
      await secretary.page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axeFaults(secretary.page), [], `${address} at ${width}`);
      assert.deepEqual(await textFaults(secretary.page), [], `${address} at ${width}`);
    }
  }
});
