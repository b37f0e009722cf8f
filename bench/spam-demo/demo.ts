import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evidenceLines } from '../../cli/evidence-lines.ts';
import { exitCodeOf, exitCodes } from '../../cli/exit-codes.ts';
import { createOutput } from '../../cli/output.ts';
import { createProgress } from '../../cli/progress.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { builtInFoundationSchema } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { demoTable, share } from './demo-table.ts';
import { beginDemo, type DemoResult, demoModel, type Measured, runDemo } from './run-demo.ts';

const usage = `npm run demo -- [--seed N] [--foundation use-lite|none] [--workspace DIR] [--serve] [--json]

A spam filter on the SpamAssassin public corpus: trained on easy mail, it meets newsletters that look like spam; one run of
the loop mends it. On texts as long as mail n-grams do about as well as the embedding, which is far slower there, so the
foundation is none unless asked for. The workspace is a new temporary directory unless one is named.
With --serve the run is yours: the filter is served with what it answered, and what to do on the page is said.`;

const steps = `
Now the filter is served. Open the page below, and mend it by keys alone:
  g v      review: your name, then 1 for what it should be; Enter, where it shows what goes with that
  g r  s   to the runs, and start one: half a minute later there is a new champion, and it answers
  ?        all keys
Meanwhile ask it, and watch "checkpoint" change:
  curl -s localhost:7878/v1/models/${demoModel}/predictions -H 'content-type: application/json' -d '{"input": "Our newsletter"}'
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    foundation: { type: 'string', default: 'none' },
    workspace: { type: 'string' },
    serve: { type: 'boolean', default: false },
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
if (values.serve && workspace !== undefined && process.exitCode === undefined)
  process.exitCode = await serve(workspace.directory);

async function demo(): Promise<void> {
  const seed = Number(values.seed);
  const foundation = builtInFoundationSchema.safeParse(values.foundation);
  if (!Number.isSafeInteger(seed) || !foundation.success) {
    throw new RatchetError('InvalidInput', 'The seed is a whole number, the foundation use-lite or none.', {
      mend: usage,
    });
  }
  const directory = values.workspace ?? (await mkdtemp(join(tmpdir(), 'ratchet-demo-')));
  const observer = { progress: () => undefined, note: (message: string) => progress.note(message) };
  workspace = await openWorkspace(directory, { observer, create: true });
  output.say(`Workspace: ${workspace.directory}`);
  const request = { seed, foundation: foundation.data };
  if (values.serve) {
    const traffic = await beginDemo(request, workspace, progress);
    progress.stop();
    output.say(`The filter answered ${traffic.right} of ${traffic.of} messages of its traffic right.`);
    return;
  }
  const result = await runDemo(request, workspace, progress);
  progress.stop();
  await show(result, workspace);
}

async function show(result: DemoResult, workspace: Workspace): Promise<void> {
  const { run } = result;
  const report = await workspace.localCopy(run.report);
  const fractions = (side: 'before' | 'after') => {
    const of = (measured: Measured | undefined) => (measured === undefined ? 0 : share(measured));
    const [overall, ...slices] = result.slices;
    return {
      overall: of(overall?.[side]),
      slices: Object.fromEntries(slices.map((slice) => [slice.name, of(slice[side])])),
    };
  };
  await output.result(
    {
      decision: run.decision,
      before: fractions('before'),
      after: fractions('after'),
      gain: run.gain,
      memory: run.memory,
      report,
    },
    [
      `The filter answered ${result.traffic.right} of ${result.traffic.of} messages of its traffic right.`,
      `The run ${run.decision === 'promoted' ? 'promoted a new champion' : 'kept the champion'}: ${run.headline}.`,
      ...evidenceLines(run, classification),
      '',
      ...demoTable(result),
      '',
      `Report: ${report}`,
    ],
  );
  if (run.decision === 'kept') output.say('The champion stayed, so before and after are the same.');
}

/** Serves the workspace by the command itself, until it is stopped. */
async function serve(directory: string): Promise<number> {
  output.say(steps);
  const executable = fileURLToPath(new URL('../../cli/bin/ratchet.js', import.meta.url));
  const child = spawn(process.execPath, [executable, '--workspace', directory, 'serve'], {
    stdio: 'inherit',
  });
  // Ctrl+C reaches it too: it ends by itself, with all that was acknowledged kept.
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : exitCodes.fault;
}

process.exitCode ??= exitCodes.done;
