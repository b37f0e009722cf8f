import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openBrowser, openConsole, settled } from '../helpers/console-page.ts';
import { hostileModelId } from '../helpers/hostile-model.ts';
import { modelId } from '../helpers/test-workspace.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe('the console', () => {
  test('comes with a policy that lets nothing but its own files run, and no page frame it', async () => {
    const response = await fetch(inject('consoleUrl'));
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await response.text();
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|https?:\/\//u);
  });

  test('shows the models, and leads to one by keys alone', async () => {
    const { page, go, complaints } = await openConsole(browser);
    await go('');
    await page.getByRole('link', { name: modelId }).waitFor();
    await page.keyboard.press(']');
    await settled(page);
    expect(new URL(page.url()).hash).toBe(`#/models/${hostileModelId}`);
    await page.keyboard.press(']');
    await page.getByRole('heading', { name: modelId, level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('tells its keys, and keys rest while somebody types', async () => {
    const { page, go } = await openConsole(browser);
    await go('');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await page.getByRole('dialog').textContent()).toContain('go to all models');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByLabel('Model', { exact: true }).focus();
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('says what is wrong where a model or a page is not there', async () => {
    const { page, go } = await openConsole(browser);
    await go('#/models/nobody');
    await page.getByRole('alert').getByText('nobody').waitFor();
    await go(`#/models/${modelId}/nothing`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  });
});
