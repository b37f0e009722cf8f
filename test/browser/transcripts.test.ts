import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runListSchema } from '../../shared/serving/console/messages.ts';
import { openBrowser, openConsole, seriousFindings, settled } from '../helpers/console-page.ts';
import { hostileTexts } from '../helpers/hostile-model.ts';
import { transcriptReport } from '../helpers/report-data.ts';
import { modelId } from '../helpers/test-workspace.ts';

let browser: Browser;
let run: string;
beforeAll(async () => {
  browser = await openBrowser();
  const response = await fetch(`${inject('consoleUrl')}/v1/models/${modelId}/runs`);
  run = runListSchema.parse(await response.json()).runs.at(-1)?.run ?? '';
});
afterAll(() => browser.close());

test.each(hostileTexts)('a transcript that says %j is listed with its run, opened, and shown as text', async (text) => {
  const transcript = transcriptReport(text);
  const { page, go, complaints } = await openConsole(browser);
  await page.route('**/transcripts', (route) => route.fulfill({ json: { transcripts: [transcript] } }));
  await page.route('**/transcripts/*', (route) => route.fulfill({ json: transcript }));
  await go(`#/models/${modelId}/runs/${run}`);
  await page.locator('#agents').waitFor();
  await page.locator('#agents ~ ul a').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Transcript' }).waitFor();
  await settled(page);
  expect(await page.locator('.turns > li').count()).toBe(transcript.turns.length);
  await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
  expect(
    await page.locator('main img, main script, main [onload], main [onerror], main a[href^="javascript:"]').count(),
  ).toBe(0);
  expect(await page.title()).not.toBe('owned');
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});
