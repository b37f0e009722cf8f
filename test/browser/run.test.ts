import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openConsole, settled, until } from '../helpers/console-page.ts';
import { modelId } from '../helpers/test-workspace.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('a run is started by a key, followed through the loop, and its decision shown with the evidence', async () => {
  const { page, go, complaints } = await openConsole(browser);
  await go(`#/models/${modelId}/runs`);
  const rows = page.locator('tbody tr');
  await rows.first().waitFor();
  const before = await rows.count();
  await page.getByRole('button', { name: 'Start a run' }).waitFor();
  await page.keyboard.press('s');
  await until(page, `/\\/runs\\/run-/.test(location.hash)`, 40_000);
  await settled(page);
  await page.locator('.stage[aria-current="step"]').first().waitFor();
  await page.getByRole('heading', { name: /mended|lost|missing|right/u }).waitFor({ timeout: 90_000 });
  expect(await page.locator('.stage.now').count()).toBe(0);
  expect(await page.locator('.stage.done').count()).toBeGreaterThan(5);
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await until(page, `document.querySelectorAll('tbody tr').length === ${before + 1}`);
  expect(complaints).toEqual([]);
}, 150_000);
