import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openWorkspace } from '../cli/workspace.ts';
import type { Ports } from '../shared/ports/ports.ts';
import { madeTraffic } from './triage-languages/made-traffic.ts';
import { type Found, triageCleanTraffic } from './triage-languages/triage-clean-traffic.ts';

const usage = `npm run bench:languages -- [--seed 1] [--show KIND]

What triage holds against clean traffic: made-up requests to a support desk in eleven languages and what a desk for
developers gets (JSON, SQL, code, stack traces, addresses), each as a traffic of its own and all languages as one. All is
right and judged right by an LLM, so all that is found is found wrongly. --show names the texts of a kind, or of all.`;

const languages = {
  English: 'en',
  German: 'de',
  French: 'fr',
  Spanish: 'es',
  Finnish: 'fi',
  Russian: 'ru',
  Chinese: 'zh',
  Japanese: 'ja',
  Thai: 'th',
  Arabic: 'ar',
  Hindi: 'hi',
  'JSON, SQL, code': 'code',
} as const;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    show: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);

if (values.help) console.log(usage);
else if (!Number.isSafeInteger(seed)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-languages-'));
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  try {
    console.log((await measure(workspace.ports)).join('\n'));
  } finally {
    await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(ports: Ports): Promise<string[]> {
  const lines = [
    '| traffic | texts | poison | suspects | fixable noise | kinds |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  const all = [];
  for (const [language, file] of Object.entries(languages)) {
    const texts = await madeTraffic(file, ports.random.stream(seed, `languages/${file}`));
    if (file !== 'code') all.push(...texts.map((text) => ({ ...text, language })));
    const found = await triageCleanTraffic({ texts, seed, name: file }, ports);
    show(found);
    lines.push(row(language, found));
  }
  const mixed = ports.random.stream(seed, 'languages/mixed').shuffle(all);
  const found = await triageCleanTraffic({ texts: mixed, seed, name: 'mixed' }, ports);
  show(found);
  const languageOf = new Map(mixed.map(({ input, language }) => [input, language]));
  for (const [language, own] of Map.groupBy(found, ({ input }) => languageOf.get(input) ?? ''))
    lines.push(row(`${language}, all in one`, own));
  return lines;
}

function show(found: readonly Found[]): void {
  for (const { input, triage } of found) {
    if (triage.category === 'clean' || values.show === undefined) continue;
    if (values.show === 'all' || values.show === triage.kind)
      console.error(`${triage.category}, ${triage.kind}: ${JSON.stringify(input)} ${triage.reason}`);
  }
}

function row(name: string, found: readonly Found[]): string {
  const share = (category: string) => {
    const count = found.filter(({ triage }) => triage.category === category).length;
    return count === 0 ? '0' : `${((100 * count) / found.length).toFixed(1)} %`;
  };
  const kinds = Map.groupBy(
    found.filter(({ triage }) => triage.category !== 'clean'),
    ({ triage }) => triage.kind,
  );
  const named = [...kinds].map(([kind, of]) => `${kind} ${of.length}`).join(', ');
  const cells = [
    name,
    String(found.length),
    share('poison'),
    share('suspect-judgement'),
    share('fixable-noise'),
    named,
  ];
  return `| ${cells.join(' | ')} |`;
}
