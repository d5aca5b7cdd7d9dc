// A year of dues, in a browser on the real program: bases that two people fix, a day on which a branch takes dues, a
// receipt, a mistake taken back, and the year of a committee of more than twelve branches closed from the branches up and posted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, targetFaults, textFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

const year = 2027; // of the demo nothing is paid after its day
const fen = (text) => Math.round(Number(text.replaceAll(/[^0-9.]/g, "")) * 100);
let program, browser, secretary, member, worker, department, branch;
let stays = 0; // of the receipts of the branch's own day: what was not taken back

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 1500, now: "2026-12-28" }), launch()]);
  await program.kill();
  await program.again({ now: `${year}-12-28` });
  const sit = async (role, index) => (await Person.sit(browser, program)).signIn(role, index);
  secretary = await sit("branch-secretary");
  member = await sit("branch-committee");
  worker = await sit("party-worker");
  department = await sit("organisation-department");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const text = (person) => person.main().innerText();
const press = (person, part, name) => person.main().locator(`#${part}`).getByRole("button", { name, exact: true }).click();

test("two people fix the bases of the year", async () => {
  await secretary.go("/dues");
  branch = new URL(await secretary.main().getByRole("link", { name: "登记交纳" }).getAttribute("href"), program.url).searchParams.get("org");
  await secretary.go(`/dues/bases?org=${branch}&year=${year}`);
  const sources = await secretary.main().locator('select[name^="source-"]').all();
  assert.ok(sources.length > 5);
  for (const [n, source] of sources.entries()) {
    const id = (await source.getAttribute("name")).slice("source-".length);
    await source.selectOption(n % 2 ? "pension" : "wage");
    await secretary.main().locator(`[name="income-${id}"]`).fill(n % 2 ? "5001" : "3000.01");
  }
  await press(secretary, "propose", "提出，等第二个人确认");
  assert.match(await text(secretary), /凭什么材料/, "what was typed stays");
  await secretary.main().getByLabel("凭什么材料").fill("1 月工资条");
  await press(secretary, "propose", "提出，等第二个人确认");
  await member.go(`/dues/bases?org=${branch}&year=${year}`);
  await press(member, "waiting", "确认勾选的");
  await secretary.go("/dues");
  assert.match(await text(secretary), /30\.00/);
  assert.match(await text(secretary), /50\.01/);
});

test("a branch takes dues, and a mistake is taken back", async () => {
  await secretary.go(`/dues/collect?org=${branch}&through=${year}-12`);
  const boxes = await secretary.main().locator('[name="pay"]').all();
  const id = await boxes[0].getAttribute("value");
  await boxes[0].check();
  await boxes[1].check();
  stays = fen(await secretary.main().locator(`[name="sum-${await boxes[1].getAttribute("value")}"]`).inputValue());
  const sum = secretary.main().locator(`[name="sum-${id}"]`);
  const asked = await sum.inputValue();
  await sum.fill("0.01");
  await press(secretary, "collect", "登记，出收据");
  assert.match(await text(secretary), /已经超过 6 个月，请写明为什么现在才交。.*F-12/s);
  await secretary.main().getByLabel("说明").fill("全年在外地，回来一次交清");
  await press(secretary, "collect", "登记，出收据");
  assert.match(await text(secretary), /应交 .* 元，填的是 0\.01 元，少 .* 元.*F-06/s);
  await sum.fill(asked);
  await press(secretary, "collect", "登记，出收据");
  assert.match(await text(secretary), /已经登记/);
  await secretary.go(`/dues/members/${id}?year=${year}`);
  await secretary.main().getByRole("link", { name: `${year}-0001` }).click();
  assert.match(await text(secretary), /元.*[整分角]/s);
  await secretary.picture("dues-receipt");
  await secretary.main().getByLabel("理由").fill("记错了人");
  await secretary.main().getByRole("button", { name: "撤回" }).click();
  assert.match(await text(secretary), /作废/);
  await secretary.go(`/dues/members/${id}?year=${year}`);
  assert.equal(await secretary.main().getByRole("link", { name: `${year}-0001` }).count(), 0);
});

