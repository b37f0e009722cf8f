import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runListSchema } from '../../shared/serving/console/messages.ts';
import { openBrowser, openConsole } from '../helpers/console-page.ts';
import { hostileModelId, hostileTexts } from '../helpers/hostile-model.ts';

let browser: Browser;
let run: string;
beforeAll(async () => {
  browser = await openBrowser();
  const response = await fetch(`${inject('consoleUrl')}/v1/models/${hostileModelId}/runs`);
  run = runListSchema.parse(await response.json()).runs.at(-1)?.run ?? '';
});
afterAll(() => browser.close());

const injected =
  'main img, main script, main iframe, main a[href^="javascript:"], main [onclick], main [onerror], main b';

describe('hostile text', () => {
  test.each(['', '/review', '/runs', '/runs/RUN', '/failures', '/curriculum', '/lineage', '/calibration', '/cost'])(
    'is shown as text on %s, and nothing of it runs',
    async (path) => {
      const { page, go, complaints } = await openConsole(browser, { reviewer: 'ana' });
      await go(`#/models/${hostileModelId}${path.replace('RUN', run)}`);
      await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
      expect(await page.locator(injected).count()).toBe(0);
      expect(await page.title()).not.toContain('owned');
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('shows what it is made of: tags as they stand, what does not show by its code point', async () => {
    const { page, go } = await openConsole(browser);
    await go(`#/models/${hostileModelId}/failures`);
    const failures = (await page.locator('main').textContent()) ?? '';
    expect(failures).toContain('onerror=');
    await go(`#/models/${hostileModelId}/lineage`);
    const lineage = (await page.locator('main').textContent()) ?? '';
    expect(lineage).toContain(hostileTexts[0]);
    expect(lineage).toContain('⟨U+202E⟩');
    expect(lineage).toContain('⟨U+0000⟩');
    expect(lineage).not.toMatch(/[\u0000\u001b\u202e\u2066]/u);
    await page.context().close();
  });

  test('in an address leads to no page of its own', async () => {
    const { page, go, complaints } = await openConsole(browser);
    for (const text of [...hostileTexts, '%E0%A4%A', '..%2F..%2Fhealthz']) {
      await go(`#/models/${text.startsWith('%') || text.startsWith('.') ? text : encodeURIComponent(text)}/runs`);
      expect(await page.locator(injected).count()).toBe(0);
      expect(await page.title()).not.toContain("title='owned'owned");
    }
    expect(complaints.filter((line) => !/status of 40[04]/u.test(line))).toEqual([]);
  });
});
