/** The page that shows the DAG, in a browser, over four validators in this process: one is halted, and the server goes away. */
import { toBase58 } from "@iota/iota-sdk/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBlock } from "../../host/consensus/intake.ts";
import { digestOf } from "../../host/format/digest.ts";
import { type HttpServer, listen } from "../../host/http.ts";
import { rpcApp } from "../../host/rpc/server.ts";
import { Browser, hasBrowser, type Page } from "../support/browser.ts";
import { Cluster } from "../support/cluster.ts";

const TIMEOUT_MS = 120_000;
const PATIENCE = { timeout: 30_000, interval: 100 };
const skipped = !hasBrowser();
if (skipped)
  console.log("the page that shows the DAG is not tested: there is no chromium here (apt-get install chromium)");

let cluster: Cluster;
let server: HttpServer;
let browser: Browser;
let page: Page;

const serve = (port = 0) => listen(rpcApp({ node: cluster.member(0).node }), "127.0.0.1", port);
const round = async (): Promise<number> => Number.parseInt((await page.text("#numbers dd")).split(" ")[0]!, 10);
const connection = (): Promise<string> => page.evaluate("document.getElementById('connection').dataset.state");
const details = (): Promise<string> => page.text("#details");

/** Where a block is drawn: `back` columns before the right edge's. */
async function placeOf(author: number, back: number): Promise<{ readonly x: number; readonly y: number }> {
  const [left, top, width, height] = await page.evaluate<number[]>(
    "(({ left, top, width, height }) => [left, top, width, height])(document.getElementById('dag').getBoundingClientRect())",
  );
  return { x: left! + width! - (back + 0.5) * 44, y: top! + ((author + 0.5) * height!) / 4 };
}

/** Pixels of the canvas that have a colour of style.css. */
function pixels(variable: string): Promise<number> {
  return page.evaluate(`(() => {
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--${variable}");
    probe.fillRect(0, 0, 1, 1);
    const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
    const canvas = document.getElementById("dag");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) count++;
    return count;
  })()`);
}

async function find(text: string): Promise<void> {
  await page.evaluate("document.getElementById('wanted').value = ''");
  await page.evaluate("document.getElementById('wanted').focus()");
  await page.type(text);
  await page.press("Enter");
}

