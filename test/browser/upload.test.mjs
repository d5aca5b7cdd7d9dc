// A long scan, told in a browser: it is answered at once, says page by page how far it is, with and without scripts, and is
// a document at the end; one that is cancelled leaves nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

let program, browser, member;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  const token = await program.token("party-worker");
  const answer = await fetch(`${program.url}/api/v1/members?limit=1`, { headers: { authorization: `Bearer ${token}` } });
  member = (await answer.json()).items[0].id;
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

/** A PDF of so many pages, each with a coloured square of its own, so that no two scans are the same file. */
function scan(pages, seed) {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""];
  const kids = [];
  for (let i = 0; i < pages; i++) {
    const drawing = `${(seed % 10) / 10} ${i / pages} 0.5 rg 50 50 300 300 re f`;
    kids.push(`${objects.length + 1} 0 R`);
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents ${objects.length + 2} 0 R >>`);
    objects.push(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
  }
  objects[1] = `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${pages} >>`;
  let text = "%PDF-1.7\n";
  const at = objects.map((object, i) => {
    const start = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return start;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${at.map((a) => `${String(a).padStart(10, "0")} 00000 n \n`).join("")}`;
  return Buffer.from(`${text}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`, "latin1");
}

async function upload(person, pages, seed) {
  await person.go(`/members/${member}/documents`);
  await person.main().getByRole("link", { name: "上传材料" }).click();
  await person.main().getByLabel("是什么材料").selectOption({ label: "入党志愿书" });
  await person.main().getByLabel("或者选文件").setInputFiles({ name: "scan.pdf", buffer: scan(pages, seed), mimeType: "application/pdf" });
  await person.main().getByRole("button", { name: "上传", exact: true }).click();
  await person.page.waitForURL(/\/arrivals\//);
}

for (const [seed, [device, options]] of Object.entries({
  "at a desk": { width: widths.desk, scripts: true },
  "on a phone without JavaScript": { width: widths.phone, scripts: false },
}).entries()) {
  test(`a long scan says how far it is and is a document at the end, ${device}`, async () => {
    const worker = await Person.sit(browser, program, options);
    await worker.signIn("party-worker");
    await upload(worker, 40, seed + 1);
    await worker.main().getByText(/正在逐页处理|排队等处理/).waitFor();
    await worker.picture(`upload-under-way-${seed}`);
    if (options.scripts) assert.deepEqual(await axeFaults(worker.page), []);
    const done = worker.main().getByText("材料已加密保存");
    for (let i = 0; i < 240 && !(await done.isVisible().catch(() => false)); i++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      if (!options.scripts) await worker.page.reload(); // as its own refreshing does
    }
    await worker.picture(`upload-done-${seed}`);
    await worker.main().getByRole("link", { name: "看档案材料" }).first().click();
    await worker.main().getByText(/40 页/).first().waitFor();
    await worker.leave();
  });
}

test("a cancelled upload leaves nothing, and a broken scan is a sentence", async () => {
  const worker = await Person.sit(browser, program, { width: widths.phone, scripts: true });
  await worker.signIn("party-worker");
  await upload(worker, 90, 7);
  await worker.main().getByRole("button", { name: "取消上传" }).click();
  await worker.page.getByText("上传已取消，什么也没有留下。").waitFor();
  assert.equal(await worker.main().getByText(/90 页/).count(), 0);
  await worker.go(`/members/${member}/documents/new?kind=admission-book`);
  await worker.main().getByLabel("或者选文件").setInputFiles({ name: "scan.pdf", buffer: Buffer.from("%PDF-1.7 cut short"), mimeType: "application/pdf" });
  await worker.main().getByRole("button", { name: "上传", exact: true }).click();
  await worker.main().getByText("这个 PDF 打不开").first().waitFor();
  await worker.picture("upload-broken");
  await worker.leave();
});
