import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openConsole, until } from '../helpers/console-page.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { type ReviewConsole, serveReview } from '../helpers/review-console.ts';
import { answeredTraffic, createSupportModel, ingest, modelId } from '../helpers/test-workspace.ts';

let browser: Browser;
let served: ReviewConsole;
let client: ReturnType<typeof runningClient> | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  served = await serveReview();
  await createSupportModel(served.workspace, { maxIterations: 1 });
  const traffic = samples(240, 0.6, served.workspace.ports.random.stream(2, 'traffic'));
  await ingest(served.workspace, await answeredTraffic(served.workspace, traffic, 'traffic'));
});
afterAll(async () => {
  await client?.stop();
  await browser.close();
  await served.close();
});

/** A client that asks all the time, and notes which checkpoint answers. */
function runningClient() {
  const checkpoints: string[] = [];
  const failed: unknown[] = [];
  let goesOn = true;
  const ended = (async () => {
    while (goesOn) {
      const response = await fetch(`${served.url}/v1/models/${modelId}/predictions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input: 'where is my parcel', record: false }),
      });
      const answer = (await response.json()) as { checkpoint?: string };
      if (answer.checkpoint === undefined) failed.push(answer);
      else if (answer.checkpoint !== checkpoints.at(-1)) checkpoints.push(answer.checkpoint);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    checkpoints,
    failed,
    stop: async () => {
      goesOn = false;
      await ended;
    },
  };
}

test('a newcomer corrects five traces by keys alone, starts a run, and a running client gets the new champion', async () => {
  client = runningClient();
  const { page, go, complaints } = await openConsole(browser, { url: served.url });
  const press = (key: string) => page.keyboard.press(key);
  await go('#/');
  await press(']');
  await page.getByRole('heading', { level: 1, name: modelId }).waitFor();
  await press('g');
  await press('v');
  await until(page, `document.activeElement.id === 'reviewer'`);
  await page.keyboard.type('nora');
  await press('Enter');
  const card = page.locator('#review-card-title');
  await card.waitFor();
  for (let corrected = 0; corrected < 5; corrected += 1) {
    const before = await card.textContent();
    // The first answer is what is said to be right; what goes with it is looked at before it counts.
    await press('1');
    await expect
      .poll(async () => (await page.locator('.preview').count()) > 0 || (await card.textContent()) !== before, {
        timeout: 10_000,
      })
      .toBe(true);
    if ((await page.locator('.preview').count()) > 0) await press('Enter');
    await page
      .locator('#review-told')
      .getByText(/Corrected|Right/u)
      .waitFor();
    await expect.poll(() => card.textContent(), { timeout: 10_000 }).not.toBe(before);
  }
  const done = async () => {
    const response = await fetch(`${served.url}/v1/models/${modelId}/review/actions?reviewer=nora`);
    return ((await response.json()) as { actions: unknown[] }).actions.length;
  };
  await expect.poll(done, { timeout: 10_000 }).toBe(5);
  await press('g');
  await press('r');
  await page.getByRole('button', { name: 'Start a run' }).waitFor();
  await press('s');
  await page.locator('.stage[aria-current="step"]').first().waitFor({ timeout: 40_000 });
  await expect.poll(() => client?.checkpoints.length, { timeout: 150_000, interval: 500 }).toBe(2);
  await client.stop();
  expect(client.failed).toEqual([]);
  expect(complaints).toEqual([]);
  expect(served.faults).toEqual([]);
}, 240_000);
