// One person's way into the Party, from the application to the confirmation: three years with the day of the program moved on,
// every step where it is taken, every paper printed, the assembly's votes counted by two, a public notice that anybody reads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, targetFaults, textFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";
import { idNumber } from "./lib/person.mjs";

const name = "马新禾";
let program, browser, secretary, colleague, above, id;

/** Who works on a day signs in; a code of the second factor counts once in half a minute, so nobody does who has nothing to do. */
async function sit(...roles) {
  const one = async (role) => (roles.includes(role) ? (await Person.sit(browser, program)).signIn(role, 0, { afresh: true }) : null);
  secretary = await one("branch-secretary");
  colleague = await one("branch-committee");
  above = await one("organisation-department");
}

const both = ["branch-secretary", "organisation-department"];

/** The same city on a later day. */
async function on(day, ...roles) {
  for (const person of [secretary, colleague, above]) await person?.leave();
  await program.kill();
  await program.again({ now: day });
  await sit(...roles);
  today = day;
}

let today = "2026-11-24";

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300, now: today }), launch()]);
  await sit("branch-secretary");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const text = (person) => person.main().innerText();
const path = (step) => `/admissions/${id}/steps/${step}`;

/** Takes a step by its form, with everything it asks. */
async function take(person, step, typed = {}) {
  await person.go(path(step));
  const form = person.main().locator("#take form");
  const ask = { on: today, ...typed };
  for (const field of await form.locator("input[name], textarea[name], select[name]").all()) {
    const [key, type, tag] = [await field.getAttribute("name"), await field.getAttribute("type"), await field.evaluate((e) => e.tagName)];
    if (type === "hidden" || key === "why" || key === "document") continue;
    if (type === "checkbox") continue;
    const value = ask[key] ?? (tag === "SELECT" ? undefined : ["days", "hours"].includes(key) ? "" : "如实写下");
    if (tag === "SELECT") await field.selectOption({ index: 1 });
    else await field.fill(value);
  }
  for (const box of (await form.locator('input[type="checkbox"]').all()).slice(0, 2)) await box.check();
  await form.getByRole("button").click();
  const said = await text(person);
  assert.match(said, /已经记下/, `step ${step}: ${said.slice(0, 600)}`);
}

/** Prints the papers of a step: on the screen, as a print, as PDF. */
async function papers(person, step, ...says) {
  await person.go(`/admissions/${id}/papers?step=${step}`);
  const said = await text(person);
  for (const one of says) assert.ok(said.includes(one), `papers of step ${step} do not say ${one}`);
  assert.ok((await person.page.pdf({ format: "A4" })).length > 1000);
  const pdf = await person.page.request.get(`${program.url}/admissions/${id}/papers?step=${step}&format=pdf`);
  assert.equal(pdf.status(), 200);
  assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
}

/** Two people enter the count of the assembly's vote. */
async function vote(step, question) {
  await secretary.go(path(step));
  await secretary.main().getByLabel("开会的日期").fill(today);
  if (question) await secretary.main().getByLabel(question).check();
  await secretary.main().getByRole("button", { name: "开始录票" }).click();
  const count = new URL(secretary.page.url()).pathname;
  const all = (await text(secretary)).match(/名册上有表决权的\s*(\d+) 人/)[1];
  const enter = async (person, yes) => {
    await person.go(count);
    for (const field of ["should", "present", "issued", "collected"]) await person.main().locator(`[name="${field}"]`).fill(all);
    await person.main().locator('[name="invalid"]').fill("0");
    await person.main().locator('[name^="yes."]').fill(String(yes));
    await person.main().locator('[name^="no."]').fill(String(all - yes));
    await person.main().locator('[name^="abstain."]').fill("0");
    await person.main().locator('[name^="written."]').fill("0");
    await person.main().locator("#count").getByRole("button").click();
  };
  await enter(secretary, all);
  assert.match(await text(secretary), /等另一个人再录一遍/);
  await enter(colleague, all - 1);
  assert.match(await text(colleague), /两个人录入的不一致：.*赞成/);
  await enter(colleague, all);
  assert.match(await text(colleague), /通过/);
  assert.match(await text(colleague), new RegExp(`应到 ${all}，实到 ${all}.*赞成 ${all}`, "s"));
}

test("somebody applies", async () => {
  await secretary.go("/admissions");
  await secretary.main().getByRole("link", { name: "收到入党申请书" }).click();
  await secretary.main().locator("#name").getByLabel("姓名").fill(name);
  await secretary.main().getByRole("button", { name: "登记姓名" }).click();
  id = new URL(secretary.page.url()).searchParams.get("people");
  await secretary.go(path("1"));
  await secretary.main().locator('[name="on"]').fill(today);
  await secretary.main().locator('[name="born"]').fill("2010-01-01");
  await secretary.main().locator("#take").getByRole("button").click();
  assert.match(await text(secretary), /年满 18 岁.*D-01/s);
  await take(secretary, "1", { born: "1999-05-06" });
  await papers(secretary, "1", "入党申请书登记", name, "1999-05-06");
});

