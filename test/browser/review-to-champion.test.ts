import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openConsole } from '../helpers/console-page.ts';
import { partlyJudged, samples } from '../helpers/made-up-traffic.ts';
import { correctFive, startRun } from '../helpers/newcomer.ts';
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
  const answered = await answeredTraffic(served.workspace, traffic, 'traffic');
  await ingest(served.workspace, partlyJudged(answered));
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
  await go('#/');
  const { more, previewed } = await correctFive(page, modelId, 'nora');
  expect(previewed).toBe(true);
  expect(more).toBeGreaterThan(0);
  const done = async () => {
    const response = await fetch(`${served.url}/v1/models/${modelId}/review/actions?reviewer=nora`);
    return ((await response.json()) as { actions: unknown[] }).actions.length;
  };
  await expect.poll(done, { timeout: 10_000 }).toBe(5);
  await startRun(page);
  await expect.poll(() => client?.checkpoints.length, { timeout: 150_000, interval: 500 }).toBe(2);
  await page.locator('main').getByText('Promoted').waitFor({ timeout: 30_000 });
  await client.stop();
  expect(client.failed).toEqual([]);
  expect(complaints).toEqual([]);
  expect(served.faults).toEqual([]);
}, 240_000);
