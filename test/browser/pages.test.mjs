// Every page that any role can reach, found by following links, passes the gates at the narrowest phone and at a
// desk. A new page is tried as soon as something links to it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, focusFaults, inlineFaults, targetFaults, textFaults, visitBytes } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";

const roles = [
  "party-worker", "organisation-department", "committee-secretary", "branch-secretary", "branch-committee", "member", "reviewer",
  "system-admin", "security-admin", "auditor",
];
const maxPagesARole = 80;

let program, browser;
const shapes = new Map(); // the shape of an address → { role, path } that showed it first

before(async () => {
  [program, browser] = await Promise.all([Program.demo(), launch()]);
});
after(async () => {
  await browser?.close();
  await program?.stop();
});

// Pages of a field: one template for each, whatever the field.
const ofFields = new Set(["history", "dispute", "correct", "reveal", "mend", "rules"]);

/** An address without what differs from record to record, so that one of a thousand member pages is looked at. */
const shapeOf = (path) => {
  const { pathname, searchParams } = new URL(path, "http://x");
  const parts = pathname.split("/").map((part, place, all) => {
    if (/\d/.test(part) && part.length > 8) return ":id";
    return ofFields.has(all[place - 1]) ? ":field" : part;
  });
  return parts.join("/") + (searchParams.has("after") || searchParams.has("before") ? "?page" : "");
};

const isFile = (response) => /attachment|^(?!text\/html)/.test(response.headers()["content-disposition"] ?? response.headers()["content-type"]);

/** Follows links from the first page on; gives { path, status, faults } of one page of each shape. */
async function crawl(person) {
  const seen = new Set();
  const waiting = ["/"];
  const found = [];
  while (waiting.length > 0 && found.length < maxPagesARole) {
    const path = waiting.shift();
    const shape = shapeOf(path);
    if (seen.has(shape)) continue;
    seen.add(shape);
    const response = await person.ask(path, { maxRedirects: 5 });
    const page = { path, shape, status: response.status(), file: isFile(response), faults: [] };
    found.push(page);
    if (page.file) continue;
    const html = await response.text();
    page.faults = inlineFaults(html, response.headers());
    if ((html.match(/<h1[\s>]/g) ?? []).length !== 1) page.faults.push("not exactly one h1");
    for (const [, address] of html.matchAll(/<a\b[^>]*?\shref="([^"#]+)(?:#[^"]*)?"/g)) {
      const target = new URL(address.replaceAll("&amp;", "&"), new URL(path, program.url));
      if (target.origin === program.url) waiting.push(target.pathname + target.search);
    }
  }
  return found;
}

for (const role of roles) {
  test(`every link that a ${role} is offered leads to a page`, async () => {
    const person = await Person.sit(browser, program, { scripts: false });
    await person.signIn(role);
    const pages = await crawl(person);
    const faults = pages.flatMap(({ path, status, faults }) => [
      ...(status === 200 ? [] : [`${path}: ${status}`]), ...faults.map((fault) => `${path}: ${fault}`),
    ]);
    for (const { shape, path, file, status } of pages) {
      if (!file && status === 200 && !shapes.has(shape)) shapes.set(shape, { role, path });
    }
    assert.deepEqual(faults, []);
    assert.ok(pages.length >= 6, `only ${pages.length} pages: ${pages.map((p) => p.path).join(" ")}`);
    await person.leave();
  });
}

for (const [device, width] of Object.entries(widths)) {
  test(`every page is accessible, readable at 200 % and quiet at ${width} px`, async () => {
    assert.ok(shapes.size >= 20, `the crawl found ${shapes.size} kinds of pages only`);
    const faults = [];
    for (const role of roles) {
      const own = [...shapes].filter(([, page]) => page.role === role);
      if (own.length === 0) continue;
      const person = await Person.sit(browser, program, { width });
      await person.signIn(role);
      for (const [shape, { path }] of own) {
        await person.go(path);
        const here = [
          ...(await axeFaults(person.page)), ...(await targetFaults(person.page, device === "phone" ? 44 : 24)),
          ...(await textFaults(person.page)), ...person.complaints.splice(0),
        ];
        faults.push(...here.map((fault) => `${shape} (${role}): ${fault}`));
        await person.picture(`page${shape.replaceAll(/[^a-z0-9-]+/g, "_")}`);
      }
      await person.leave();
    }
    assert.deepEqual(faults, []);
  });
}

const mainPages = ["/", "/members", "/organisations", "/sign-in"];

for (const [mode, choice] of Object.entries({ large: { text: "large" }, largest: { text: "largest" }, contrast: { contrast: "yes" } })) {
  test(`the main pages pass the gates in ${mode} mode, which the account remembers`, async () => {
    const person = await Person.sit(browser, program, { width: 390 });
    await person.signIn("party-worker");
    await person.go("/display");
    for (const [name, value] of Object.entries(choice)) await person.page.locator(`input[name="${name}"][value="${value}"]`).check();
    await person.main().getByRole("button", { name: "保存" }).click();
    const faults = [];
    for (const path of mainPages.slice(0, 3)) {
      await person.go(path);
      const size = await person.page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));
      if (choice.text) assert.ok(size >= (mode === "large" ? 22 : 30), `${path}: text of ${size} px`);
      const here = [...(await axeFaults(person.page)), ...(await textFaults(person.page, 100)), ...(await focusFaults(person.page))];
      faults.push(...here.map((fault) => `${path}: ${fault}`));
      await person.picture(`mode-${mode}${path.replaceAll("/", "_")}`);
    }
    assert.deepEqual(faults, []);
    await person.leave();

    // Another browser, the same account: the server writes the mode without being asked, scripts or not.
    const elsewhere = await Person.sit(browser, program, { width: 390, scripts: false });
    await elsewhere.signIn("party-worker", 0, { afresh: true });
    const marked = await elsewhere.page.locator("html").getAttribute("class");
    assert.ok(marked, "the mode is not on the page of another device");
    await elsewhere.go("/display");
    for (const [name, value] of Object.entries({ text: "standard", contrast: "no" })) {
      await elsewhere.page.locator(`input[name="${name}"][value="${value}"]`).check();
    }
    await elsewhere.main().getByRole("button", { name: "保存" }).click();
    await elsewhere.leave();
  });
}

