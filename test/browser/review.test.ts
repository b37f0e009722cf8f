import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standingJudgements } from '../../shared/domain/traces/retractions.ts';
import { reviewQueueSchema } from '../../shared/serving/review-messages.ts';
import { openBrowser, openConsole, seriousFindings, until } from '../helpers/console-page.ts';
import { hostileTexts } from '../helpers/hostile-model.ts';
import {
  addMails,
  addMany,
  addObjects,
  addPlaces,
  addScripts,
  addTickets,
  addWide,
  addWriting,
  mailModel,
  manyModel,
  objectsModel,
  placesModel,
  type ReviewConsole,
  scriptsModel,
  serveReview,
  ticketsModel,
  wideLabels,
  wideModel,
  writingModel,
} from '../helpers/review-console.ts';

/** How long the page may take, on a machine that has much to do. */
const soon = { timeout: 30_000 };

let browser: Browser;
let served: ReviewConsole;
beforeAll(async () => {
  browser = await openBrowser();
  served = await serveReview();
});
afterAll(async () => {
  await browser.close();
  await served.close();
  expect(served.faults).toEqual([]);
});

async function open(model: string, more: object = {}) {
  const opened = await openConsole(browser, { url: served.url, reviewer: 'ana', ...more });
  await opened.go(`#/models/${model}/review`);
  await opened.page.locator('#review-cards').waitFor();
  // Keys are listened to from when the list has the focus.
  await until(opened.page, `document.activeElement?.id === 'review-cards'`);
  return opened;
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

const told = (page: Page) => page.locator('#review-told');
const title = (page: Page) => page.locator('#review-card-title');
const preview = (page: Page) => page.locator('.preview');
const shownTrace = (page: Page) => page.locator('.review-card dd.id').textContent();

/** What stands of people's and propagated judgements of a model, by trace. */
async function judged(model: string): Promise<Map<string, string[]>> {
  const records = await served.workspace.ports.traceLog.read(model, { limit: 100_000 });
  const said = records.map(({ trace, judgements }) => {
    const standing = standingJudgements(judgements).filter(({ judge }) => judge.kind !== 'rule');
    return [
      trace.traceId,
      standing.map(({ judge, expected, verdict }) => `${judge.kind} ${verdict} ${JSON.stringify(expected)}`),
    ] as const;
  });
  return new Map(said.filter(([, standing]) => standing.length > 0));
}

describe('mails, by keys alone', () => {
  beforeAll(() => addMails(served.workspace));

  test('a newcomer says who they are once', async () => {
    const { page, go } = await openConsole(browser, { url: served.url });
    await go(`#/models/${mailModel}`);
    await press(page, 'g', 'v');
    await until(page, `document.activeElement.id === 'reviewer'`);
    await page.keyboard.type('nora');
    await press(page, 'Enter');
    await title(page).waitFor();
    await page.reload();
    await title(page).waitFor();
    expect(await page.locator('main').textContent()).toContain('You sign as nora');
    await page.context().close();
  });

  test('a correction tells first what goes with it, counts, is told, and is undone with all that came of it', async () => {
    const { page, complaints } = await open(mailModel);
    const first = await shownTrace(page);
    const total = await title(page).textContent();
    await press(page, '1');
    await preview(page).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('preview-title');
    const words = (await preview(page).textContent()) ?? '';
    expect(words).toContain('Correct this card to news');
    expect(words).toMatch(/and \d near-duplicate/u);
    expect(words).toMatch(/carry it over to \d+ traces? that nobody has judged/u);
    expect(words).toMatch(/of \d+ judged pairs as similar 100\.0/u);
    const carried = Number(/carry it over to (\d+)/u.exec(words)?.[1]);
    await press(page, 'Enter');
    await told(page).getByText('Corrected to news').waitFor();
    expect(await told(page).textContent()).toContain(`Carried over to ${carried} trace`);
    const said = await judged(mailModel);
    expect(said.get(first ?? '')).toEqual(['human fail "news"']);
    const propagated = [...said.values()].flat().filter((one) => one.startsWith('propagated'));
    expect(propagated).toHaveLength(carried);
    expect(new Set(propagated)).toEqual(new Set(['propagated fail "news"']));
    expect(await title(page).textContent()).not.toBe(total);
    await press(page, 'u');
    await told(page).getByText('Undone: a correction of 1 card').waitFor();
    expect(await judged(mailModel)).toEqual(new Map());
    expect(await shownTrace(page)).toBe(first);
    expect(await title(page).textContent()).toBe(total);
    expect(await page.evaluate('document.activeElement.id')).toBe('review-cards');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a key that is pressed while a correction is looked into says nothing of the same card', async () => {
    const { page } = await open(mailModel);
    const first = await shownTrace(page);
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    let answer: () => void = () => undefined;
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/review/preview', async (route) => {
      isAsked();
      await mayAnswer;
      await route.continue();
    });
    await press(page, '1');
    await asked;
    await press(page, 'x', 'Enter', 'd', '2', 'c');
    expect(await shownTrace(page)).toBe(first);
    answer();
    await preview(page).waitFor();
    await press(page, 'Escape');
    await preview(page).waitFor({ state: 'detached' });
    expect(await shownTrace(page)).toBe(first);
    expect(await judged(mailModel)).toEqual(new Map());
    await page.context().close();
  });

  test('what would be carried over and near-duplicates can be declined', async () => {
    const { page } = await open(mailModel);
    const first = await shownTrace(page);
    await press(page, '1');
    await preview(page).waitFor();
    await press(page, 'p', 'l');
    await until(page, `[...document.querySelectorAll('.preview input')].every((one) => !one.checked)`);
    await press(page, 'Enter');
    await told(page).getByText('Corrected to news: 1 trace.').waitFor();
    expect(await judged(mailModel)).toEqual(new Map([[first, ['human fail "news"']]]));
    await press(page, 'u');
    await told(page).getByText('Undone').waitFor();
    await page.context().close();
  });

  test('a correction that is begun can be left by Esc, and nothing is said', async () => {
    const { page } = await open(mailModel);
    await press(page, '1');
    await preview(page).waitFor();
    await press(page, 'Escape');
    await preview(page).waitFor({ state: 'detached' });
    expect(await judged(mailModel)).toEqual(new Map());
    await page.context().close();
  });

  test('three in a row are undone three deep, the latest first', async () => {
    const { page } = await open(mailModel);
    const start = await title(page).textContent();
    await press(page, 'Enter');
    await told(page).getByText('Right: ').waitFor();
    await press(page, 'x');
    await told(page).getByText('Wrong: ').waitFor();
    await press(page, 'd');
    await told(page).getByText('Later: 1 card').waitFor();
    await press(page, 'u');
    await told(page).getByText('Undone: later of 1 card.').waitFor();
    await press(page, 'u');
    await told(page).getByText('Undone: wrong of 1 card').waitFor();
    await press(page, 'u');
    await told(page).getByText('Undone: right of 1 card').waitFor();
    expect(await title(page).textContent()).toBe(start);
    expect(await judged(mailModel)).toEqual(new Map());
    await press(page, 'u');
    await told(page).getByText('There is nothing to undo.').waitFor();
    await page.context().close();
  });

  test('what is deferred comes last', async () => {
    const { page } = await open(mailModel);
    const first = await shownTrace(page);
    await press(page, 'd');
    await told(page).getByText('Later: 1 card').waitFor();
    // The list comes anew after what is told.
    const last = async () => {
      await press(page, 'End');
      return shownTrace(page);
    };
    await expect.poll(last, soon).toBe(first);
    await press(page, 'u');
    await told(page).getByText('Undone: later').waitFor();
    expect(await shownTrace(page)).toBe(first);
    await page.context().close();
  });

  test('many are selected and corrected at once, and come back at once', async () => {
    const { page } = await open(mailModel);
    await press(page, 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await page.getByText('3 cards selected:').waitFor();
    expect(await page.locator('[role=option][aria-selected=true]').count()).toBe(3);
    await press(page, '1');
    await preview(page).getByText('Correct 3 cards to news').waitFor();
    await press(page, 'Enter');
    await told(page).getByText('Corrected to news').waitFor();
    const said = [...(await judged(mailModel)).values()].flat();
    expect(said.filter((one) => one === 'human fail "news"').length).toBeGreaterThanOrEqual(3);
    await press(page, 'u');
    await told(page).getByText('Undone: a correction of 3 cards').waitFor();
    expect(await judged(mailModel)).toEqual(new Map());
    await press(page, 'Home', 'Space', 'j');
    await page.getByText('1 card selected: what you say now is said of it.').waitFor();
    await press(page, 'Escape');
    await page.getByText('1 card selected').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('cards are filtered by reason and by label, and the address tells it', async () => {
    const { page, go } = await open(mailModel);
    await go(`#/models/${mailModel}/review?reason=sure-error&label=spam`);
    await title(page).waitFor();
    await until(page, `document.querySelectorAll('.review-row').length > 0`);
    const rows = await page.locator('.review-row').allTextContents();
    expect(rows.every((row) => row.includes('sure error') && row.includes('spam'))).toBe(true);
    await press(page, 'f');
    expect(await page.evaluate('document.activeElement.id')).toBe('review-reason');
    await go(`#/models/${mailModel}/review?label=nothing-like-it`);
    await page.getByText('Nothing is left to look at here').waitFor();
    await page.context().close();
  });

  test('keys rest while somebody types, and another person’s card is told', async () => {
    const { page } = await open(mailModel);
    const id = await page.locator('#review-cards').getAttribute('aria-activedescendant');
    expect(id).toBe('review-card-0');
    await page.locator('#model').focus();
    await press(page, 'x');
    expect(await judged(mailModel)).toEqual(new Map());
    // A card is claimed once somebody has looked at it for a while; the last one by nobody else here.
    await page.locator('#review-cards').focus();
    await press(page, 'End');
    const claimedBy = async () => {
      const response = await fetch(`${served.url}/v1/models/${mailModel}/review/queue?limit=200`);
      return reviewQueueSchema.parse(await response.json()).cards.at(-1)?.claim?.reviewer;
    };
    await expect.poll(claimedBy, soon).toBe('ana');
    const other = await open(mailModel, { reviewer: 'ben' });
    await press(other.page, 'End');
    await other.page.getByText('ana works on this card now.').waitFor();
    await page.context().close();
    await other.page.context().close();
  });

  test('people, their agreement and every action are shown, each with a way back', async () => {
    const ana = await open(mailModel);
    await press(ana.page, 'Enter');
    await told(ana.page).getByText('Right: ').waitFor();
    await press(ana.page, 'a');
    await ana.page.getByRole('heading', { name: 'What was done' }).waitFor();
    const undo = ana.page.getByRole('button', { name: /^Undo: right/u });
    await undo.waitFor();
    expect(await ana.page.locator('#agreement').locator('..').textContent()).toContain('One person judges each card');
    await undo.focus();
    await press(ana.page, 'Enter');
    await told(ana.page).getByText('Undone: right').waitFor();
    await expect.poll(() => judged(mailModel), soon).toEqual(new Map());
    await ana.page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'has no serious finding of axe, %s, and nothing it complains of',
    async (scheme) => {
      const { page, complaints } = await open(mailModel, { scheme });
      expect(await seriousFindings(page)).toEqual([]);
      await press(page, 'Space', 'Shift+ArrowDown');
      expect(await seriousFindings(page)).toEqual([]);
      await press(page, 'Escape', '1');
      await preview(page).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await press(page, 'Escape', 'c');
      await page.getByRole('dialog').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await press(page, 'Escape', 'a');
      await page.getByRole('heading', { name: 'What was done' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('is no wider than its window, from a phone to a wide screen', async () => {
    for (const width of [390, 768, 1280, 1920]) {
      const { page } = await open(mailModel, { width });
      await press(page, '1');
      await preview(page).waitFor();
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      expect([width, Math.max(0, over)]).toEqual([width, 0]);
      await page.context().close();
    }
  });

  test('five mails are corrected by keys alone', async () => {
    const { page } = await open(mailModel);
    await press(page, 'f');
    await page.getByLabel('Reason').selectOption('sure-error');
    await press(page, 'Escape');
    for (let done = 0; done < 5; done += 1) {
      const before = await title(page).textContent();
      await press(page, '1');
      // Nothing is left to go with a card that went with the one before, and the next one comes at once.
      const isOn = async () => (await preview(page).isVisible()) || (await title(page).textContent()) !== before;
      await expect.poll(isOn, soon).toBe(true);
      if (await preview(page).isVisible()) await press(page, 'p', 'l', 'Enter');
      await until(page, `document.getElementById('review-card-title')?.textContent !== ${JSON.stringify(before)}`);
    }
    await told(page).getByText('Corrected').waitFor();
    await expect
      .poll(
        async () => [...(await judged(mailModel)).values()].flat().filter((one) => one === 'human fail "news"').length,
        soon,
      )
      .toBeGreaterThanOrEqual(5);
    await page.context().close();
  });
});

describe('a label of 150', () => {
  beforeAll(() => addWide(served.workspace));

  test('is found by a few letters, and picked by Enter', async () => {
    const { page } = await open(wideModel);
    const first = (await shownTrace(page)) ?? '';
    await press(page, '/');
    await page.getByRole('dialog').getByText('150 labels').waitFor();
    await page.keyboard.type('trip heron');
    const wanted = wideLabels.filter((label) => label.startsWith('trip_heron'));
    expect(await page.getByRole('dialog').getByRole('option').allTextContents()).toEqual(wanted);
    await press(page, 'ArrowDown', 'ArrowUp', 'ArrowDown', 'Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Nothing is like it, so that nothing is asked first.
    await told(page).getByText(`Corrected to ${wanted[1]}`).waitFor();
    expect((await judged(wideModel)).get(first)).toEqual([`human fail "${wanted[1]}"`]);
    await page.context().close();
  });

  test('keys typed into the search do nothing else', async () => {
    const { page } = await open(wideModel);
    const before = await title(page).textContent();
    await press(page, 'c');
    await until(page, `document.activeElement.tagName === 'INPUT'`);
    await page.keyboard.type('xud1?');
    expect(await page.getByLabel('Search').inputValue()).toBe('xud1?');
    await press(page, 'Enter', 'Escape');
    expect(await title(page).textContent()).toBe(before);
    await page.context().close();
  });
});

describe('entities', () => {
  beforeAll(() => addPlaces(served.workspace));

  test('are moved, extended, typed and taken away by keys', async () => {
    const { page, complaints } = await open(placesModel);
    await page.getByLabel('About').waitFor();
    if ((await shownTrace(page)) !== `${placesModel}-0`) await press(page, 'j');
    expect(await page.locator('.review-card mark').allTextContents()).toEqual(['Zoe', 'New']);
    const types = ['city', 'person'];
    const digit = (type: string) => String(types.indexOf(type) + 1);
    await press(page, 'c');
    const status = page.locator('.review-card').getByRole('status');
    await status.getByText('Selected: Zoe, city').waitFor();
    await press(page, digit('person'), 'ArrowDown');
    await status.getByText('Selected: New, city').waitFor();
    await press(page, 'Shift+ArrowRight', digit('city'));
    await status.getByText('Selected: New York, city').waitFor();
    // Four words back from New lies Dr, then its full stop and the name.
    await press(page, 'ArrowLeft', 'ArrowLeft');
    await status.getByText('Selected: Amara, no entity').waitFor();
    await press(page, digit('person'));
    await status.getByText('3 entities in all').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'ArrowUp');
    await status.getByText('Selected: Zoe, person').waitFor();
    await press(page, 'Ctrl+Enter'.replace('Ctrl', 'Control'));
    await told(page).getByText('Corrected to Zoe (person)').waitFor();
    const said = (await judged(placesModel)).get(`${placesModel}-0`)?.[0] ?? '';
    expect(JSON.parse(said.replace('human fail ', ''))).toEqual([
      { label: 'person', start: 10, end: 13, text: 'Zoe' },
      { label: 'person', start: 22, end: 27, text: 'Amara' },
      { label: 'city', start: 31, end: 39, text: 'New York' },
    ]);
    await until(page, `document.querySelector('.review-card dd.id').textContent === '${placesModel}-1'`);
    await press(page, 'c', 'Backspace', 'Enter');
    await told(page).getByText('Corrected to no entity').waitFor();
    expect((await judged(placesModel)).get(`${placesModel}-1`)).toEqual(['human fail []']);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('answers that are objects', () => {
  beforeAll(() => addObjects(served.workspace));

  test('are written as JSON, and Ctrl+Enter submits while one types', async () => {
    const { page, complaints } = await open(objectsModel);
    await press(page, 'c');
    const field = page.getByLabel('What it should be, as JSON');
    await until(page, `document.activeElement.id === 'review-text'`);
    expect(JSON.parse(await field.inputValue())).toEqual({ entities: [{ type: 'city', start: 3, end: 7 }] });
    await page.keyboard.press('Control+A');
    await page.keyboard.type('{"entities": [{"type": "city", "start": 11,');
    await press(page, 'Control+Enter');
    await page.getByRole('alert').getByText('That is not JSON').waitFor();
    expect(await judged(objectsModel)).toEqual(new Map());
    await page.keyboard.type(' "end": 15}]}');
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'Control+Enter');
    await told(page).getByText('Corrected to').waitFor();
    expect((await judged(objectsModel)).get(`${objectsModel}-0`)).toEqual([
      'human fail {"entities":[{"type":"city","start":11,"end":15}]}',
    ]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('answers that are written', () => {
  beforeAll(async () => {
    await addWriting(served.workspace);
    await addTickets(served.workspace);
  });

  test('are corrected as text, with all its lines, and given up by Esc', async () => {
    const { page, complaints } = await open(writingModel);
    await press(page, 'c');
    const field = page.getByLabel('What it should be', { exact: true });
    await until(page, `document.activeElement.id === 'review-text'`);
    expect(await field.inputValue()).toBe('About the\nlake.');
    await page.keyboard.type(' not this');
    await press(page, 'Escape');
    await field.waitFor({ state: 'detached' });
    expect(await judged(writingModel)).toEqual(new Map());
    await press(page, '/');
    await until(page, `document.activeElement.id === 'review-text'`);
    expect(await field.inputValue()).toBe('About the\nlake.');
    await press(page, 'Control+A');
    await page.keyboard.type('About the');
    await press(page, 'Enter');
    await page.keyboard.type('sea: x, ?, u.');
    await press(page, 'Control+Enter');
    await told(page).getByText('Corrected to').waitFor();
    expect([...(await judged(writingModel)).values()]).toEqual([['human fail "About the\\nsea: x, ?, u."']]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('are corrected as JSON, which says when it is none', async () => {
    const { page, complaints } = await open(ticketsModel);
    await press(page, 'c');
    const field = page.getByLabel('What it should be, as JSON');
    await until(page, `document.activeElement.id === 'review-text'`);
    expect(JSON.parse(await field.inputValue())).toEqual({ queue: 'lake', handling: { priority: 1 } });
    await press(page, 'Control+A');
    await page.keyboard.type('{"handling": {"priority": 1}, "queue": "sea"');
    await press(page, 'Control+Enter');
    await page.getByRole('alert').getByText('That is not JSON').waitFor();
    await page.keyboard.type('}');
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'Control+Enter');
    await told(page).getByText('Corrected to').waitFor();
    const [[said = ''] = []] = [...(await judged(ticketsModel)).values()];
    expect(said).toMatch(/^human fail /u);
    expect(JSON.parse(said.slice('human fail '.length))).toEqual({ queue: 'sea', handling: { priority: 1 } });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('two people for each card', () => {
  const model = 'mails-of-two';
  beforeAll(() => addMails(served.workspace, model, { reviewsWanted: 2 }));

  test('judge the same cards, and how far they agree is shown with its interval', async () => {
    for (const reviewer of ['ana', 'ben']) {
      const { page } = await open(model, { reviewer });
      if (reviewer === 'ben') await page.getByText('1 of 2 people have judged it.').waitFor();
      await press(page, 'Enter');
      await told(page).getByText('Right: ').waitFor();
      await press(page, '1');
      await preview(page).waitFor();
      await press(page, 'p', 'Enter');
      await told(page).getByText('Corrected to news').waitFor();
      await page.context().close();
    }
    const { page } = await open(model, { reviewer: 'carla' });
    await press(page, 'a');
    const row = page.getByRole('row', { name: /ana and ben/u });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/ana and ben\d+1\.00-?\d\.\d\d to 1\.00/u);
    expect(await page.getByRole('row', { name: /^ben/u }).textContent()).toMatch(/^ben\d+\d+\d+00$/u);
    await page.context().close();
  });
});

describe('hostile text', () => {
  beforeAll(() => addScripts(served.workspace));

  test('is shown as text in every field of a card, its choices, its picker and what was done', async () => {
    const { page, complaints } = await open(scriptsModel);
    const injected =
      'img[src], main script, dialog script, a[href^="javascript:"], [onclick], [onerror], main b, dialog b';
    const total = await page.evaluate<number>(
      `Number(/of (\\d+)/.exec(document.getElementById('review-card-title').textContent)[1])`,
    );
    for (let at = 0; at < total; at += 1) {
      expect(await page.locator(injected).count()).toBe(0);
      await press(page, 'j');
    }
    expect(await page.locator('main').textContent()).toContain('<script>');
    await press(page, 'c');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('dialog').textContent()).toContain(hostileTexts[0]);
    expect(await page.locator(injected).count()).toBe(0);
    await press(page, 'Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await press(page, '1');
    await preview(page).or(told(page).getByText('Corrected')).first().waitFor();
    if (await preview(page).isVisible()) await press(page, 'Enter');
    await told(page).getByText('Corrected').waitFor();
    await press(page, 'a');
    await page.getByRole('button', { name: /^Undo: corrected/u }).waitFor();
    expect(await page.locator(injected).count()).toBe(0);
    expect(await page.title()).not.toContain('owned');
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).not.toMatch(/[\u0000\u001b\u202e\u2066]/u);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('ten thousand cards', () => {
  const count = 10_000;
  beforeAll(() => addMany(served.workspace, count), 300_000);

  test('are a few dozen in the page, however far one scrolls', async () => {
    const { page } = await open(manyModel);
    await title(page).getByText('1 of 10,000').waitFor();
    const rows = () => page.locator('.review-row').count();
    const list = `document.getElementById('review-cards')`;
    const setsize = `Number(document.querySelector('.review-row').getAttribute('aria-setsize'))`;
    for (let loaded = 0; loaded < count; ) {
      expect(await rows()).toBeLessThan(60);
      expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(1_000);
      await page.evaluate(`${list}.scrollTop = ${list}.scrollHeight`);
      await until(page, `${setsize} > ${loaded} || ${setsize} === ${count}`, 30_000);
      loaded = await page.evaluate<number>(setsize);
    }
    await page.evaluate(`${list}.scrollTop = ${list}.scrollHeight`);
    await until(page, `document.querySelector('[aria-posinset="${count}"]') !== null`);
    expect(await rows()).toBeLessThan(60);
    await press(page, 'End');
    await title(page).getByText('10,000 of 10,000').waitFor();
    await press(page, 'Home');
    await title(page).getByText('1 of 10,000').waitFor();
    await until(page, `document.querySelector('#review-card-0') !== null`);
    await page.context().close();
  }, 300_000);
});
