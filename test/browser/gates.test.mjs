// The control of the gates: each must refuse a page made to fail it, and accept one made well.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, focusFaults, inlineFaults, targetFaults, textFaults, visitBytes } from "./lib/gates.mjs";
import { idNumber, misprinted } from "./lib/person.mjs";
import { readSheets, writeSheet } from "./lib/sheet.mjs";

const good = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>好</title><link rel="stylesheet" href="/good.css"></head><body><main><h1>党员</h1><p>字多字少都放得下。</p>
<form><label for="q">姓名</label> <input id="q" name="q"> <button>查询</button></form></main></body></html>`;
const css = "body{color:#222;background:#fff}input,button{min-height:3rem;max-width:100%;box-sizing:border-box}";
const pages = {
  "/good": good,
  "/no-label": good.replace(/<label.*?<\/label>/, ""),
  "/pale": good.replace("<p>", '<p class="pale">'),
  "/wide": good.replace("<p>", '<p class="wide">'),
  "/cut": good.replace("<p>", '<p class="cut">'),
  "/no-focus": good.replace("<form>", '<form class="no-focus">'),
  "/low": good.replace("<button>", '<button class="low">'),
  "/style": good.replace("<p>", '<p style="color:red">'),
  "/handler": good.replace("<button>", "<button onclick=\"alert('x')\">"),
  "/script": good.replace("</main>", "</main><script>1</script>"),
  "/broken": good.replace("</main>", '</main><script src="/broken.js"></script>'),
};
const bad = ".pale{color:#bbb}.wide{width:22rem;white-space:nowrap}.cut{height:24px;overflow:hidden}.no-focus *:focus{outline:none}.low{min-height:1rem;height:1rem;padding:0}";
const policy = { "content-security-policy": "default-src 'self'" };

let server, browser, person;
before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    if (path === "/good.css") return response.writeHead(200, { "content-type": "text/css", "cache-control": "max-age=3600" }).end(css + bad);
    if (path === "/broken.js") return response.writeHead(200, { "content-type": "text/javascript" }).end("undefinedName()");
    response.writeHead(pages[path] ? 200 : 404, { "content-type": "text/html", ...policy }).end(pages[path] ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await launch();
  person = await Person.sit(browser, { url: `http://127.0.0.1:${server.address().port}` }, { width: widths.phone });
});
after(async () => {
  await browser?.close();
  server?.close();
});

const refuses = (faults, pattern) => assert.match(faults.join("\n"), pattern);

test("accessibility: a field without a name and pale text are refused", async () => {
  await person.go("/good");
  assert.deepEqual(await axeFaults(person.page), []);
  await person.go("/no-label");
  refuses(await axeFaults(person.page), /label/);
  await person.go("/pale");
  refuses(await axeFaults(person.page), /color-contrast/);
});

test("large text: what is too wide and what is cut off is refused", async () => {
  await person.go("/good");
  assert.deepEqual(await textFaults(person.page), []);
  await person.go("/wide");
  refuses(await textFaults(person.page), /scrolls sideways[^]*past the edge/);
  await person.go("/cut");
  refuses(await textFaults(person.page), /text cut/);
});

test("focus that cannot be seen and buttons too low to hit are refused", async () => {
  await person.go("/good");
  assert.deepEqual(await focusFaults(person.page), []);
  assert.deepEqual(await targetFaults(person.page), []);
  await person.go("/no-focus");
  refuses(await focusFaults(person.page), /cannot be seen/);
  await person.go("/low");
  refuses(await targetFaults(person.page), /button/);
});

test("inline styles, handlers and scripts are refused, and so is a page without a policy", () => {
  assert.deepEqual(inlineFaults(pages["/good"], policy), []);
  assert.deepEqual(inlineFaults('<p title="style=1 onclick=2">', policy), []);
  refuses(inlineFaults(pages["/style"], policy), /inline style/);
  refuses(inlineFaults(pages["/handler"], policy), /inline handler/);
  refuses(inlineFaults(pages["/script"], policy), /script without src/);
  refuses(inlineFaults(good, {}), /no content security policy/);
  refuses(inlineFaults(good, { "content-security-policy": "default-src 'self' 'unsafe-inline'" }), /allows inline/);
});

test("a script that breaks is remembered against the page", async () => {
  await person.go("/good");
  assert.deepEqual(person.complaints, []);
  await person.go("/broken");
  refuses(person.complaints.splice(0), /undefinedName/);
});

test("bytes are those on the wire, and a cached file costs nothing the second time", async () => {
  const { first, second } = await visitBytes(person, "/good");
  assert.ok(first > good.length + css.length, `first visit ${first} bytes`);
  assert.ok(second > good.length && second < first - css.length, `second visit ${second} bytes`);
});

test("sheets written are read back as they were", () => {
  const rows = [["姓名", "备注 <&>"], [], ["张三", 43831, "", "=1+1"]];
  const [sheet] = readSheets(writeSheet("党员 1", rows));
  assert.equal(sheet.name, "党员 1");
  assert.deepEqual(sheet.rows, [["姓名", "备注 <&>"], [], ["张三", "43831", "", "=1+1"]]);
});

test("numbers of synthetic people have the right check character", () => {
  // The rule of GB 11643 from its other end, not the table that made them:
  // the weighted sum of all 18 characters is 1 modulo 11.
  for (const number of [idNumber("1949-12-31", 1, "女"), idNumber("1990-01-15", 7, "男"), idNumber("2001-02-28", 499, "女")]) {
    const sum = [...number].reduce((s, c, i) => s + (c === "X" ? 10 : Number(c)) * (2 ** (17 - i) % 11), 0);
    assert.equal(sum % 11, 1, number);
    assert.notEqual(misprinted(number), number);
  }
});
