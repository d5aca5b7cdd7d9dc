// Signing in without a password: by a passkey, with Chromium's virtual authenticator, and by a real OpenID provider.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Person, launch, widths } from "./lib/browser.mjs";
import { axeFaults, inlineFaults, textFaults } from "./lib/gates.mjs";
import { Program } from "./lib/program.mjs";
import { SignInService, secret } from "./lib/provider.mjs";

let program, browser, service, site;

before(async () => {
  [program, browser] = await Promise.all([Program.demo({ members: 300 }), launch()]);
  // A passkey belongs to a name, and 127.0.0.1 is none.
  site = { sessions: new Map(), url: program.url.replace("127.0.0.1", "localhost"), account: (...which) => program.account(...which), code: (totp) => program.code(totp) };
  service = await SignInService.start(`${site.url}/sign-in/with/office/back`);
  await program.kill();
  const file = join(program.dir, "zhibu.json");
  const config = JSON.parse(await readFile(file, "utf8"));
  config.sign_in = [{ id: "office", kind: "oidc", title: "统一身份认证", issuer: service.issuer, client_id: "zhibu", secret_file: "office.secret" }];
  await writeFile(file, JSON.stringify(config));
  await writeFile(join(program.dir, "office.secret"), secret, { mode: 0o600 });
  await program.again();
});
after(async () => {
  await browser?.close();
  await service?.close();
  await program?.stop();
});

const sit = (options) => Person.sit(browser, site, options);
const button = (person, name) => person.main().getByRole("button", { name, exact: true });
const text = (person) => person.main().innerText();

/** A device that holds passkeys and verifies its holder. */
async function device(person) {
  const wire = await person.context.newCDPSession(person.page);
  await wire.send("WebAuthn.enable");
  await wire.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
  } });
}

async function register(person, password, name) {
  await person.go("/me/account/passkeys");
  await person.page.locator("#f-name").fill(name);
  await person.page.locator("#f-password").fill(password);
  await button(person, "登记这台设备").click();
  await person.page.getByText("通行密钥已经登记").waitFor();
}

const signOut = (person) => person.context.clearCookies();

test("a passkey is registered, opens the account, and opens nothing once it is removed", async () => {
  const person = await sit();
  const account = site.account("branch-secretary");
  await device(person);
  await person.signIn("branch-secretary");
  await register(person, account.password, "办公室电脑");
  await person.picture("passkeys");
  await signOut(person);

  let sent;
  person.page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/sign-in/passkey")) sent = request.postData();
  });
  await person.go("/sign-in/passkey?back=/me/account");
  await button(person, "用通行密钥登录").click();
  await person.page.waitForURL((address) => address.pathname === "/me/account");
  assert.match(await text(person), /办公室电脑/);

  await signOut(person);
  await person.go("/sign-in/passkey");
  const replayed = await person.ask("/sign-in/passkey", { method: "POST", data: sent, headers: { "content-type": "application/x-www-form-urlencoded", origin: site.url } });
  assert.equal(replayed.status(), 422);

  await person.signIn("branch-secretary");
  await person.go("/me/account/passkeys");
  await person.page.locator("#f-passkey").selectOption({ label: "办公室电脑" });
  await person.page.locator("#f-password-remove").fill(account.password);
  await button(person, "删除这个通行密钥").click();
  await person.page.getByText("通行密钥已经删除").waitFor();
  await signOut(person);
  await person.go("/sign-in/passkey");
  await button(person, "用通行密钥登录").click();
  await person.page.getByText("通行密钥没有通过").waitFor();
  assert.deepEqual(person.complaints, []);
  await person.leave();
});

test("a passkey takes the place of a code after the password", async () => {
  const person = await sit();
  const account = site.account("party-worker");
  await device(person);
  await person.signIn("party-worker");
  await register(person, account.password, "我的手机");
  await signOut(person);
  await person.go("/sign-in");
  await person.page.getByLabel("账号", { exact: true }).fill(account.account);
  await person.page.getByLabel("密码", { exact: true }).fill(account.password);
  await button(person, "登录").click();
  await person.main().getByRole("link", { name: "改用通行密钥确认" }).click();
  await person.picture("passkey-second");
  await button(person, "用通行密钥确认").click();
  await person.page.waitForURL((address) => address.pathname === "/");
  assert.deepEqual(person.complaints, []);
  await person.leave();
});