describe.skipIf(skipped)("the page that shows the DAG", { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    cluster = await Cluster.start(4, 8);
    server = await serve();
    browser = await Browser.start();
    page = await browser.open(`${server.url}/dag`);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await cluster?.stop();
  }, TIMEOUT_MS);

  it("follows, from the node alone", async () => {
    await expect.poll(connection, PATIENCE).toBe("live");
    await expect.poll(round, PATIENCE).toBeGreaterThan(24);
    expect(await page.text("#chain")).toBe(cluster.member(0).node.genesis.digest);
    expect((await page.text("#authors")).match(/validator-\d/g)).toEqual([0, 1, 2, 3].map((n) => `validator-${n}`));
    await expect.poll(() => page.text("#commits"), PATIENCE).toMatch(/validator-\d, \d+/);
    expect(await page.evaluate("document.querySelector('#numbers').innerText")).toContain("3 of 3");
    for (const colour of ["committed", "leader", "undecided", "open"]) {
      await expect.poll(() => pixels(colour), PATIENCE).toBeGreaterThan(20);
    }
    const { host } = new URL(server.url);
    expect(page.requests.filter((url) => !url.startsWith("data:") && new URL(url).host !== host)).toEqual([]);
    expect(page.complaints).toEqual([]);
    await page.screenshot("idle-light");
  });

  it("shows the block that is clicked on, and leads to its parents, by mouse and by keys", async () => {
    await page.press("p");
    await expect.poll(connection, PATIENCE).toBe("paused");
    const { x, y } = await placeOf(1, 5);
    await page.click(x, y);
    await expect.poll(details, PATIENCE).toMatch(/^Round \d+/);
    const text = await details();
    const clicked = Number(/^Round (\d+)/.exec(text)![1]);
    expect(text).toContain("validator-1");
    expect(text).toMatch(/committed by commit \d+/);
    await expect.poll(() => pixels("selected"), PATIENCE).toBeGreaterThan(50);
    await page.evaluate("document.querySelector('#details li button').click()");
    expect(await details()).toMatch(new RegExp(`^Round ${clicked - 1}\\n`));
    await page.evaluate("document.getElementById('picture').focus()");
    await page.press("ArrowRight");
    await page.press("ArrowDown");
    expect(await details()).toMatch(new RegExp(`^Round ${clicked}\\n`));
    expect(await details()).toContain("validator-2");
    const before = await round();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await round()).toBe(before);
    await page.press("p");
    await expect.poll(round, PATIENCE).toBeGreaterThan(before);
    await page.press("Escape");
    expect(await details()).toContain("No block selected");
  });

  it("finds transactions, blocks, validators and rounds", async () => {
    const [transaction, signatures] = await cluster.payment(0, 0);
    const digest = toBase58(digestOf("TransactionData", transaction));
    await cluster.member(0).node.submit(transaction, signatures);
    await expect
      .poll(async () => {
        await find(digest);
        return details();
      }, PATIENCE)
      .toContain(digest);
    expect(await page.text("#found")).toBe("1 of 1");
    await expect.poll(() => pixels("carrying"), PATIENCE).toBeGreaterThan(20);
    await page.screenshot("found-light");
    const block = await page.text("#details .digest");
    await find("validator-3");
    expect(await details()).toContain("validator-3");
    await find(block.slice(0, 12));
    expect(await page.text("#details .digest")).toBe(block);
    await find("7");
    expect(await details()).toMatch(/^Round 7\n/);
    await find("nobody");
    expect(await page.text("#found")).toContain("nothing");
    await page.evaluate("document.getElementById('newest').click()");
  });

  it("shows in the dark which validator is gone, and whose slots are skipped", async () => {
    await page.scheme("dark");
    await cluster.halt(3);
    const skipped = await pixels("skipped");
    await expect
      .poll(() => page.text("#authors"), PATIENCE)
      .toMatch(/validator-3\n(gone since round|\d+ rounds behind)/);
    await expect.poll(() => pixels("skipped"), PATIENCE).toBeGreaterThan(skipped + 20);
    for (let n = 1; n < 6; n++) await cluster.member(0).node.submit(...(await cluster.payment(0, n)));
    await page.screenshot("down-dark");
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(15, 20, 27)");
    expect(page.complaints).toEqual([]);
  });

  it("says that the connection is lost, and comes back by itself", async () => {
    const port = Number(new URL(server.url).port);
    await server.close();
    await expect.poll(connection, PATIENCE).toBe("lost");
    expect(await page.text("#connection")).toContain("lost");
    await page.screenshot("lost-dark");
    server = await serve(port);
    await expect.poll(connection, PATIENCE).toBe("live");
    const before = await round();
    await expect.poll(round, PATIENCE).toBeGreaterThan(before);
  });

  it("warns of a validator that signs twice, and shows both blocks", async () => {
    await page.scheme("light");
    const { dag } = cluster.member(0).node;
    expect(await page.evaluate("document.getElementById('alarm').hidden")).toBe(true);
    const blocks = [...cluster.member(0).store.blocksAfter(0n)].map(readBlock);
    const one = blocks.filter(({ author }) => author === 1).at(-1)!;
    const digest = one.digest.slice().fill(9, 0, 4);
    dag.accepted({ ...one, digest });
    dag.equivocated({ author: 1, round: one.round, first: one.block, second: one.block });
    await expect
      .poll(() => page.text("#alarm"), PATIENCE)
      .toContain(`validator-1 has signed two blocks for round ${one.round}`);
    expect(await page.text("#authors")).toContain("signs twice");
    await find(toBase58(digest));
    await expect.poll(() => pixels("alarm"), PATIENCE).toBeGreaterThan(50);
    await page.screenshot("twice-light");
  });
});
