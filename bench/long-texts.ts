import { parseArgs } from 'node:util';
import { runLoop } from '../cli/runtime/run-loop.ts';
import { samples } from '../test/helpers/made-up-traffic.ts';
import {
  answeredTraffic,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../test/helpers/test-workspace.ts';

const usage = `node bench/long-texts.ts [--traces 200] [--characters 100000] [--only NAME,…]

Ingests traces and runs the loop, where the texts are long: ordinary words, then one letter, "<", quotes, combining marks and
the like over and over. CPU seconds of each, beside those of ordinary words of the same length, as one JSON object; the exit
code is 1 where one takes more than three times as long.`;

const { values } = parseArgs({
  options: {
    traces: { type: 'string', default: '200' },
    characters: { type: 'string', default: '100000' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const units: Readonly<Record<string, string>> = {
  letter: 'a',
  markup: '<',
  tags: '<a ',
  quotes: '"',
  apostrophes: "'",
  combining: 'e\u0301\u0302\u0303',
  marksAlone: '\u0301',
  spaces: ' ',
  brackets: '[{(',
  digits: '9',
  dots: '1.',
  at: 'a@',
  slashes: '/\\',
  surrogates: '😀',
  halves: '\ud83d',
  hyphens: 'a-',
  newlines: '\n',
  zeroWidth: '\u200b',
  han: '漢',
};

if (values.help) process.stderr.write(`${usage}\n`);
else await main(Number(values.traces), Number(values.characters));

async function main(traces: number, characters: number): Promise<void> {
  const ordinary = await secondsOf(traces, (text) =>
    text.repeat(Math.ceil(characters / text.length)).slice(0, characters),
  );
  const seconds: Record<string, number> = { ordinary };
  const only = values.only?.split(',');
  for (const [name, unit] of Object.entries(units)) {
    if (only?.includes(name) === false) continue;
    seconds[name] = await secondsOf(traces, (text) =>
      `${text} ${unit.repeat(Math.ceil(characters / unit.length))}`.slice(0, characters),
    );
    process.stderr.write(`${name}: ${seconds[name]} s, ordinary ${ordinary} s\n`);
  }
  const slow = Object.entries(seconds).filter(([, took]) => took > 3 * ordinary);
  process.stdout.write(`${JSON.stringify({ traces, characters, seconds, slow: slow.map(([name]) => name) })}\n`);
  process.exitCode = slow.length === 0 ? 0 : 1;
}

/** Of CPU, for ingesting and running. */
async function secondsOf(traces: number, make: (text: string) => string): Promise<number> {
  const workspace = await makeWorkspace();
  try {
    await createSupportModel(workspace, { maxIterations: 1 });
    const traffic = samples(traces, 0.4, workspace.ports.random.stream(1, 'traffic')).map(({ input, output }) => ({
      input: make(input),
      output,
    }));
    const before = process.cpuUsage();
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    await runLoop(workspace, { modelId, seed: 1, retryWaitMs: 0 }, recordingUi());
    const { user, system } = process.cpuUsage(before);
    return Math.round((user + system) / 1e5) / 10;
  } finally {
    await workspace.dispose();
  }
}
