/** Debian's chromium, without a window, over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";

const PROGRAM = "chromium";
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
];
const ADDRESS = /ws:\/\/\S+/;

export const hasBrowser = (): boolean => spawnSync(PROGRAM, ["--version"]).status === 0;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export class Browser {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Map<string, (event: Answer) => void>();
  #next = 1;

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.#child = child;
    this.#folder = folder;
    this.#socket = socket;
    socket.on("message", (data) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.#pending.get(answer.id)?.(answer);
      else if (answer.sessionId) this.#listeners.get(answer.sessionId)?.(answer);
    });
  }

  static async start(): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "caisson-browser-"));
    const child = spawn(PROGRAM, [...FLAGS, `--user-data-dir=${folder}`, "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const address = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const found = ADDRESS.exec(said);
        if (found) resolve(found[0]);
      });
      child.once("exit", () => reject(new Error(`chromium ended: ${said}`)));
    });
    const socket = new WebSocket(address);
    await once(socket, "open");
    return new Browser(child, folder, socket);
  }

  async open(url: string): Promise<Page> {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId as string);
    this.#listeners.set(sessionId as string, ({ method, params }) => page.hear(method!, params!));
    for (const domain of ["Runtime", "Log", "Network", "Page"]) await page.call(`${domain}.enable`);
    await page.call("Emulation.setDeviceMetricsOverride", {
      width: 1400,
      height: 860,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await page.call("Page.navigate", { url });
    return page;
  }

  call(method: string, params: object = {}, sessionId?: string): Promise<Readonly<Record<string, unknown>>> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) =>
      this.#pending.set(id, ({ result, error }) => {
        this.#pending.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result!);
      }),
    );
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#socket.send(JSON.stringify({ id: this.#next++, method: "Browser.close" }));
    await ended;
    this.#socket.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20 });
  }
}

export class Page {
  /** What the page complained of: exceptions, and errors such as resources that were refused. */
  readonly complaints: string[] = [];
  /** Addresses that it asked for. */
  readonly requests: string[] = [];
  readonly #browser: Browser;
  readonly #session: string;

  constructor(browser: Browser, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.#browser.call(method, params, this.#session);
  }

  hear(method: string, params: Readonly<Record<string, unknown>>): void {
    const failed = (params.entry as { readonly level: string } | undefined)?.level === "error";
    if (method === "Runtime.exceptionThrown" || failed) this.complaints.push(JSON.stringify(params));
    if (method === "Network.requestWillBeSent") this.requests.push((params.request as { readonly url: string }).url);
    if (method === "Network.webSocketCreated") this.requests.push(params.url as string);
  }

  /** Value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { readonly value: T }).value;
  }

  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);
  }

  async click(x: number, y: number): Promise<void> {
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.call("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  /** `key`: as KeyboardEvent.key names it. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : key === "Enter" ? { text: "\r" } : {};
    await this.call("Input.dispatchKeyEvent", { type: "keyDown", key, ...text });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", key });
  }

  async type(text: string): Promise<void> {
    await this.call("Input.insertText", { text });
  }

  scheme(value: "light" | "dark"): Promise<unknown> {
    return this.call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  }

  /** Writes a picture of the page to the folder that CAISSON_SCREENSHOTS names, if it names one. */
  async screenshot(name: string): Promise<void> {
    const folder = process.env.CAISSON_SCREENSHOTS;
    if (!folder) return;
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    writeFileSync(join(folder, `${name}.png`), Buffer.from(data as string, "base64"));
  }
}
