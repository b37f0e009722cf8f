import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { until } from './console-page.ts';

const soon = { timeout: 30_000 };

/** What a newcomer saw of where five corrections went. */
export interface Corrected {
  /** Traces beside the five, as the page said: near-duplicates, and those that corrections were carried over to. */
  readonly more: number;
  /** Whether what goes with a correction was shown before it counted. */
  readonly previewed: boolean;
}

/**
 * Somebody who has never seen the page, at the list of models, finds a model, says who they are, and corrects five cards to
 * what is said to be right, by keys alone; what a correction is carried over to is looked at before it counts.
 */
export async function correctFive(page: Page, model: string, reviewer: string): Promise<Corrected> {
  const press = (key: string) => page.keyboard.press(key);
  await findModel(page, model);
  await press('g');
  await press('v');
  await until(page, `document.activeElement.id === 'reviewer'`, soon.timeout);
  await page.keyboard.type(reviewer);
  await press('Enter');
  const card = page.locator('.review-card dd.id');
  const preview = page.locator('.preview');
  const told = page.locator('#review-told');
  await card.waitFor(soon);
  let more = 0;
  let previewed = false;
  for (let corrected = 0; corrected < 5; corrected += 1) {
    const before = await card.textContent();
    // A random card may well be right as it was answered.
    await press('1');
    const isOn = async () => (await preview.count()) > 0 || (await card.textContent()) !== before;
    await expect.poll(isOn, soon).toBe(true);
    if ((await preview.count()) > 0) {
      previewed = true;
      await press('Enter');
    }
    await expect.poll(() => card.textContent(), soon).not.toBe(before);
    await told.getByText(/Corrected|Right/u).waitFor(soon);
    const words = (await told.textContent()) ?? '';
    const figures = [/: (\d+) traces?\./u, /Carried over to (\d+)/u].map((figure) =>
      Number(figure.exec(words)?.[1] ?? 0),
    );
    more += figures.reduce((sum, figure) => sum + figure, -1);
  }
  return { more, previewed };
}

async function findModel(page: Page, model: string): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  const seen = new Set<string>();
  while ((await heading.textContent()) !== model) {
    const before = (await heading.textContent()) ?? '';
    if (seen.has(before)) throw new Error(`The page leads to no model ${model}: ${[...seen].join(', ')}`);
    seen.add(before);
    await page.keyboard.press(']');
    await expect.poll(() => heading.textContent(), soon).not.toBe(before);
  }
}

/** Starts a run from the page of runs, by keys, and waits until the page shows a stage at work. */
export async function startRun(page: Page): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('button', { name: 'Start a run' }).waitFor(soon);
  await page.keyboard.press('s');
  await page.locator('.stage[aria-current="step"]').first().waitFor({ timeout: 60_000 });
}
