// The gates every page passes. Each gives a list of faults, so that a test says all of them at once; gates.test.mjs
// shows each of them a page that must not pass.
import axe from "axe-core";

/** Accessibility: axe-core with every rule of WCAG 2.2 A and AA and its best practices. */
export async function axeFaults(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast-enhanced": { enabled: false } } }),
  );
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} (${v.help})`));
}

/** What a page loses when text is shown at a percentage: sideways scrolling, things past the edge, text cut off. */
export async function textFaults(page, percent = 200) {
  await page.evaluate((p) => (document.documentElement.style.fontSize = `${p}%`), percent);
  const faults = await page.evaluate(() => {
    const found = [];
    const edge = document.documentElement.clientWidth;
    const name = (e) => `${e.tagName.toLowerCase()}${e.className ? `.${String(e.className).split(" ").join(".")}` : ""} «${(e.textContent ?? "").trim().slice(0, 20)}»`;
    if (document.documentElement.scrollWidth > edge) found.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${edge}`);
    const hidden = (e) => {
      const style = getComputedStyle(e);
      return style.visibility === "hidden" || style.clipPath !== "none" || style.clip !== "auto";
    };
    // What lies in a box that scrolls by itself (a wide table) may be wider than the window.
    const scrolls = (e) => {
      for (let up = e.parentElement; up && up !== document.body; up = up.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(up).overflowX) || hidden(up)) return true;
      }
      return false;
    };
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || hidden(element) || scrolls(element)) continue;
      if (box.right > edge + 1) found.push(`past the edge by ${Math.round(box.right - edge)} px: ${name(element)}`);
      const style = getComputedStyle(element);
      const text = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
      if (text && /hidden|clip/.test(style.overflow) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)) {
        found.push(`text cut: ${name(element)}`);
      }
    }
    return found;
  });
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  return faults;
}

/** What a strict content policy would block, read from the HTML as the server sent it, and the policy itself. */
export function inlineFaults(html, headers) {
  const faults = [];
  const markup = html.replace(/<!--[\s\S]*?-->/g, "");
  for (const [tag] of markup.matchAll(/<[a-z][^\s>/]*(?:"[^"]*"|'[^']*'|[^>"'])*>/gi)) {
    if (/^<style[\s>]/i.test(tag)) faults.push("a <style> element");
    if (/^<script[\s>]/i.test(tag) && !/\ssrc\s*=/i.test(tag)) faults.push("a script without src");
    const bare = tag.replace(/"[^"]*"|'[^']*'/g, '""');
    if (/\sstyle\s*=/i.test(bare)) faults.push(`an inline style: ${tag.slice(0, 80)}`);
    if (/\son[a-z]+\s*=/i.test(bare)) faults.push(`an inline handler: ${tag.slice(0, 80)}`);
    if (/\shref\s*=\s*["']?javascript:/i.test(tag)) faults.push(`a script address: ${tag.slice(0, 80)}`);
  }
  const policy = headers["content-security-policy"] ?? "";
  if (!/default-src/.test(policy)) faults.push("no content security policy");
  if (/unsafe-inline|unsafe-eval/.test(policy)) faults.push(`a policy that allows inline code: ${policy}`);
  return faults;
}

/** Bytes on the wire of a first and of a second visit, headers included, for a person already signed in. */
export async function visitBytes(person, path) {
  const page = await person.context.newPage();
  const wire = await person.context.newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.clearBrowserCache");
  let bytes = 0;
  wire.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  const visit = async () => {
    bytes = 0;
    await page.goto(new URL(path, person.program.url).href, { waitUntil: "networkidle" });
    return bytes;
  };
  const result = { first: await visit(), second: 0 };
  await page.goto("about:blank");
  result.second = await visit();
  await page.close();
  return result;
}

/** Whether the first so many Tab stops can be seen: an outline, a shadow, or a border of their own. */
export async function focusFaults(page, stops = 40) {
  const faults = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < stops; i++) {
    await page.keyboard.press("Tab");
    const lost = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return "end";
      const style = getComputedStyle(element);
      const seen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      return seen ? "" : `${element.tagName.toLowerCase()} «${(element.textContent ?? "").trim().slice(0, 20)}»`;
    });
    if (lost === "end") break;
    if (lost) faults.push(`focus cannot be seen: ${lost}`);
  }
  return faults;
}

/** Targets lower than what a finger hits, in CSS pixels; links inside a sentence are exempt. */
export async function targetFaults(page, least = 44) {
  return page.evaluate((floor) => {
    const found = [];
    for (const element of document.querySelectorAll("button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea")) {
      const box = element.getBoundingClientRect();
      if (box.height > 0 && box.width > 1 && box.height + 0.5 < floor) {
        found.push(`${Math.round(box.height)} px: ${element.tagName.toLowerCase()} «${(element.textContent || element.getAttribute("name") || "").trim().slice(0, 20)}»`);
      }
    }
    return found;
  }, least);
}
