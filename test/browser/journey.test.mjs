// The story that the program is for, told in a browser on the real program: a Party worker's sheet becomes a member
// list that others may not see, that nobody can change unnoticed, and that outlives the machine.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults } from "./lib/gates.mjs";
import { Program, engine, zhibu } from "./lib/program.mjs";
import { readSheets, writeSheet } from "./lib/sheet.mjs";
import { mend, townRoster } from "./lib/workbook.mjs";

const stage = {}; // what one act leaves for the next: ids, pages, tokens
let program, browser, worker, town, branch, otherBranch;

before(async () => {
  [program, browser] = await Promise.all([Program.demo(), launch()]);
  worker = program.account("party-worker");
  const organisations = new Map((await all("party-worker", "/organisations")).map((o) => [o.code, o]));
  town = organisations.get(worker.organisation);
  [branch, otherBranch] = [0, 1].map((i) => organisations.get(program.account("branch-secretary", i).organisation));
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** What an earlier act left; says so when that act did not come to its end. */
function told(series) {
  if (!stage[series]) throw new Error("an act before this one did not come to its end");
  return stage[series];
}

const tokens = new Map();
async function ask(role, path, index = 0) {
  const key = `${role} ${index}`;
  if (!tokens.has(key)) tokens.set(key, await program.token(role, index));
  return program.api(tokens.get(key), path);
}
async function api(role, path, index = 0) {
  const answer = await ask(role, path, index);
  assert.equal(answer.status, 200, `${role} ${path}: ${answer.status}`);
  return answer.json();
}
async function all(role, path, index = 0) {
  const items = [];
  for (let next = ""; ; ) {
    const page = await api(role, `${path}?limit=200${next && `&after=${encodeURIComponent(next)}`}`, index);
    items.push(...page.items);
    if (!page.next) return items;
    next = page.next;
  }
}

// --- Act 1: the sheet -----------------------------------------------------------------------------------------------

/** Uploads a workbook and walks to the preview; the person then stands on it. */
async function upload(person, name, bytes) {
  await person.go("/imports/new");
  const target = person.main().getByLabel("导入到哪个党组织");
  if ((await target.evaluate((field) => field.tagName)) === "SELECT") await target.selectOption(town.id);
  else await target.fill(`${town.code} ${town.name}`);
  await person.main().getByLabel("花名册文件").setInputFiles({
    name, buffer: bytes, mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  });
  await person.main().getByRole("button", { name: "上传并检查" }).click();
  const check = person.main().getByRole("button", { name: "逐行检查" });
  await until(person, () => check.or(person.main().getByRole("heading", { name: "看问题" })).first().isVisible());
  if (await check.isVisible()) await check.click();
  await until(person, () => person.main().getByRole("heading", { level: 1, name: "看问题" }).isVisible());
}

async function search(person, typed) {
  await person.go("/members");
  await person.main().getByRole("searchbox").fill(typed);
  await Promise.all([
    person.page.waitForResponse((answer) => new URL(answer.url()).pathname === "/members" && answer.request().method() === "POST"),
    person.main().getByRole("button", { name: "查询" }).click(),
  ]);
  await person.page.waitForLoadState("networkidle");
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

async function runImport(person) {
  await person.main().getByRole("button", { name: /^写入 \d+ 行$/ }).click();
  await until(person, () => person.main().getByRole("heading", { level: 1, name: "写入完成" }).isVisible());
}

/** What a preview says of each row that has a problem, over all its pages. */
async function shownProblems(person) {
  const shown = [];
  for (;;) {
    shown.push(...(await person.main().locator("table tbody tr").allInnerTexts()));
    const next = person.page.getByRole("navigation", { name: "翻页" }).getByRole("link", { name: "下一页" });
    if ((await next.count()) === 0) return shown;
    await next.first().click();
  }
}

const devices = {
  "at a desk": { width: widths.desk, scripts: true },
  "on a phone without JavaScript": { width: widths.phone, scripts: false },
};

for (const [series, [device, options]] of Object.entries(devices).entries()) {
  test(`a Party worker imports a faulty workbook, mends it and hands it in again, ${device}`, async () => {
    const book = townRoster(series, branch.name, otherBranch.name);
    const file = join(program.dir, "..", `roster-${series}.xlsx`);
    await writeFile(file, book.bytes);

    // The command and the page are two doors to one check: what the command says, the page shows.
    const dry = await program.command(["import", "roster", file], "--org", town.code, "--dry-run", "--json");
    assert.equal(dry.code, 1, `problems end the command with 1: ${dry.stderr}`);
    const said = JSON.parse(dry.stdout);
    const expected = book.faults.map((f) => `${f.row} ${f.column} ${f.code} ${f.level}`).sort();
    assert.deepEqual(said.problems.map((p) => `${p.row} ${p.column} ${p.code} ${p.level}`).sort(), expected);
    assert.equal(said.rejected, book.rejected);

    const person = await Person.sit(browser, program, options);
    await person.signIn("party-worker");
    await upload(person, "石桥镇党员名册.xlsx", book.bytes);
    await person.picture(`journey-preview-${series}`);
    const shown = (await shownProblems(person)).join("\n");
    for (const { message } of said.problems) assert.ok(shown.includes(message), `the preview does not say: ${message}`);

    await runImport(person);
    await person.picture(`journey-imported-${series}`);
    const errors = await person.download(() => person.main().getByRole("link", { name: "下载退回的行" }).click());
    const [sheet] = readSheets(errors);
    const mended = mend(sheet, book.mends);
    assert.equal(mended.count, book.rejected, "the error workbook holds the rejected rows and no others");

    await upload(person, "石桥镇党员名册（改）.xlsx", mended.bytes);
    await runImport(person);

    const again = await program.command(["import", "roster", file], "--org", town.code, "--dry-run", "--json");
    const { unchanged, new: fresh } = JSON.parse(again.stdout);
    assert.ok(unchanged > 0 && fresh === 0, `the first file again: ${again.stdout.slice(0, 200)}`);

    const moved = join(program.dir, "..", `elsewhere-${series}.xlsx`);
    await writeFile(moved, writeSheet("名册", book.elsewhere));
    const refused = JSON.parse((await program.command(["import", "roster", moved], "--org", town.code, "--dry-run", "--json")).stdout);
    assert.deepEqual(refused.problems.map((p) => p.code), ["duplicate_person"]);

    assert.deepEqual(person.complaints, []);
    stage[series] = { book };
    await person.leave();
  });

  // --- Act 2: the list ----------------------------------------------------------------------------------------------

  test(`finds a member by pinyin, by initials and by name, and prints the roster, ${device}`, async () => {
    const person = await Person.sit(browser, program, options);
    await person.signIn("party-worker");
    const [shan, zeng] = told(series).book.good;
    const initials = ["sxyj", "sxyy"][series];
    const pinyin = ["zengguoqiang", "zengguoqiang"][series];
    for (const [typed, name] of [["shanxiaoyan", shan.姓名], [initials, shan.姓名], [pinyin, zeng.姓名], [shan.姓名, shan.姓名]]) {
      await search(person, typed);
      assert.ok(!decodeURIComponent(person.page.url()).includes(typed), "what was typed stands in the address");
      await person.main().getByRole("link", { name, exact: true }).first().waitFor();
    }
    await person.main().getByRole("link", { name: shan.姓名, exact: true }).first().click();
    await person.main().getByRole("heading", { level: 1, name: shan.姓名 }).waitFor();
    stage[series].path = new URL(person.page.url()).pathname;
    const page = await person.main().innerText();
    assert.ok(!page.includes(shan.身份证号), "the whole ID number stands on the page unasked");
    assert.ok(page.includes(shan.身份证号.slice(-4)), "the last four of the ID number are missing");
    assert.match(page, /待审核/, "an imported record carries its mark until somebody has reviewed it");

    await search(person, shan.姓名);
    await person.main().getByRole("button", { name: "打印花名册" }).click();
    await person.main().getByRole("heading", { name: /花名册/ }).first().waitFor();
    await person.page.emulateMedia({ media: "print" });
    assert.ok(await person.page.getByText(shan.姓名).first().isVisible());
    assert.equal(await person.page.getByRole("navigation").filter({ visible: true }).count(), 0, "menus are printed");
    assert.ok((await person.page.innerText("body")).includes("党员花名册"));
    const paper = await person.page.pdf({ format: "A4", landscape: true });
    assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
    assert.ok(paper.length > 10_000, `${paper.length} bytes of paper`);
    await person.page.emulateMedia({ media: null });
    await person.leave();
  });
}

// --- Act 3: the others ----------------------------------------------------------------------------------------------

/** An answer without what names the request itself: two answers that are equal say nothing about what exists. */
async function answerOf(person, path, id, options) {
  const answer = await person.ask(path, options);
  const text = (await answer.text()).replaceAll(id, "ID").replaceAll(/[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{8,}|\d{2}:\d{2}:\d{2}/gi, "…");
  return { status: answer.status(), text };
}

const nobody = "01JAAAAAAAAAAAAAAAAAAAAAAA"; // well-formed, and nobody's

test("the secretary of another branch sees none of it by any address", async () => {
  const secret = told(0).book.good[0];
  const id = told(0).path.split("/").at(-1);
  const other = await Person.sit(browser, program);
  await other.signIn("branch-secretary", 1);

  const own = await Person.sit(browser, program);
  await own.signIn("branch-secretary", 0);
  assert.equal((await own.ask(`/members/${id}`)).status(), 200, "the secretary of the branch itself does see the member");

  const paths = ["", "/reveal", "/reveal?what=idno", "/move", "/end", "/restore", "/looks", "/mend/name", "/mend/mobile"];
  for (const path of paths) {
    const seen = await answerOf(other, `/members/${id}${path}`, id);
    const unseen = await answerOf(other, `/members/${nobody}${path}`, nobody);
    assert.equal(seen.status, 404, path);
    assert.deepEqual(seen, unseen, `/members/…${path} tells the two apart`);
    assert.ok(!seen.text.includes(secret.姓名));
  }

  for (const query of [secret.姓名, "shanxiaoyan", secret.身份证号.slice(-4), secret.身份证号]) {
    await search(other, query);
    assert.ok(!(await other.page.innerText("body")).includes(secret.姓名), `found by ${query}`);
  }
  for (const path of ["/", "/members", `/members/roster?id=${id}`, `/members/export?id=${id}`, "/imports", "/organisations"]) {
    const { text } = await answerOf(other, path, id);
    assert.ok(!text.includes(secret.姓名), `${path} names the member`);
  }
  const away = branch.id;
  assert.deepEqual(
    { ...(await answerOf(other, `/members?org=${away}`, away)), text: "" },
    { ...(await answerOf(other, `/members?org=${nobody}`, nobody)), text: "" },
  );
  for (const path of ["/members/new", "/rename", "/post", "/establish"]) {
    const [seen, unseen] = [await answerOf(other, `/organisations/${away}${path}`, away), await answerOf(other, `/organisations/${nobody}${path}`, nobody)];
    assert.deepEqual(seen, unseen, `/organisations/…${path} tells the two apart`);
  }
  await own.leave();
  await other.leave();
});

test("nor by the interface, nor in an export", async () => {
  const secret = told(0).book.good[0];
  const id = told(0).path.split("/").at(-1);
  assert.equal((await ask("party-worker", `/members/${id}`)).status, 200);

  const answers = [];
  for (const wanted of [id, nobody]) {
    const answer = await ask("branch-secretary", `/members/${wanted}`, 1);
    const body = await answer.json();
    for (const key of ["instance", "request", "id"]) delete body[key];
    answers.push({ status: answer.status, kind: answer.headers.get("content-type"), body: JSON.stringify(body).replaceAll(wanted, "ID") });
  }
  assert.equal(answers[0].status, 404);
  assert.deepEqual(answers[0], answers[1]);

  const visible = await all("branch-secretary", "/members", 1);
  assert.ok(visible.length > 0, "the other secretary's own branch is empty");
  assert.ok(!visible.some((m) => m.id === id));
  const organisations = await all("branch-secretary", "/organisations", 1);
  assert.ok(!organisations.some((o) => o.id === branch.id));
  for (const path of ["/imports", "/events"]) {
    const answer = await ask("branch-secretary", `${path}?limit=200`, 1);
    assert.ok(!(await answer.text()).includes(id), path);
  }

  const other = await Person.sit(browser, program);
  await other.signIn("branch-secretary", 1);
  const files = await exported(other);
  const names = files.flatMap((sheet) => sheet.rows.flat());
  assert.ok(names.length > 20, "the export of the secretary's own branch is empty");
  assert.ok(!names.includes(secret.姓名));
  const bare = await ask("auditor", `/members/${id}`);
  assert.ok([403, 404].includes(bare.status), `an auditor reads a member: ${bare.status}`);
  await other.leave();
});

/** Exports what the person's list shows, giving the purpose that is asked for. */
async function exported(person) {
  await person.go("/members");
  await person.main().getByRole("link", { name: "导出 Excel" }).click();
  const send = person.main().getByRole("button", { name: "导出 Excel" });
  await person.main().getByLabel("用途", { exact: true }).selectOption({ index: 1 });
  await person.main().getByLabel("具体说明").fill("核对本支部名册");
  for (const box of await person.main().getByRole("checkbox").all()) await box.check();
  return readSheets(await person.download(() => send.click()));
}

test("a reveal asks the purpose, is told to the member, and is in the audit", async () => {
  const secret = told(0).book.good[0];
  const person = await Person.sit(browser, program);
  await person.signIn("party-worker");
  await person.go(told(0).path);
  await person.main().getByRole("link", { name: /说明用途后查看.*公民身份号码/ }).click();
  const send = person.main().getByRole("button", { name: "记录并查看" });
  await send.click();
  assert.ok(!(await person.page.innerText("body")).includes(secret.身份证号), "revealed without a purpose");
  await person.main().getByLabel("用途", { exact: true }).selectOption({ index: 1 });
  await person.main().getByLabel("具体说明").fill("核对入党志愿书上的号码");
  await send.click();
  await person.page.getByText(secret.身份证号).first().waitFor();
  assert.ok(!person.page.url().includes(secret.身份证号));
  await person.go(`${told(0).path}/looks`);
  await person.main().getByText("核对入党志愿书上的号码").first().waitFor();
  assert.ok(!program.output.includes(secret.身份证号), "the number is in the log");
  await person.leave();
});

for (const [series, [device, options]] of Object.entries(devices).entries()) {
  test(`a session that ends in the middle of a form loses nothing that was typed, ${device}`, async () => {
    const person = await Person.sit(browser, program, options);
    const secretary = program.account("branch-secretary", 0); // who has no second factor to wait for
    await person.signIn("branch-secretary", 0);
    await person.go(`${told(series).path}/mend/phone`);
    const phone = options.scripts ? "15499990001" : "15499990002";
    await person.main().getByLabel("手机号码").fill(phone);
    await person.main().getByLabel("依据什么材料").selectOption({ index: 1 });
    await person.main().getByLabel("更正的理由").fill("本人来电话更正");
    await person.context.clearCookies();
    await person.main().getByRole("button", { name: "保存更正" }).click();

    await person.main().getByLabel("账号", { exact: true }).fill(secretary.account);
    await person.main().getByLabel("密码", { exact: true }).fill(secretary.password);
    await person.main().getByRole("button", { name: "登录", exact: true }).click();
    await person.main().getByText("本人来电话更正").waitFor();
    await person.main().getByRole("button", { name: "继续提交" }).click();
    await person.main().getByRole("heading", { level: 1, name: told(series).book.good[0].姓名 }).waitFor();
    assert.ok((await person.main().innerText()).includes(phone.slice(-4)), "the mended telephone is not on the record");
    await person.leave();
  });
}

test("an import that waits outlives the machine, is written whole, and is undone whole", async () => {
  const book = townRoster(2, branch.name, otherBranch.name);
  const person = await Person.sit(browser, program);
  await person.signIn("party-worker");
  await upload(person, "断电的名册.xlsx", book.bytes);
  await program.kill();
  await program.again();

  await person.go("/imports");
  await person.main().getByRole("link", { name: "断电的名册.xlsx" }).first().click();
  await person.main().getByRole("heading", { level: 1, name: "看问题" }).waitFor();
  await runImport(person);
  const batch = new URL(person.page.url()).pathname;
  await search(person, book.good[0].姓名);
  await person.main().getByRole("link", { name: book.good[0].姓名, exact: true }).waitFor();

  await person.go(batch);
  await person.main().getByLabel("撤回的理由").fill("拿错了文件");
  await person.main().getByRole("button", { name: "撤回这一批" }).click();
  await person.main().getByRole("heading", { level: 1, name: "已经撤回" }).waitFor();
  await search(person, book.good[0].姓名);
  assert.equal(await person.main().getByRole("link", { name: book.good[0].姓名, exact: true }).count(), 0);
  await person.leave();
});

// --- Act 4: the chain -----------------------------------------------------------------------------------------------

/** Has the page verify the chain; says whether it is whole, and gives the page's text. */
async function verify(person) {
  await person.go("/audit/chain");
  await person.main().getByRole("button", { name: "现在校验" }).click();
  const whole = person.main().getByText("完整，没有被改动");
  const broken = person.main().getByRole("heading", { name: /发现 \d+ 处对不上/ });
  await until(person, () => whole.or(broken).first().isVisible());
  return { whole: await whole.isVisible(), text: await person.main().innerText() };
}

test("the auditor verifies the chain", async () => {
  const auditor = await Person.sit(browser, program);
  await auditor.signIn("auditor");
  const { whole, text } = await verify(auditor);
  assert.ok(whole, text);
  assert.deepEqual(await axeFaults(auditor.page), []);
  const said = await program.command(["audit", "verify"]);
  assert.equal(said.code, 0, said.stderr + said.stdout);
  await auditor.leave();
});

test("a proof taken away holds by the public key alone, and a touched one does not", async () => {
  const auditor = await Person.sit(browser, program);
  await auditor.signIn("auditor");
  await auditor.go("/audit/chain");
  const proof = await auditor.download(() => auditor.main().getByRole("button", { name: "下载凭证" }).click());
  const file = join(program.dir, "..", "proof.json");
  const key = join(program.dir, "recovery", "audit-public-key.txt");
  await writeFile(file, proof);
  const held = await zhibu("audit", "verify", "--bundle", file, "--key", key);
  assert.equal(held.code, 0, held.stderr + held.stdout);

  const forged = JSON.parse(proof);
  assert.ok(forged.acts.length > 10, `a proof of ${forged.acts.length} acts`);
  forged.acts.at(-1).act.actor = "别人";
  await writeFile(file, JSON.stringify(forged));
  const touched = await zhibu("audit", "verify", "--bundle", file, "--key", key);
  assert.equal(touched.code, 1, touched.stderr + touched.stdout);
  await auditor.leave();
});

// --- Act 5: the backup, the thief, the dead machine -----------------------------------------------------------------

test("a backup is made while people work", async () => {
  stage.backup = pathToFileURL(join(program.dir, "..", "backup")).href;
  stage.before = (await all("party-worker", "/members")).map((m) => JSON.stringify(m)).sort();
  const made = await program.command(["backup", "--to", stage.backup]);
  assert.equal(made.code, 0, made.stderr);
});

test("one row changed behind the program's back is found and named", async () => {
  const id = told(0).path.split("/").at(-1);
  await tamper(id);
  const auditor = await Person.sit(browser, program);
  await auditor.signIn("auditor");
  const { whole, text } = await verify(auditor);
  assert.ok(!whole, "the change went unnoticed");
  assert.ok(text.includes(id), `the page does not name the row: ${text.slice(0, 400)}`);
  await auditor.picture("journey-tampered");
  const said = await program.command(["audit", "verify"]);
  assert.equal(said.code, 1, "audit verify ends with 1");
  assert.ok(said.stdout.includes(id), said.stdout);
  await auditor.leave();
});

/** Changes the member's day of admission as somebody with the database's own shell would, triggers out of the way. */
async function tamper(id) {
  const change = `UPDATE t_member SET joined_on = '1999-01-01' WHERE id = '${id}'`;
  if (engine === "postgres") {
    await program.behindItsBack(`BEGIN; ALTER TABLE t_member DISABLE TRIGGER USER; ${change}; ALTER TABLE t_member ENABLE TRIGGER USER; COMMIT`);
  } else {
    const triggers = await program.behindItsBack("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 't_member'");
    const kept = await program.behindItsBack("SELECT sql || ';' FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 't_member'");
    const drops = triggers.split("\n").filter(Boolean).map((name) => `DROP TRIGGER ${name};`).join("");
    await program.behindItsBack(`BEGIN; ${drops} ${change}; ${kept} COMMIT;`);
  }
}

test("the machine dies, and restore brings everything back", async () => {
  await program.kill();
  const elsewhere = await Program.empty();
  const restored = await elsewhere.command(["restore", "--from", stage.backup, "--recovery", join(program.dir, "recovery")]);
  assert.equal(restored.code, 0, restored.stderr);
  const [url, accounts] = [program, program.accounts];
  program = elsewhere;
  program.accounts = accounts;
  program.shown = url.shown; // the phones are the same ones, and a code counts once
  await url.stop();
  await program.again();
  tokens.clear();

  assert.deepEqual((await all("party-worker", "/members")).map((m) => JSON.stringify(m)).sort(), stage.before);
  const person = await Person.sit(browser, program);
  await person.signIn("party-worker");
  await person.go(told(0).path);
  await person.main().getByRole("heading", { level: 1, name: told(0).book.good[0].姓名 }).waitFor();
  await person.leave();

  const auditor = await Person.sit(browser, program);
  await auditor.signIn("auditor");
  const { whole, text } = await verify(auditor);
  assert.ok(whole, `what the thief changed is gone, and the chain is whole: ${text.slice(0, 400)}`);
  assert.match(text, /从备份恢复的记录/, "the restore is named");
  const said = await program.command(["audit", "verify"]);
  assert.equal(said.code, 0, said.stdout);
  await auditor.leave();
});