test("English is complete: no Chinese sentence remains on the pages", async () => {
  const person = await Person.sit(browser, program, { locale: "en-GB" });
  await person.signIn("party-worker");
  await person.go("/display");
  await person.page.locator('input[name="lang"][value="en"]').check();
  await person.page.locator("main button[type=submit]").click();
  const left = [];
  for (const [shape, { role, path }] of shapes) {
    if (role !== "party-worker") continue;
    await person.go(path);
    assert.equal(await person.page.locator("html").getAttribute("lang"), "en", path);
    // Data stays Chinese: names of people, places and regulations. A sentence has Chinese punctuation or a verb of ours.
    // Words of a regulation are marked as Chinese.
    const text = await person.page.evaluate(() => {
      for (const quoted of document.querySelectorAll('body [lang|="zh"]')) quoted.remove();
      return document.body.innerText;
    });
    for (const line of text.split("\n")) if (/[。，；？！：]/.test(line)) left.push(`${shape}: ${line.slice(0, 60)}`);
  }
  assert.deepEqual(left, []);
  await person.leave();
});

test("the first visit of the member list weighs 28 KB at most, the second 10 KB", async () => {
  const person = await Person.sit(browser, program, { width: widths.phone });
  await person.signIn("party-worker");
  const { first, second } = await visitBytes(person, "/members");
  console.log(`# member list: first visit ${first} bytes, second ${second}`);
  assert.ok(first <= 28 * 1024, `first visit: ${first} bytes`);
  assert.ok(second <= 10 * 1024, `second visit: ${second} bytes`);
  await person.leave();
});

test("the keyboard shows where it is on the member list", async () => {
  const person = await Person.sit(browser, program);
  await person.signIn("party-worker");
  await person.go("/members");
  assert.deepEqual(await focusFaults(person.page, 60), []);
  await person.leave();
});

test("an unknown address and a foreign form are answered with a page that says what to do", async () => {
  const person = await Person.sit(browser, program);
  await person.signIn("party-worker");
  const answer = await person.go("/no-such-page");
  assert.equal(answer.status(), 404);
  assert.deepEqual(await axeFaults(person.page), []);
  const forged = await person.ask("/sign-out", { method: "POST", form: {} });
  assert.ok([400, 403].includes(forged.status()), `a form without token: ${forged.status()}`);
  assert.equal((await person.ask("/")).status(), 200, "the forged form signed the person out");
  await person.leave();
});
