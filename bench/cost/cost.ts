import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { foundationSchema } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { benchCommand } from '../bench-command.ts';
import { costTable, totalOf } from './cost-table.ts';
import { measureRun } from './measure-run.ts';
import { asOf, prices, region } from './prices.ts';
import { usageOfHistory } from './read-history.ts';

const usage = `npm run bench:cost -- [--traces 100000] [--foundation use-lite|none] [--labels 30] [--texts 1] [--data DIR] [--out FILE]
npm run bench:cost -- --execution HISTORY.json

What a run of the loop costs on AWS, item by item: measured on this machine, one step at a time, over synthetic traffic (word
pairs of CLINC150 with --data, else templates), or read from the history of an execution, as
"aws stepfunctions get-execution-history --execution-arn ARN" writes it.`;

const { values } = parseArgs({
  options: {
    traces: { type: 'string', default: '100000' },
    foundation: { type: 'string', default: 'none' },
    labels: { type: 'string', default: '30' },
    /** How many texts each input is joined of. */
    texts: { type: 'string', default: '1' },
    data: { type: 'string' },
    execution: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const { output, run } = benchCommand(usage);
const { execution } = values;
await run(values.help, () => (execution === undefined ? ofMeasuredRun() : ofHistory(execution)));

async function ofHistory(path: string): Promise<void> {
  const used = usageOfHistory(JSON.parse(await readFile(path, 'utf8')));
  await output.result(used, costTable(used));
  output.say('A history does not tell what the functions asked of S3 and DynamoDB.');
}

async function ofMeasuredRun(): Promise<void> {
  const traces = Number(values.traces);
  const foundation = foundationSchema.safeParse(values.foundation);
  if (!Number.isSafeInteger(traces) || traces < 1 || !foundation.success) {
    throw new RatchetError('InvalidInput', 'Traces are a whole number, the foundation is use-lite or none.', {
      mend: usage,
    });
  }
  const measured = await measureRun({
    traces,
    foundation: foundation.data,
    labels: Number(values.labels),
    texts: Number(values.texts),
    data: values.data ?? null,
    onStep: ({ state, cpuSeconds, requests, peakMiB }) =>
      output.say(
        `${state}: ${cpuSeconds.toFixed(2)} processor seconds, ${requests} requests, ${peakMiB.toFixed(0)} MiB at most`,
      ),
  });
  const document = {
    benchmark: 'cost',
    traces,
    foundation: foundation.data,
    traffic: values.data === undefined ? 'templates' : 'bigram walk over 30 intents of CLINC150',
    machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
    prices: { region, asOf, list: prices },
    ...measured,
    dollars: { ingest: totalOf(measured.ingest), run: totalOf(measured.run) },
  };
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(document, null, 2)}\n`);
  await output.result(document, [
    `Ingesting ${traces} traces`,
    ...costTable(measured.ingest),
    '',
    `One run over ${traces} traces, foundation ${foundation.data}: ${measured.result.decision}`,
    ...costTable(measured.run),
    '',
    '| state | processor seconds |',
    '| --- | --- |',
    ...Object.entries(measured.cpuSeconds)
      .toSorted(([, a], [, b]) => b - a)
      .map(([state, seconds]) => `| ${state} | ${seconds.toFixed(1)} |`),
  ]);
}
