// A real sign-in service on this machine: oidc-provider, with its own pages for signing in. Any name is let in there.
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const secret = "a-secret-of-the-test";

export class SignInService {
  #server;
  #answer;

  /** Serves one client, which may send browsers back to one address. */
  static async start(redirect) {
    const service = new SignInService();
    await service.open();
    const provider = new Provider(service.issuer, {
      clients: [{
        client_id: "zhibu", client_secret: secret, redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"],
      }],
      pkce: { required: () => true },
      cookies: { keys: ["a-key-of-the-test"] },
    });
    service.#answer = provider.callback();
    return service;
  }

  async open() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    await new Promise((resolve) => this.#server.listen(this.port ?? 0, "127.0.0.1", resolve));
    this.port = this.#server.address().port;
    this.issuer = `http://127.0.0.1:${this.port}`;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What the person at the browser does there; gives up at the first page that is not the service's. */
  async pass(page, name) {
    await page.locator("input[name=login]").fill(name);
    await page.locator("input[name=password]").fill("whatever");
    await page.locator("button[type=submit]").click();
    await page.locator("button[type=submit]", { hasText: "Continue" }).click();
  }
}
