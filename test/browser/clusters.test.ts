import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workspace } from '../../cli/workspace.ts';
import { proposeClusters } from '../../shared/domain/cold-start/propose-clusters.ts';
import { keepClusters, readClusters } from '../../shared/operations/kept-clusters.ts';
import { readDataset } from '../../shared/operations/stored-records.ts';
import { openBrowser, openConsole, seriousFindings, until } from '../helpers/console-page.ts';
import { hostileTexts } from '../helpers/hostile-model.ts';
import { madeUpIntents } from '../helpers/made-up-intents.ts';
import { type ServedConsole, serveConsole } from '../helpers/served-console.ts';
import { makeWorkspace } from '../helpers/test-workspace.ts';

const how = { seed: 1, foundation: 'none' };
const soon = { timeout: 120_000 };
const truth = new Map(madeUpIntents.map(({ input, output }) => [input, output]));

let browser: Browser;
let workspace: Workspace & { dispose(): Promise<void> };
let served: ServedConsole;
beforeAll(async () => {
  browser = await openBrowser();
  workspace = await makeWorkspace();
  served = await serveConsole(workspace);
});
afterAll(async () => {
  await browser.close();
  await served.close();
  await workspace.dispose();
  expect(served.faults).toEqual([]);
});

async function open(model: string, width = 1280) {
  const opened = await openConsole(browser, { url: served.url, width });
  await opened.go(`#/models/${model}/clusters`);
  await opened.page.locator('#cluster-title').waitFor();
  return opened;
}

const inField = (page: Page) => until(page, `document.activeElement.id === 'cluster-label'`);
const labelsOf = async (model: string) => [...((await readClusters(model, workspace.ports))?.labels ?? [])].sort();

test('by keys alone, clusters are named, merged and left out, and become a model', async () => {
  const clusters = proposeClusters(
    madeUpIntents.map(({ input }) => input),
    8,
  );
  await keepClusters('cold', clusters, how, workspace.ports);
  const { page, go, complaints } = await openConsole(browser, { url: served.url });
  await go('');
  await page.getByText(`0 of ${clusters.length} clusters looked at`).waitFor();
  await page.getByRole('link', { name: 'cold' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#cluster-title').waitFor();

  const wanted = clusters.map(({ inputs }, at) => (at === 1 ? '' : (truth.get(inputs[0] ?? '') ?? '')));
  const given: string[] = [];
  for (const [at, label] of wanted.entries()) {
    await page.getByRole('heading', { name: `Cluster ${at + 1} of ${clusters.length}` }).waitFor();
    await inField(page);
    if (given.includes(label)) {
      // Found among those given so far by its beginning, and chosen by an arrow.
      await page.keyboard.type(label.slice(0, -1));
      await page.keyboard.press('ArrowDown');
    } else await page.keyboard.type(label);
    await page.keyboard.press('Enter');
    if (label !== '') given.push(label);
  }
  await until(page, `document.activeElement.id === 'create-model'`);
  expect(given.length).toBeGreaterThan(new Set(given).size);
  await expect.poll(() => labelsOf('cold'), soon).toHaveLength(clusters.length);
  expect(await labelsOf('cold')).toEqual(clusters.map(({ cluster }, at) => [cluster, wanted[at]]).sort());

  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).hash, soon).toBe('#/models/cold');
  await page.getByRole('heading', { name: 'cold', level: 1 }).waitFor();
  const [dataset] = await workspace.ports.lineage.listDatasets('cold');
  if (dataset === undefined) throw new Error('no dataset');
  const made = (await readDataset(dataset, workspace.ports)).map(({ input, output }) => [input, output]);
  const expected = clusters.flatMap(({ inputs }, at) =>
    inputs.flatMap((input) => (at === 1 ? [] : [[input, wanted[at]]])),
  );
  expect(made.sort()).toEqual(expected.sort());
  // Nothing of it is kept beside the model.
  expect(await workspace.ports.objects.list('cold-start/')).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a proposal counts once a person takes it; Esc leaves the field, and keys go on from there', async () => {
  const texts = ['card', 'loan', 'trip'].map((word) => Array.from({ length: 5 }, (_, at) => `${word} ${at}`));
  const clusters = texts.map((inputs, at) => ({
    cluster: String(at + 1),
    label: `proposed_${at + 1}`,
    size: inputs.length,
    words: [],
    inputs,
  }));
  await keepClusters('keys', clusters, how, workspace.ports);
  const { page } = await open('keys');
  await inField(page);
  expect(await labelsOf('keys')).toEqual([]);
  expect(await page.locator('#create-model').isDisabled()).toBe(true);
  await page.keyboard.press('Enter');
  await page.locator('#cluster-told').getByText('Cluster 1: proposed_1.').waitFor();
  await inField(page);
  for (const key of ['Escape', 'j', 'x']) await page.keyboard.press(key);
  await page.locator('#cluster-told').getByText('Cluster 3 is left out.').waitFor();
  await expect
    .poll(() => labelsOf('keys'), soon)
    .toEqual([
      ['1', 'proposed_1'],
      ['3', ''],
    ]);
  await page.getByRole('heading', { name: 'Cluster 2 of 3' }).waitFor();
  await page.keyboard.press('/');
  await inField(page);
  await page.keyboard.type('other');
  await page.keyboard.press('Enter');
  await until(page, `document.activeElement.id === 'create-model'`);
  await page.reload();
  await page.getByText('2 labels of 2 clusters with 10 texts').waitFor();

  // Clusters that were offered anew take no label that was meant for others.
  await keepClusters('keys', clusters.slice(0, 2), how, workspace.ports);
  await page.locator('#cluster-label').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Other clusters were offered since.').waitFor();
  expect(await labelsOf('keys')).toEqual([]);
  await page.context().close();
});

test('texts, words and labels that try to run in the page do nothing, and it stays within its window', async () => {
  const clusters = [1, 2].map((at) => ({
    cluster: String(at),
    label: hostileTexts[at] ?? '',
    size: 3 + hostileTexts.length,
    words: [...hostileTexts],
    inputs: [...hostileTexts, 'w'.repeat(2_000), 'one\ntwo', `${at}`],
  }));
  await keepClusters('scripts', clusters, how, workspace.ports);
  for (const width of [390, 1440]) {
    const { page, complaints } = await open('scripts', width);
    await inField(page);
    expect(await page.evaluate('document.title')).toBe('Name clusters · scripts · Ratchet');
    expect(await page.locator('main script, main img, main [onload]').count()).toBe(0);
    expect(await page.locator('main').textContent()).not.toMatch(/[\u202e\u2066]/u);
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
    expect([width, Math.max(0, over)]).toEqual([width, 0]);
    expect(await seriousFindings(page)).toEqual([]);
    if (process.env.RATCHET_SCREENS)
      await page.screenshot({ path: `${process.env.RATCHET_SCREENS}/scripts-${width}.png`, fullPage: true });
    expect(complaints).toEqual([]);
    await page.context().close();
  }
});