test("where a passkey cannot be used the page says what to use instead", async () => {
  const elsewhere = await Person.sit(browser, program);
  await elsewhere.go("/sign-in/passkey");
  assert.match(await text(elsewhere), /请改从这里打开：\s*http:\/\/localhost/);
  assert.equal(await button(elsewhere, "用通行密钥登录").isVisible(), false);
  await elsewhere.leave();

  const plain = await sit({ scripts: false });
  await plain.go("/sign-in/passkey");
  assert.match(await text(plain), /没有打开脚本（JavaScript），或者版本太旧。\s*请用密码或一次性登录条登录/);
  assert.equal(await button(plain, "用通行密钥登录").isVisible(), false);
  await plain.leave();

  const empty = await sit();
  await device(empty);
  await empty.go("/sign-in/passkey");
  await button(empty, "用通行密钥登录").click();
  await empty.page.getByText("没有完成：设备上取消了").waitFor();
  assert.equal(await button(empty, "用通行密钥登录").isEnabled(), true);
  await empty.leave();
});

test("a sign-in service lets in whoever has linked the account, and nobody else", async () => {
  const person = await sit();
  const account = site.account("branch-secretary", 1);
  const enter = async (name) => {
    await person.go("/sign-in?back=/me/account");
    await person.main().getByRole("link", { name: "用“统一身份认证”登录" }).click();
    if (name) await service.pass(person.page, name);
  };
  await enter("worker-77");
  await person.page.getByText("还没有关联本系统的账号").waitFor();
  assert.equal(await person.main().getByLabel("密码", { exact: true }).isVisible(), true);

  await person.context.clearCookies();
  await person.signInAs(account.account, account.password);
  await person.go("/me/account/links");
  await person.main().getByText("统一身份认证").click();
  await person.page.locator("#f-password").fill(account.password);
  await button(person, "下一步：去确认身份").click();
  await person.picture("links-go");
  await person.main().getByRole("link", { name: "前往“统一身份认证”" }).click();
  await service.pass(person.page, "worker-77");
  await person.page.getByText("已经关联，以后可以用它登录").waitFor();
  await person.picture("links");

  await person.context.clearCookies({ name: /zhibu/ });
  const visited = [];
  person.page.on("request", (request) => request.isNavigationRequest() && visited.push(request.url()));
  await enter(); // the service still knows the person
  await person.page.waitForURL((address) => address.pathname === "/me/account");
  assert.match(await text(person), /统一身份认证/);
  const back = visited.find((address) => address.includes("/sign-in/with/office/back?"));
  assert.ok(back, visited.join("\n"));

  await person.context.clearCookies({ name: /zhibu/ });
  for (const address of [back, back.replace(/state=[^&]*/, "state=guessed"), `${site.url}/sign-in/with/office/back`]) {
    assert.equal((await person.page.goto(address)).status(), 422);
    assert.match(await text(person), /不是从这个浏览器开始的/);
  }
  assert.equal((await person.go("/sign-in/with/nowhere")).status(), 404);

  // Nothing of what travelled is in the log.
  for (const word of ["worker-77", "code=", "state="]) assert.equal(program.output.includes(word), false, word);
  assert.deepEqual(person.complaints, []);
  await person.leave();
});

test("when the service is down the page says so, and the password opens", async () => {
  await service.close();
  await program.kill(); // what it knew of the service is gone
  await program.again();
  const person = await sit();
  const account = site.account("branch-secretary", 1);
  const response = await person.go("/sign-in/with/office");
  assert.equal(response.status(), 503);
  assert.match(await text(person), /“统一身份认证”现在连不上/);
  await person.page.getByLabel("账号", { exact: true }).fill(account.account);
  await person.page.getByLabel("密码", { exact: true }).fill(account.password);
  await button(person, "登录").click();
  await person.page.waitForURL((address) => address.pathname === "/");
  await service.open();
  await person.leave();
});

test("the pages pass the gates at every width", async () => {
  for (const width of Object.values(widths)) {
    const person = await sit({ width });
    await person.go("/sign-in");
    await person.picture("sign-in-services");
    const look = async (path) => {
      const response = await person.go(path);
      const faults = [...await axeFaults(person.page), ...await textFaults(person.page), ...inlineFaults(await response.text(), response.headers())];
      assert.deepEqual(faults, [], `${path} at ${width}`);
    };
    await look("/sign-in");
    await look("/sign-in/passkey");
    await person.signIn("branch-secretary");
    for (const path of ["/me/account", "/me/account/passkeys", "/me/account/links"]) await look(path);
    await person.leave();
  }
});
