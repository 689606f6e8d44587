// Chromium, and what every page is held against: axe, the console, room at two widths, stillness.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** A notebook's, and a phone's. */
const WIDTHS = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

export const world = JSON.parse(process.argv[2]);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Lets whoever started this do something, and gives what they say of it. */
export async function ask(what, about = {}) {
  process.stdout.write(JSON.stringify({ what, ...about }) + "\n");
  const { value, done } = await lines.next();
  if (done) throw new Error(`nobody answers ${what}`);
  return JSON.parse(value);
}

export function check(holds, words) {
  if (!holds) throw new Error(words);
}

export async function open() {
  const browser = await chromium.launch({
    executablePath: world.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const context = await browser.newContext({ viewport: WIDTHS.wide, baseURL: world.url });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: world.url });
  const page = await context.newPage();
  // Two hundred other tests run beside this one, on as many cores as there are.
  page.setDefaultTimeout(120_000);
  page.setDefaultNavigationTimeout(120_000);
  const complaints = [];
  page.on("console", (message) => {
    // A form that is refused is answered 4xx: the browser says so, and it is meant.
    const text = message.text();
    if (message.type() === "error" && !text.includes("status of 4")) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(world.url) && !request.url().startsWith("blob:")) complaints.push(`asks ${request.url()}`);
  });
  return { browser, context, page, complaints };
}

let seen = 0;

/** Looks at a page at both widths, light and dark: nothing serious for axe, no room missing, nothing that moves. */
export async function look(page, name) {
  seen += 1;
  const found = [];
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size);
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      for (const one of violations.filter((one) => ["serious", "critical"].includes(one.impact))) {
        found.push(`${width} ${scheme}: ${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
      }
      if (world.pictures) {
        mkdirSync(world.pictures, { recursive: true });
        const path = `${world.pictures}/${String(seen).padStart(2, "0")}-${name}-${width}-${scheme}.png`;
        if (scheme === "light" || width === "wide") await page.screenshot({ path, fullPage: true });
      }
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) found.push(`${width}: the page is ${over} px wider than the window`);
  }
  await page.setViewportSize(WIDTHS.wide);
  await page.emulateMedia({ colorScheme: "light" });
  const h1 = await page.locator("h1").count();
  if (h1 < 1) found.push("there is no heading");
  check(found.length === 0, `${name}: ${found.join("\n")}`);
}

/** Loads a page anew, and says how much of it moved after it was there (https://web.dev/articles/cls: 0.1 is good). */
export async function still(page, path) {
  await page.goto(path);
  const moved = await page.evaluate(() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
      .observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
  }));
  check(moved < 0.1, `${path} moves by ${moved} while it loads`);
}
