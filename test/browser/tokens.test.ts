import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workspace } from '../../cli/workspace.ts';
import { namedCallers, namedTokensSchema } from '../../shared/serving/named-callers.ts';
import { openBrowser, openConsole, seriousFindings, settled, until } from '../helpers/console-page.ts';
import { addMails, mailModel } from '../helpers/review-console.ts';
import { type ServedConsole, serveConsole } from '../helpers/served-console.ts';
import { makeWorkspace } from '../helpers/test-workspace.ts';

const tokenOf = (name: string) => `a-token-drawn-for-${name}`;
const entry = (name: string, more: object = {}) => ({
  name,
  sha256: createHash('sha256').update(tokenOf(name)).digest('hex'),
  models: [mailModel],
  rights: ['read', 'review'],
  ...more,
});
const tokens = namedTokensSchema.parse({ tokens: [entry('ana'), entry('desk', { signsForOthers: true })] });

let browser: Browser;
let workspace: Workspace & { dispose(): Promise<void> };
let served: ServedConsole;
beforeAll(async () => {
  browser = await openBrowser();
  workspace = await makeWorkspace();
  await addMails(workspace);
  const caller = namedCallers(tokens, null);
  served = await serveConsole(workspace, { token: null, hosts: ['127.0.0.1'], caller });
});
afterAll(async () => {
  await browser.close();
  await served.close();
  await workspace.dispose();
  expect(served.faults).toEqual([]);
});

/** The page of the review once a token was given. */
async function openWith(token: string, reviewer?: string) {
  const opened = await openConsole(browser, { url: served.url, ...(reviewer === undefined ? {} : { reviewer }) });
  await opened.go(`#/models/${mailModel}`);
  const field = opened.page.getByLabel('Token').first();
  await field.focus();
  expect(await opened.page.getByText('does not take the token').count()).toBe(0);
  await opened.page.keyboard.type(token);
  await opened.page.keyboard.press('Enter');
  return { ...opened, field };
}

test('a server that wants a token is told it once, by keys; a wrong one is asked for again', async () => {
  const { page, field } = await openWith('not-the-token');
  await page.getByText('does not take the token that was given').first().waitFor();
  // Where tokens have names, nothing was set to a person's.
  await page.getByText('the one that you were given').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await field.fill(tokenOf('ana'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Champion' }).waitFor();
  await expect.poll(() => page.getByLabel('Token').count()).toBe(0);
  await page.reload();
  await page.getByRole('heading', { name: 'Champion' }).waitFor();
  expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).not.toContain('a-token');
  await page.context().close();
});

test('who is known by the token signs in that name, and is not asked for another', async () => {
  const { page } = await openWith(tokenOf('ana'), 'somebody else');
  await page.getByRole('heading', { name: 'Champion' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await page.locator('#review-card-title').waitFor();
  expect(await page.locator('main').textContent()).toContain('You sign as ana.');
  expect(await page.getByRole('button', { name: 'Somebody else' }).count()).toBe(0);
  await page.keyboard.press('x');
  await page.locator('#review-told').getByText('Wrong: ').waitFor();
  const records = await workspace.ports.traceLog.read(mailModel, { limit: 1_000 });
  const people = records.flatMap(({ judgements }) => judgements).filter(({ judge }) => judge.kind === 'human');
  expect(new Set(people.map(({ judge }) => judge.id))).toEqual(new Set(['ana']));
  await page.context().close();
});

test('who may sign for others is asked for a name', async () => {
  const { page } = await openWith(tokenOf('desk'));
  await page.getByRole('heading', { name: 'Champion' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await until(page, `document.activeElement.id === 'reviewer'`);
  await page.keyboard.type('ben');
  await page.keyboard.press('Enter');
  await settled(page);
  await page.locator('#review-card-title').waitFor();
  expect(await page.locator('main').textContent()).toContain('You sign as ben.');
  await page.context().close();
});
