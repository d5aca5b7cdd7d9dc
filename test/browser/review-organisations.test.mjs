// An act on an organisation, in a browser on the real program: a merge is proposed at the desk, returned from the phone with
// a reason, mended where it was typed, approved; nothing has changed before, everybody has gone over after.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

let program, browser, worker, reviewer;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  worker = await (await Person.sit(browser, program)).signIn("party-worker");
  reviewer = await (await Person.sit(browser, program, { width: widths.phone })).signIn("reviewer");
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

const path = (person) => new URL(person.page.url()).pathname;
const text = (person) => person.main().innerText();

test("a merge is proposed, returned, mended and approved by a second person", async () => {
  const codes = program.accounts.filter((a) => a.role === "branch-secretary").map((a) => a.organisation);
  const at = [];
  for (const code of codes.slice(0, 2)) {
    await worker.go(`/organisations?q=${code}`);
    const link = worker.main().locator('a[href^="/organisations/0"]').first();
    at.push({ code, name: (await link.innerText()).trim().split("\n")[0], path: await link.getAttribute("href") });
  }
  const [one, two] = at;

  await worker.go(`${one.path}/merge`);
  await worker.main().locator('[name="target"]').fill(two.code);
  await worker.main().locator('[name="decision"]').fill("镇党委〔2026〕9 号");
  await worker.main().locator('[name="reason"]').fill("两村合并，支部合并");
  await worker.main().getByRole("button", { name: "提交审核" }).click();
  await worker.page.waitForURL(/org-reviews/);
  const review = path(worker);
  const proposed = await text(worker);
  assert.match(proposed, /已经提交/);
  assert.match(proposed, /等.+的审核人审核/);
  assert.equal(await worker.main().getByRole("button", { name: "通过", exact: true }).count(), 0, "nobody approves what she proposed");
  await worker.picture("org-review-own");
  await worker.go(one.path);
  assert.match(await text(worker), /提出：并入其他党组织/);
  assert.doesNotMatch(await text(worker), /已撤销/);

  await reviewer.go("/reviews");
  await reviewer.main().getByRole("link", { name: new RegExp(`${one.name}：并入其他党组织`) }).click();
  await reviewer.page.waitForURL(new RegExp(review));
  const seen = await text(reviewer);
  for (const said of ["两村合并", "镇党委〔2026〕9 号", two.name, "名", "终止"]) assert.ok(seen.includes(said), `${said} in ${seen}`);
  const wide = await reviewer.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= widths.phone, `${wide} pixels wide on a phone`);
  assert.deepEqual(await axeFaults(reviewer.page), []);
  await reviewer.picture("org-review");
  await reviewer.main().locator('[name="reason"]').fill("请写明是哪次党委会决定的");
  await reviewer.main().getByRole("button", { name: "退回", exact: true }).click();
  await reviewer.page.waitForURL(/\/reviews/);
  assert.match(await text(reviewer), /已经退回/);

  await worker.go("/");
  await worker.main().getByRole("link", { name: /党组织变动被退回/ }).first().click();
  await worker.main().getByRole("link", { name: new RegExp(one.name) }).first().click();
  assert.match(await text(worker), /请写明是哪次党委会决定的/);
  await worker.main().getByRole("link", { name: "改好再交" }).click();
  const form = worker.main();
  assert.equal(await form.locator('[name="reason"]').inputValue(), "两村合并，支部合并", "what was typed is there");
  assert.ok((await form.locator('[name="target"]').inputValue()).includes(two.code));
  await form.locator('[name="decision"]').fill("镇党委会记录，2026 年 9 月 20 日");
  await form.getByRole("button", { name: "提交审核" }).click();
  await worker.page.waitForURL(/org-reviews/);
  assert.equal(path(worker), review, "the same one, mended");

  await reviewer.go(review);
  assert.match(await text(reviewer), /已经改过再交/);
  assert.match(await text(reviewer), /镇党委会记录/);
  await reviewer.main().getByRole("button", { name: "通过", exact: true }).click();
  await reviewer.page.waitForURL(/\/reviews/);
  assert.match(await text(reviewer), /已经通过/);

  await worker.go(one.path);
  assert.match(await text(worker), /已撤销/);
  assert.match(await text(worker), new RegExp(`并入${two.name}`));
  await worker.go(two.path);
  assert.match(await text(worker), new RegExp(`接收${one.name}并入`));
  await worker.go(review);
  assert.match(await text(worker), /已通过/);
  assert.deepEqual([...worker.complaints, ...reviewer.complaints], []);
});
