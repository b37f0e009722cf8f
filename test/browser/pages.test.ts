import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runListSchema } from '../../shared/serving/console/messages.ts';
import { openBrowser, openConsole, seriousFindings, settled, until } from '../helpers/console-page.ts';
import { modelId } from '../helpers/test-workspace.ts';

let browser: Browser;
let run: string;
beforeAll(async () => {
  browser = await openBrowser();
  const response = await fetch(`${inject('consoleUrl')}/v1/models/${modelId}/runs`);
  run = runListSchema.parse(await response.json()).runs.at(-1)?.run ?? '';
});
afterAll(() => browser.close());

const hashes = ['', '/review', '/runs', '/runs/RUN', '/failures', '/curriculum', '/lineage', '/calibration', '/cost'];
const hashOf = (page: string) => `#/models/${modelId}${page.replace('RUN', run)}`;

describe.each(['light', 'dark'] as const)('every page, %s', (scheme) => {
  test.each(['#/', ...hashes])(
    '%s has no serious finding of axe, and nothing that its policy refuses',
    async (page) => {
      const opened = await openConsole(browser, { scheme, reviewer: 'ana' });
      await opened.go(page === '#/' ? page : hashOf(page));
      expect(await seriousFindings(opened.page)).toEqual([]);
      expect(opened.complaints).toEqual([]);
      await opened.page.context().close();
    },
  );
});

test('no page is wider than its window, from a phone to a wide screen', async () => {
  for (const width of [390, 768, 1280, 1920]) {
    const { page, go } = await openConsole(browser, { width, reviewer: 'ana' });
    for (const hash of ['#/', ...hashes.map(hashOf)]) {
      await go(hash);
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      expect([hash, width, Math.max(0, over)]).toEqual([hash, width, 0]);
    }
    await page.context().close();
  }
});

test('on a phone the name of the page is in sight among those of the others, and the page is at its top', async () => {
  const { page, go } = await openConsole(browser, { width: 390 });
  for (const hash of [hashOf('/cost'), hashOf('')]) {
    await go(hash);
    const place = await page.locator('nav.pages a[aria-current]').boundingBox();
    expect(place?.x).toBeGreaterThanOrEqual(0);
    expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(await page.evaluate<number>('window.scrollY')).toBe(0);
  }
  await page.context().close();
});

test('the help over a page has no serious finding either', async () => {
  const { page, go } = await openConsole(browser);
  await go(hashOf('/curriculum'));
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.getByRole('dialog').textContent()).toContain('search the examples');
});

describe('by keys alone', () => {
  test('every page of a model is reached', async () => {
    const { page, go } = await openConsole(browser, { reviewer: 'ana' });
    await go(hashOf(''));
    for (const [key, title] of [
      ['v', 'Review'],
      ['r', 'Runs'],
      ['f', 'Failures'],
      ['c', 'Curriculum'],
      ['l', 'Lineage'],
      ['b', 'Calibration'],
      ['t', 'Cost and time'],
      ['o', modelId],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
  });

  test('clusters are gone through, and each shows its examples and how it goes over the runs', async () => {
    const { page, go } = await openConsole(browser);
    await go(hashOf('/failures'));
    const list = page.getByRole('list', { name: 'Clusters, largest first' });
    const count = await list.getByRole('button').count();
    expect(count).toBeGreaterThan(1);
    const heading = page.locator('#cluster');
    const first = await heading.textContent();
    await page.keyboard.press('j');
    await until(page, `document.getElementById('cluster').textContent !== ${JSON.stringify(first)}`);
    expect(await list.locator('[aria-pressed="true"]').count()).toBe(1);
    await page.keyboard.press('k');
    await until(page, `document.getElementById('cluster').textContent === ${JSON.stringify(first)}`);
    expect(await page.locator('.cluster-card .example').count()).toBeGreaterThan(0);
    expect(await page.locator('.cluster-card').textContent()).toMatch(/going down|growing|unchanged|new in this run/u);
  });

  test('the curriculum is filtered by slice, and searched', async () => {
    const { page, go } = await openConsole(browser);
    await go(hashOf('/curriculum'));
    await page.locator('.example-row').first().waitFor();
    await page.keyboard.press('2');
    await until(page, `location.hash.includes('slice=hard-negative')`);
    await settled(page);
    await page.locator('.example-row').first().waitFor();
    const slices = await page.locator('.example-row .key').allTextContents();
    expect(new Set(slices)).toEqual(new Set(['Hard negatives']));
    await page.keyboard.press('/');
    await page.keyboard.type('no such word');
    await page.keyboard.press('Enter');
    await page.getByText('No example meets that.').waitFor();
  });
});
