// A village branch holds the meeting that this period asks for: proposed, planned in three inputs, answered, attendance taken, notes and a
// vote written down, a resolution given to somebody, checked, confirmed and printed; the duty is done and who was away reads what was
// decided.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, textFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

const today = "2026-11-24";
let program, browser, secretary, recorder, member, above, path, own;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 400, now: today }), launch()]);
  const sit = async (role) => (await Person.sit(browser, program)).signIn(role);
  secretary = await sit("branch-secretary");
  recorder = await sit("branch-committee");
  member = await sit("member");
  above = await sit("organisation-department");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const text = (person) => person.main().innerText();
const press = (person, name) => person.main().getByRole("button", { name, exact: true }).click();
const field = (person, name) => person.main().locator(`[name="${name}"]`);
const sound = async (person, address) => {
  await person.go(address);
  for (const width of Object.values(widths)) {
    await person.page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await axeFaults(person.page), [], `${address} at ${width}`);
    assert.deepEqual(await textFaults(person.page), [], `${address} at ${width}`);
  }
};

test("what is due is planned in three inputs, and members are invited", async () => {
  await secretary.go("/meetings");
  assert.match(await text(secretary), /这一期要开的/);
  await sound(secretary, "/meetings");
  await secretary.picture("meetings");
  await secretary.main().getByRole("link", { name: "安排主题党日", exact: true }).click();
  const address = new URL(secretary.page.url());
  await field(secretary, "place").fill("");
  await field(secretary, "topic").fill("11 月主题党日：冬季防火");
  await field(secretary, "agenda").fill("学习传达｜王德明\n研究晒场照明");
  await press(secretary, "安排并通知");
  assert.match(await text(secretary), /请填写在哪里开/);
  assert.equal(await field(secretary, "topic").inputValue(), "11 月主题党日：冬季防火");
  await field(secretary, "place").fill("村部二楼会议室");
  await press(secretary, "安排并通知");
  path = new URL(secretary.page.url()).pathname;
  assert.match(await text(secretary), /冬季防火/);
  await sound(secretary, address.pathname + address.search);
});

test("a member answers on her own page", async () => {
  await member.go("/me/meetings");
  await member.main().getByRole("link", { name: /主题党日/ }).first().click();
  own = new URL(member.page.url()).pathname;
  await sound(member, own);
  await member.main().getByLabel("请假", { exact: true }).check();
  await press(member, "答复");
  assert.match(await text(member), /请写明为什么不能参加/);
  await field(member, "why").fill("在县医院照看老人");
  await press(member, "答复");
  assert.match(await text(member), /在县医院照看老人/);
  await member.picture("meeting-own");
});

test("attendance, notes, a vote and a resolution are written down as it goes on", async () => {
  await secretary.go(path);
  await sound(secretary, path);
  const chosen = await secretary.main().locator('#attendance select[name^="state."]').evaluateAll((all) => all.map((s) => s.value));
  assert.ok(chosen.includes("excused") && chosen.includes("present"), chosen.join());
  await press(secretary, "记下到会情况");
  assert.match(await text(secretary), /请假\s*1 人/);
  await recorder.go(path);
  await recorder.main().locator('[name^="notes."]').nth(1).fill("原有线路老化，先由供电所查线，费用公开。");
  await press(recorder, "保存第 2 项");
  await secretary.go(path);
  await field(secretary, "vote-item").selectOption({ label: "研究晒场照明" });
  await secretary.main().getByLabel("举手，填下面的数").check();
  await field(secretary, "yes").fill("1");
  await press(secretary, "表决");
  const [, all] = (await text(secretary)).match(/实到会有表决权的是 (\d+) 人/);
  await field(secretary, "yes").fill(all);
  await press(secretary, "表决");
  assert.match(await text(secretary), /研究晒场照明\s*通过/);
  await field(secretary, "text").fill("晒场照明由支部牵头解决");
  await field(secretary, "owner").selectOption({ index: 2 });
  await field(secretary, "due").fill("2026-12-10");
  await press(secretary, "记下决议");
  assert.match(await text(secretary), /请写明怎样算办好/);
  await field(secretary, "known").fill("4 盏灯亮起，反映人确认");
  await press(secretary, "记下决议");
  assert.match(await text(secretary), /4 盏灯亮起/);
  await secretary.picture("meeting-held");
});

test("the recorder checks, the chair confirms, and the duty is done", async () => {
  await secretary.go(path);
  await press(secretary, "核对过了，请主持人确认");
  assert.match(await text(secretary), /主持人不能核对记录/);
  await recorder.go(path);
  await press(recorder, "核对过了，请主持人确认");
  assert.match(await text(recorder), /等主持人确认/);
  await secretary.go("/");
  assert.match(await text(secretary), /2026 年 11 月主题党日.*去确认/s);
  await secretary.go(path);
  await press(secretary, "确认并归档");
  assert.match(await text(secretary), /已归档/);
  await secretary.go("/meetings");
  assert.ok(!(await secretary.main().locator("#due").innerText()).match(/主题党日\s*2026-11-30/), "the theme day of the month is still asked for");
  await sound(secretary, path);
  await sound(secretary, `${path}/minutes`);
  await secretary.picture("meeting-minutes");
  assert.match(await text(secretary), /会议记录.*2026年11月24日.*通过.*2026年12月10日 以前办好/s);
  assert.ok((await secretary.page.pdf({ format: "A4" })).length > 1000);
  const pdf = await secretary.ask(`${path}/minutes?format=pdf`);
  assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
});

test("who was away reads what was decided, and nobody outside reads anything", async () => {
  await member.go("/inbox");
  assert.match(await text(member), /看看议定了什么/);
  await member.go(own);
  const said = await text(member);
  assert.match(said, /晒场照明由支部牵头解决/);
  assert.ok(!said.includes("线路老化"), "notes are shown to somebody who was not there");
  for (const address of [path, `${path}/minutes`, own]) {
    assert.ok([403, 404].includes((await above.ask(address)).status()), address);
    if (address !== own) assert.ok([403, 404].includes((await member.ask(address)).status()), address);
  }
});
