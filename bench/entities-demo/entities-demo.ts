import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { evidenceLines } from '../../cli/evidence-lines.ts';
import { exitCodeOf, exitCodes } from '../../cli/exit-codes.ts';
import { createOutput } from '../../cli/output.ts';
import { createProgress } from '../../cli/progress.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { extraction } from '../../shared/tasks/extraction/extraction.ts';
import { entitiesTable } from './entities-table.ts';
import { type Measured, runEntitiesDemo } from './run-entities-demo.ts';

const usage = `npm run demo:entities -- [--seed N] [--workspace DIR] [--json]

A tagger of people, streets, cities, products and order numbers in made-up messages to a shop: trained on plain ones, it meets new
street forms, new order numbers, crowded and lower-case messages, and such as name nothing; one run of the loop mends it. The
workspace is a new temporary directory unless one is named.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    workspace: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const output = createOutput(process, { json: values.json, debug: process.env.RATCHET_DEBUG === '1' });
const progress = createProgress({ stream: process.stderr, interactive: process.stderr.isTTY === true });
let workspace: Workspace | undefined;
try {
  if (values.help) await output.result({ usage }, [usage]);
  else await demo();
} catch (error) {
  progress.stop();
  output.fault(error);
  process.exitCode = exitCodeOf(error);
} finally {
  progress.stop();
  await workspace?.close();
}

async function demo(): Promise<void> {
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) {
    throw new RatchetError('InvalidInput', 'The seed is a whole number.', { mend: usage });
  }
  const directory = values.workspace ?? (await mkdtemp(join(tmpdir(), 'ratchet-entities-demo-')));
  const observer = { progress: () => undefined, note: (message: string) => progress.note(message) };
  workspace = await openWorkspace(directory, { observer, create: true });
  output.say(`Workspace: ${workspace.directory}`);
  const result = await runEntitiesDemo(seed, workspace, progress);
  progress.stop();
  const { run, traffic, types, texts } = result;
  const report = await workspace.localCopy(run.report);
  const fractions = (rows: readonly Measured[], side: 'before' | 'after') =>
    Object.fromEntries(rows.map((row) => [row.name, row[side].value]));
  await output.result(
    {
      decision: run.decision,
      f1: { before: fractions(types, 'before'), after: fractions(types, 'after') },
      texts: { before: fractions(texts, 'before'), after: fractions(texts, 'after') },
      gain: run.gain,
      report,
    },
    [
      `The tagger had every entity of ${traffic.right} of ${traffic.of} messages of its traffic right.`,
      `The run ${run.decision === 'promoted' ? 'promoted a new champion' : 'kept the champion'}: ${run.reason}`,
      ...evidenceLines(run, extraction),
      '',
      ...entitiesTable(result),
      '',
      `Report: ${report}`,
    ],
  );
  if (run.decision === 'kept') output.say('The champion stayed, so before and after are the same.');
}

process.exitCode ??= exitCodes.done;
