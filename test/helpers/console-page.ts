import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';

const program = process.env.RATCHET_BROWSER ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(program);

/** Opens the browser for a file of tests. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    // Containers lack what the sandbox needs; the pages are this project's own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

export interface Looks {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Where the console is served; the one of all browser tests by default. */
  readonly url?: string;
  /** Who reviews; nobody has said it by default. */
  readonly reviewer?: string;
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained of: errors of scripts, refused resources, violations of the page's policy. */
  readonly complaints: string[];
  /** Goes to a hash of the console, and waits until nothing loads any more. */
  go(hash: string): Promise<void>;
}

/** A page of the console of its own, without anything kept. */
export async function openConsole(
  browser: Browser,
  { width = 1280, scheme = 'light', url = inject('consoleUrl'), reviewer }: Looks = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    baseURL: url,
  });
  if (reviewer !== undefined)
    await context.addInitScript(`localStorage.setItem('ratchet-reviewer', ${JSON.stringify(reviewer)})`);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return {
    page,
    complaints,
    async go(hash) {
      await page.goto(`/${hash}`);
      await settled(page);
    },
  };
}

/** Waits until the page shows what it asked for. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('.loading').count(), { timeout: 30_000 }).toBe(0);
}

/** Waits until an expression holds in the page. The page's own policy lets nothing evaluate text, so it is asked from outside. */
export async function until(page: Page, expression: string, timeout = 30_000): Promise<void> {
  await expect.poll(() => page.evaluate(expression), { timeout }).toBe(true);
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds that is serious or worse, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axePath, 'utf8'));
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
}