test("the branch follows her to the list of candidates", async () => {
  await on("2026-12-20", ...both);
  for (const step of ["2", "3", "5"]) await take(secretary, step);
  await secretary.go(path("4"));
  await secretary.main().locator('[name="on"]').fill(today);
  await secretary.main().locator("#take").getByRole("button").click();
  assert.match(await text(secretary), /由.*办理，党支部和党总支不能代替/);
  await take(above, "4");
  await papers(secretary, "5", "培养联系人登记", name);
  await on("2027-06-18", "branch-secretary");
  await take(secretary, "6");
  await on("2027-12-20", ...both);
  await take(secretary, "6");
  await take(secretary, "7");
  await take(above, "8");
  await take(secretary, "8a", { contact: "镇党委组织办公室", place: "村务公开栏" });
});

test("anybody reads the public notice and objects to the committee above", async () => {
  const citizen = await Person.sit(browser, program);
  await citizen.go("/public-notices");
  await citizen.main().getByRole("link").first().click();
  const said = await text(citizen);
  assert.ok(said.includes(name) && said.includes("镇党委组织办公室"));
  assert.ok(!/1999|身份证|手机/.test(said));
  for (const width of Object.values(widths)) {
    await citizen.page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await axeFaults(citizen.page), []);
    if (width === widths.phone) assert.deepEqual(await targetFaults(citizen.page), []);
    assert.deepEqual(await textFaults(citizen.page), []);
  }
  await citizen.picture("admission-notice");
  await citizen.main().getByLabel("要反映的情况").fill("她很热心，没有意见。");
  await citizen.main().getByRole("button", { name: "提交" }).click();
  assert.match(await text(citizen), /已经收到/);
  await citizen.leave();

  await on("2028-01-10", "branch-committee", ...both);
  await secretary.go(path("8a"));
  await secretary.main().locator('[name="on"]').fill(today);
  await secretary.main().getByLabel("公示的结果").fill("没有影响");
  await secretary.main().locator("#take").getByRole("button").click();
  assert.match(await text(secretary), /收到 1 条意见.*还没有答复/s);
  await secretary.go(`/admissions/${id}`);
  assert.ok(!(await text(secretary)).includes("她很热心"), "the branch reads what was said");
  await above.go(`/admissions/${id}`);
  await above.main().getByLabel("核实的情况和结论").fill("已经核实");
  await above.main().getByRole("button", { name: "记下结论" }).click();
  await take(secretary, "8a", { result: "没有影响" });
  await papers(secretary, "8a", "公　　示", name);
});

test("the assembly admits her, and her record begins", async () => {
  for (const step of ["9", "10"]) await take(secretary, step);
  await take(above, "11", { days: "3" });
  await take(secretary, "12");
  await take(above, "13");
  await take(secretary, "14");
  await papers(secretary, "15", "签到表", "表决票", "决议");
  await vote("15");
  await papers(secretary, "15", "大会决议：接收" + name);
  await secretary.go(`/admissions/${id}`);
  await secretary.picture("admission-case");
  await secretary.main().getByRole("link", { name: "登记党员信息" }).click();
  await secretary.main().getByLabel("公民身份号码").fill(idNumber("1999-05-06", 77, "女"));
  await secretary.main().getByLabel("信息来自").selectOption({ index: 1 });
  await secretary.main().getByLabel("登记事由").fill("新接收预备党员");
  await secretary.main().getByRole("button", { name: "登记", exact: true }).click();
  assert.match(await text(secretary), /等.*审核|待审核/, await text(secretary));
  await secretary.go(`/admissions/${id}`);
  await secretary.main().getByRole("button", { name: `接到${name}的党员信息上` }).click();
  id = new URL(secretary.page.url()).pathname.split("/").at(-1);
  assert.match(await text(secretary), /案卷已经接到党员信息上/);
  await above.go("/reviews");
  await above.go(`/reviews/${id}`);
  await above.main().getByRole("button", { name: /通过/ }).first().click();
});

test("approval, oath and a year of probation", async () => {
  for (const step of ["16", "17", "18"]) await take(above, step);
  await take(secretary, "19");
  await take(above, "20");
  await on("2028-12-20", "branch-secretary");
  await take(secretary, "21");
  await secretary.go(path("23"));
  await secretary.main().getByLabel("开会的日期").fill(today);
  await secretary.main().getByLabel("按期转为正式党员").check();
  await secretary.main().getByRole("button", { name: "开始录票" }).click();
  assert.match(await text(secretary), /要先办第 22 步.*D-39/s);
});

test("she is confirmed, and the file is complete", async () => {
  await on("2029-01-10", "branch-committee", ...both);
  await take(secretary, "22");
  await vote("23", "按期转为正式党员");
  await take(above, "24");
  await take(secretary, "25", { kept: "镇党委组织办公室档案柜" });
  await secretary.go(`/admissions/${id}`);
  assert.match(await text(secretary), /已经转正/);
  await secretary.go(`/admissions/${id}/papers`);
  const said = await text(secretary);
  for (const one of ["材料归档清单", "政治审查结论", "入党宣誓记录", "预备党员转正审批意见", "按期转为中共正式党员"]) assert.ok(said.includes(one), one);
  await secretary.picture("admission-papers");
  await secretary.go(`/members/${id}`);
  assert.match(await text(secretary), /正式党员/);
  for (const address of [`/admissions/${id}`, `/admissions/${id}/papers`, path("10"), path("15")]) {
    await secretary.go(address);
    for (const width of Object.values(widths)) {
      await secretary.page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axeFaults(secretary.page), [], address);
      assert.deepEqual(await textFaults(secretary.page), [], address);
    }
  }
});