// Two members of a branch pay their year: somebody fixes what they pay, another confirms it, both get a receipt.
async function aYearOfDues(org) {
  await worker.go(`/dues/bases?org=${org}&year=${year}`);
  const free = await worker.main().locator('select[name^="source-"]').all();
  for (const source of free.slice(0, 2)) {
    const id = (await source.getAttribute("name")).slice("source-".length);
    await source.selectOption("pension");
    await worker.main().locator(`[name="income-${id}"]`).fill("4200");
  }
  await worker.main().getByLabel("凭什么材料").fill("养老金发放单");
  await press(worker, "propose", "提出，等第二个人确认");
  await department.go(`/dues/bases?org=${org}&year=${year}`);
  await press(department, "waiting", "确认勾选的");
  await worker.go(`/dues/collect?org=${org}&through=${year}-12`);
  let sum = 0;
  for (const box of await worker.main().locator('[name="pay"]').all()) {
    const id = await box.getAttribute("value");
    const asked = await worker.main().locator(`[name="sum-${id}"]`).inputValue();
    if (!Number(asked)) continue;
    await box.check();
    sum += Math.round(Number(asked) * 100);
  }
  await worker.main().getByLabel("说明").fill("全年在外地，回来一次交清");
  assert.ok(sum > 0, `nobody of ${await text(worker)} pays`);
  await press(worker, "collect", "登记，出收据");
  assert.match(await text(worker), /已经登记/);
  return sum;
}

test("the year is closed from the branches up, and posted", async () => {
  await department.go("/dues/share");
  for (const [kind, kept] of [["branch", "20"], ["committee", "50"]]) {
    await department.main().getByLabel("哪一级").selectOption(kind);
    await department.main().getByLabel("从哪一年起").fill(String(year));
    await department.main().getByLabel("留存百分之几").fill(kept);
    await department.main().getByLabel("依据").fill("市委组织部文件");
    await press(department, "set", "规定");
  }
  await worker.go(`/dues/year?year=${year}`);
  const committee = await worker.main().locator('#close [name="org"]').inputValue();
  await press(worker, "close", "结账");
  assert.match(await text(worker), /下级还有 \d+ 个没有结账/);
  const below = await worker.main().locator("#children tbody a").evaluateAll((list) => list.map((a) => a.getAttribute("href")));
  assert.ok(below.length >= 12, `${below.length} branches`);
  let taken = 0;
  for (const path of below) {
    const org = new URL(path, program.url).searchParams.get("org");
    taken += await aYearOfDues(org);
    await worker.go(path);
    await worker.main().locator('#close [name="reason"]').fill("逾期的已经逐个提醒");
    await press(worker, "close", "结账");
    assert.match(await text(worker), /已结账/);
  }
  await worker.go(`/dues/year?org=${committee}&year=${year}`);
  const rows = await worker.main().locator("#children tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText)));
  let [received, passed] = [0, 0];
  for (const [name, , got, kept, up] of rows) {
    assert.equal(fen(kept) + fen(up), fen(got), name);
    assert.equal(fen(kept), Math.round(fen(got) * 0.2), name);
    received += fen(got);
    passed += fen(up);
  }
  assert.equal(received, taken + stays, "what branches received is what their receipts say");
  assert.ok((await text(worker)).includes(`下级上缴（元）\n${(passed / 100).toFixed(2)}`), "the committee receives what branches pass on");
  await press(worker, "close", "结账");
  assert.match(await text(worker), /已结账/);
  await secretary.go(`/dues/collect?org=${branch}&through=${year + 1}-01`);
  await secretary.main().locator('[name="pay"]').first().check();
  await secretary.main().locator('[name^="sum-"]').first().fill("30.00");
  await secretary.main().getByLabel("支部同意代交").check();
  await press(secretary, "collect", "登记，出收据");
  assert.match(await text(secretary), /已经结账/);
  await secretary.go(`/dues/public?org=${branch}&year=${year}`);
  assert.match(await text(secretary), /2027 年度党费收缴、使用和管理情况公示/);
  await secretary.picture("dues-publication");
});

test("the pages pass the gates at both widths", async () => {
  for (const width of Object.values(widths)) {
    await secretary.page.setViewportSize({ width, height: 900 });
    for (const path of [`/dues?org=${branch}&year=${year}`, `/dues/collect?org=${branch}&through=${year + 1}-02`, `/dues/bases?org=${branch}&year=${year}`, `/dues/relief?org=${branch}`, `/dues/year?org=${branch}&year=${year}`,
      `/dues/public?org=${branch}&year=${year}`, `/dues/import?org=${branch}`, `/dues/match?org=${branch}`, "/me/dues"]) {
      await secretary.go(path);
      assert.deepEqual(await axeFaults(secretary.page), [], `${path} at ${width}`);
      if (width === widths.phone) assert.deepEqual(await targetFaults(secretary.page), [], `${path} at ${width}`);
      assert.deepEqual(await textFaults(secretary.page), [], `${path} at ${width}`);
    }
  }
  assert.deepEqual(secretary.complaints, []);
});
