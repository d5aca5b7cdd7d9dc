// Four eyes, told in a browser on the real program: a Party worker's import waits for the reviewer, comes back with two
// returns, is mended and approved. Nothing is typed into an address: everybody gets there by pressing what is shown.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults } from "./lib/gates.mjs";
import { idNumber, telephone } from "./lib/person.mjs";
import { Program } from "./lib/program.mjs";
import { writeSheet } from "./lib/sheet.mjs";
import { header } from "./lib/workbook.mjs";

let program, browser, town, branch;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  const token = await program.token("party-worker");
  const answer = await fetch(`${program.url}/api/v1/organisations?limit=200`, { headers: { authorization: `Bearer ${token}` } });
  const { items } = await answer.json();
  const byCode = new Map(items.map((o) => [o.code, o]));
  town = byCode.get(program.account("party-worker").organisation);
  branch = byCode.get(program.account("branch-secretary").organisation);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** Four people nobody has yet, all of them without a fault. */
function rosterOf(series) {
  const names = ["程咬金", "秦叔宝", "罗士信", "尤俊达"].map((name) => name + ["甲", "乙"][series]);
  const rows = names.map((name, i) => {
    const born = `198${i}-03-0${series + 2}`;
    const right = {
      姓名: name, 身份证号: idNumber(born, 300 + series * 10 + i, "男"), 性别: "男", 出生日期: born, 民族: "汉族", 学历: "本科", 党员类别: "正式党员",
      支部: branch.name, 入党时间: "2010-06-30", 转正时间: "2011-06-30", 工作岗位: "务农", 联系电话: telephone(7000 + series * 10 + i), 家庭住址: "清泽市虚构路 2 号",
    };
    return header.map((column) => right[column] ?? "");
  });
  return { names, bytes: writeSheet("党员花名册", [header, ...rows]) };
}

/** Waits while the program works, with scripts or by the page's own reloading. */
async function until(person, condition) {
  for (let i = 0; i < 120; i++) {
    if (await condition().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (!person.scripts || i % 8 === 7) await person.page.reload().catch(() => {});
  }
  throw new Error(`waited in vain at ${person.page.url()}`);
}

async function imported(person, name, bytes) {
  await person.go("/");
  await menu(person, "导入花名册");
  await person.main().getByRole("link", { name: /导入/ }).first().click();
  const target = person.main().getByLabel("导入到哪个党组织");
  if ((await target.evaluate((field) => field.tagName)) === "SELECT") await target.selectOption(town.id);
  else await target.fill(`${town.code} ${town.name}`);
  await person.main().getByLabel("花名册文件").setInputFiles({
    name, buffer: bytes, mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  });
  await person.main().getByRole("button", { name: "上传并检查" }).click();
  const check = person.main().getByRole("button", { name: "逐行检查" });
  await until(person, () => check.or(person.main().getByRole("heading", { level: 1, name: "看问题" })).first().isVisible());
  if (await check.isVisible()) await check.click();
  await until(person, () => person.main().getByRole("heading", { level: 1, name: "看问题" }).isVisible());
  await person.main().getByRole("button", { name: /^写入 \d+ 行$/ }).click();
  await until(person, () => person.main().getByRole("heading", { level: 1, name: "写入完成" }).isVisible());
  return new URL(person.page.url()).pathname;
}

/** Presses an entry of the menu, wherever this width keeps it. */
async function menu(person, name) {
  await person.page.getByRole("link", { name, exact: true }).locator("visible=true").first().click();
}

/** Opens from the queue what waits about somebody. */
async function open(person, name) {
  await person.main().getByRole("link", { name: new RegExp(`^${name}：`) }).first().click();
  await person.main().getByRole("heading", { level: 1, name: "新登记" }).waitFor();
}

async function counts(person) {
  const shown = {};
  for (const stat of await person.main().locator("#live-review .stats > div").all()) {
    shown[(await stat.locator("dt").innerText()).trim()] = Number.parseInt(await stat.locator("dd").first().innerText(), 10);
  }
  return shown;
}

const devices = {
  "at a desk": { width: widths.desk, scripts: true },
  "on a phone without JavaScript": { width: widths.phone, scripts: false },
};

for (const [series, [device, options]] of Object.entries(devices).entries()) {
  test(`an import waits for the reviewer, comes back with two returns, is mended and approved, ${device}`, async () => {
    const { names, bytes } = rosterOf(series);
    const worker = await Person.sit(browser, program, options);
    await worker.signIn("party-worker");
    const page = await imported(worker, `待审核名册-${series}.xlsx`, bytes);
    assert.deepEqual(await counts(worker), { 待审核: 4, 已退回: 0, 已通过: 0 });
    await worker.picture(`review-waits-${series}`);
    await worker.main().locator("#live-review").getByRole("link", { name: "待审核" }).click();
    const queue = new URL(worker.page.url());
    await worker.main().getByText("这一次导入的").waitFor();
    await open(worker, names[0]);
    assert.equal(await worker.main().getByRole("button", { name: "通过", exact: true }).count(), 0, "whoever imported it may not approve it");
    await worker.main().getByText("录入和审核不能是同一个人").waitFor();

    const reviewer = await Person.sit(browser, program, options);
    await reviewer.signIn("reviewer");
    await reviewer.go("/");
    await reviewer.picture(`review-bench-${series}`);
    const line = () => reviewer.main().locator(`a[href="${queue.pathname}${queue.search}"]`).first();
    await menu(reviewer, "审核");
    await line().click(); // the import, above the queue
    await reviewer.picture(`review-queue-${series}`);
    const reasons = ["学历与毕业证书不符，请核对", "请核对志愿书上的入党日期"];
    for (const [i, reason] of reasons.entries()) {
      await open(reviewer, names[i]);
      if (i === 0) {
        await reviewer.picture(`review-item-${series}`);
        if (options.scripts) assert.deepEqual(await axeFaults(reviewer.page), []);
      }
      await reviewer.main().getByLabel("退回的理由").fill(reason);
      await reviewer.main().getByRole("button", { name: "退回", exact: true }).click();
      await reviewer.main().getByRole("heading", { level: 1, name: "审核" }).waitFor();
      await line().click();
    }

    await worker.go(page);
    assert.deepEqual(await counts(worker), { 待审核: 2, 已退回: 2, 已通过: 0 });
    for (const reason of reasons) await worker.main().getByText(reason).waitFor();
    await worker.picture(`review-back-${series}`);
    if (options.scripts) assert.deepEqual(await axeFaults(worker.page), []);
    for (const [i, fact] of ["学历", "工作岗位"].entries()) {
      await worker.main().locator("#live-review").getByRole("link", { name: new RegExp(`^${names[i]}：`) }).click();
      await worker.main().getByText(reasons[i]).first().waitFor();
      await worker.main().locator(`a[href$="/mend/${i === 0 ? "education" : "work"}"]`).first().click();
      await worker.main().getByRole("heading", { level: 1, name: new RegExp(fact) }).waitFor();
      const value = worker.main().locator("[name=value]").first();
      if ((await value.evaluate((field) => field.tagName)) === "SELECT") await value.selectOption({ label: "大学专科毕业" });
      else await value.fill("护林员");
      await worker.main().locator("select[name=source]").selectOption({ index: 1 });
      await worker.main().getByLabel("更正的理由").fill("对照原件");
      await worker.main().getByRole("button", { name: /更正|提交|保存/ }).first().click();
      await worker.main().getByRole("heading", { level: 1, name: names[i] }).waitFor();
      await worker.go(page);
    }
    assert.deepEqual(await counts(worker), { 待审核: 4, 已退回: 0, 已通过: 0 });

    for (const name of names) {
      await menu(reviewer, "审核");
      await line().click();
      await open(reviewer, name);
      await reviewer.main().getByRole("button", { name: "通过", exact: true }).click();
      await reviewer.main().getByRole("heading", { level: 1, name: "审核" }).waitFor();
    }
    await worker.go(page);
    assert.deepEqual(await counts(worker), { 待审核: 0, 已退回: 0, 已通过: 4 });
    await worker.picture(`review-approved-${series}`);
    assert.deepEqual([...worker.complaints, ...reviewer.complaints], []);
    await worker.leave();
    await reviewer.leave();
  });
}
