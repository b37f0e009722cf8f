import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingestOnStack } from '../../cli/stack/ingest-on-stack.ts';
import { openStack, type StackPlace } from '../../cli/stack/stack-place.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { ingestDrop } from '../../shared/intake/ingest-drop.ts';
import { ingestReceiptKey } from '../../shared/intake/ingest-receipt.ts';
import { acquireLease } from '../../shared/operations/lease.ts';
import { writeJson } from '../../shared/ports/documents.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { createStack } from '../helpers/emulated-stack.ts';
import { rejection } from '../helpers/rejection.ts';
import { ratchetInProcess } from '../integration/cli/in-process.ts';
import { launcherPath } from '../integration/cli/launcher.ts';

const name = `cli-${randomUUID().slice(0, 8)}`;
let directory: string;
let env: Readonly<Record<string, string | undefined>>;
let stack: StackPlace;
let removeStack: () => Promise<void>;
let checkpoint: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-cli-stack-'));
  env = { AWS_ENDPOINT_URL: process.env.AWS_ENDPOINT_URL, XDG_CACHE_HOME: join(directory, 'cache') };
  removeStack = (await createStack(name)).remove;
  stack = await openStack(name, { observer: { progress: () => undefined, note: () => undefined }, env });
  const lines = ['win a prize', 'buy pills', 'meeting notes', 'lunch at noon'].map((input, index) =>
    JSON.stringify({ input, output: index < 2 ? 'spam' : 'ham' }),
  );
  await writeFile(join(directory, 'examples.jsonl'), lines.join('\n'));
  const created = await onStack(
    'create',
    'mail',
    '--examples',
    join(directory, 'examples.jsonl'),
    '--foundation',
    'none',
  );
  expect(created).toMatchObject({ code: 0 });
  checkpoint = JSON.parse(created.stdout).checkpoint;
});

afterAll(async () => {
  await stack.close();
  await removeStack();
  await rm(directory, { recursive: true, force: true });
});

function onStack(...args: readonly string[]) {
  return ratchetInProcess([...args, '--stack', name, '--json'], '', env);
}

describe('the command line, working with a stack', () => {
  test('trains the first checkpoint into the stack, and answers with it', async () => {
    const answered = await ratchetInProcess(['predict', 'mail', '--stack', name], '{"input":"win pills"}\n', env);
    expect(answered.code).toBe(0);
    expect(JSON.parse(answered.stdout)).toMatchObject({ input: 'win pills', output: 'spam' });
    expect(await stack.ports.objects.list('models/mail/checkpoints/')).not.toHaveLength(0);
  });

  test('shows the lineage, and rolls back to the champion of now without a move', async () => {
    const shown = await onStack('lineage', 'mail');
    expect(JSON.parse(shown.stdout)).toMatchObject({ champion: checkpoint, moves: [{ kind: 'create' }] });
    const rolled = await onStack('rollback', 'mail', '--to', checkpoint);
    expect(JSON.parse(rolled.stdout)).toMatchObject({ champion: checkpoint, moved: false });
  });

  test('fetches the report of a run', async () => {
    await stack.ports.objects.put('runs/mail/run-old/report.html', new TextEncoder().encode('<p>kept</p>'));
    await stack.ports.objects.put('runs/mail/run-old/data-curation.md', new TextEncoder().encode('# kept'));
    await stack.ports.lineage.putRun({
      runId: 'run-old',
      modelId: 'mail',
      seed: 1,
      status: 'finished',
      championId: checkpoint,
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T01:00:00.000Z',
      decision: 'kept',
      reason: 'kept',
      resultId: checkpoint,
      reportKey: 'runs/mail/run-old/report.html',
      failure: null,
    });
    const { code, stdout } = await onStack('report', 'run-old');
    expect(code).toBe(0);
    const { report, curation } = JSON.parse(stdout);
    expect(await readFile(report, 'utf8')).toBe('<p>kept</p>');
    expect(await readFile(curation, 'utf8')).toBe('# kept');
    expect(report.startsWith(join(directory, 'cache'))).toBe(true);
  });

  test('uploads traces and tells what became of them, bad lines by their place in the file', async () => {
    const traces = join(directory, 'traces.jsonl');
    await writeFile(
      traces,
      '{"traceId":"t1","timestamp":"2026-01-01T00:00:00Z","input":"win","output":"ham","expected":"spam"}\nno json\n',
    );
    const waiting = onStack('ingest', 'mail', traces);
    const drop = await ingestNextDrop();
    const { code, stdout, stderr } = await waiting;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ingested: 1, judgements: 1, quarantined: 1 });
    expect(stderr).toContain(`${traces}:2: not JSON`);
    expect(stderr).not.toContain(drop);
    const [quarantine] = JSON.parse(stdout).quarantine;
    expect(await readFile(quarantine, 'utf8')).toContain('no json');
  });

  test('changes settings and labels, and answers by the new names at once', async () => {
    const changed = await onStack('settings', 'mail', 'targetScore=0.9');
    expect(JSON.parse(changed.stdout).changed).toEqual([{ name: 'targetScore', from: 0.96, to: 0.9 }]);
    const renamed = await onStack('labels', 'mail', 'rename', 'spam', 'junk');
    expect(JSON.parse(renamed.stdout).change).toEqual({ how: 'rename', from: 'spam', to: 'junk' });
    const answered = await ratchetInProcess(['predict', 'mail', '--stack', name], '{"input":"win pills"}\n', env);
    expect(JSON.parse(answered.stdout)).toMatchObject({ output: 'junk' });
    expect((await onStack('labels', 'mail', 'rename', 'junk', 'spam')).code).toBe(0);
    expect(await stack.ports.lineage.getModel('mail')).toMatchObject({ revision: 3, settings: { targetScore: 0.9 } });
  });

  test('runs on the state machine and ends as on a laptop: exit code 3 when the champion stayed', async () => {
    await stack.ports.objects.put('runs/mail/report.html', new TextEncoder().encode('<p>run</p>'));
    const { code, stdout, stderr } = await onStack('run', 'mail', '--seed', '7');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ decision: 'kept', reason: 'The emulator keeps every champion.' });
    expect(stderr).toContain('Execution: arn:aws:states:us-east-1:');
    expect(stderr).toContain('Console: https://us-east-1.console.aws.amazon.com/states/');
    const followed = await onStack('run', 'mail', '--follow');
    expect(JSON.parse(followed.stdout).run).toBe(JSON.parse(stdout).run);
  });

  test('ends with the fault that ended the execution, and its mend', async () => {
    const { code, stderr } = await onStack('run', 'mail', '--seed', '13');
    expect(code).toBe(1);
    expect(stderr).toContain('ObjectMissing: There is no object a/b.\nRestore it.');
  });

  test('starts a run that is taken up again under a name of its own', async () => {
    const run = { runId: 'run-again', modelId: 'mail', seed: 1 };
    const first = await stack.executions.start(run);
    expect(await stack.executions.start(run)).toBe(first);
    await ended(first);
    const second = await stack.executions.start(run);
    expect(second).toBe(`${first}.2`);
    expect(await stack.executions.find(run)).toBe(second);
  });

  test('is stopped without stopping the run, and says how to see it again', async () => {
    const child = spawn(process.execPath, [launcherPath, 'run', 'mail', '--seed', '5', '--stack', name], {
      env: { ...process.env, ...env },
    });
    let stderr = '';
    for await (const chunk of child.stderr) {
      stderr += chunk;
      if (stderr.includes('Execution: ')) child.kill('SIGINT');
    }
    expect(stderr).toContain(`The execution goes on. To see it again: ratchet run mail --stack ${name} --follow`);
    const arn = /Execution: (\S+)/.exec(stderr)?.[1] ?? '';
    await ended(arn);
  });

  test('gives a file up that the stack never ingests, and tells the fault that it reports', async () => {
    const quiet = {
      stageStarted() {},
      stageProgress() {},
      stageFinished() {},
      stageFailed() {},
      stagePassedOver() {},
      note() {},
      stop() {},
    };
    const open = async () => (async function* () {})();
    const request = {
      modelId: 'mail',
      files: [{ name: 'empty.jsonl', open }],
      options: null,
      onProblem: () => undefined,
    };
    const late = await rejection(ingestOnStack(stack, { ...request, patienceMs: 0 }, quiet));
    expect(late).toMatchObject({ name: 'StorageFailure', mend: expect.stringContaining('ingest-drop') });
    const waiting = rejection(ingestOnStack(stack, { ...request, pollMs: 50 }, quiet));
    const dropped = await stack.ports.objects.list('drops/mail/');
    await expect.poll(() => stack.ports.objects.list('drops/mail/')).toHaveLength(dropped.length + 1);
    const drop = (await stack.ports.objects.list('drops/mail/')).at(-1) ?? '';
    const failure = { name: 'InvalidInput', cause: 'Too many lines cannot be used.', mend: 'Correct the file.' };
    const none = { ingested: 0, judgements: 0, alreadyKnown: 0, erased: 0, quarantined: 0, quarantine: [] };
    await writeJson(stack.ports.objects, ingestReceiptKey('mail', drop), { schemaVersion: 1, drop, ...none, failure });
    expect(await waiting).toMatchObject({ name: 'InvalidInput', message: failure.cause, mend: failure.mend });
  });

  let begun = 0;
  // Where the machine is busy, the first run may be through before the second asks.
  test('refuses a second run while one is at work, and names it', { retry: 3 }, async () => {
    begun += 1;
    const run = { runId: `run-at-work-${begun}`, modelId: 'mail', seed: 1 };
    const owner = await stack.executions.start(run);
    await acquireLease(run, owner, 15, stack.ports);
    const { code, stderr } = await onStack('run', 'mail');
    expect(code).toBe(1);
    expect(stderr).toContain(`LeaseHeld: Run ${run.runId} of mail is active: ${owner} holds the lease until`);
    await ended(owner);
  });

  test('gives no run up that has begun a moment ago, and has no lease yet', async () => {
    const run = { runId: 'run-starting', modelId: 'mail', seed: 1 };
    const old = (await stack.ports.lineage.listRuns('mail')).at(-1);
    if (old?.begun === undefined) throw new Error('there is no run');
    const startedAt = new Date().toISOString();
    const begun = { ...old.begun, number: old.begun.number + 1 };
    await stack.ports.lineage.putRun({
      ...old,
      ...run,
      status: 'running',
      startedAt,
      begun,
      finishedAt: null,
      reportKey: null,
    });
    const arn = await stack.executions.start(run);
    const { code, stderr } = await onStack('run', 'mail', '--seed', '99');
    expect(code).toBe(1);
    expect(stderr).toContain(`LeaseHeld: Run run-starting of mail is active: ${arn}`);
    expect((await stack.ports.lineage.getRun('run-starting'))?.status).toBe('running');
    await ended(arn);
  });

  test('examines the stack and its models', async () => {
    const { stdout } = await onStack('doctor');
    const { stack: examined, checks } = JSON.parse(stdout);
    expect(examined).toBe(name);
    const statuses = Object.fromEntries(
      checks.map((check: { name: string; status: string }) => [check.name, check.status]),
    );
    expect(statuses).toMatchObject({
      stack: 'ok',
      'trace bucket': 'ok',
      'artifact bucket': 'ok',
      'journal bucket': 'ok',
      table: 'ok',
      'state machine': 'ok',
      'mail: champion': 'ok',
    });
  });

  test('counts no execution among the failed ones that another run has kept out', async () => {
    const told = async () => {
      const { checks } = JSON.parse((await onStack('doctor')).stdout);
      return checks.find((check: { name: string }) => check.name === 'executions');
    };
    const before = await told();
    const arn = await stack.executions.start({ runId: 'run-refused', modelId: 'mail', seed: 17 });
    await expect.poll(async () => (await stack.executions.describe(arn)).error, { timeout: 20_000 }).toBe('LeaseHeld');
    const failed = /^\d+/.exec(before.detail)?.[0];
    expect(failed).toBeDefined();
    const after = await told();
    expect(after.detail).toMatch(new RegExp(`^${failed} of the `));
    expect(after.detail).not.toContain('run-refused');
  });

  test('serves no answers that nothing would move into the log, and runs no loop that runs by itself', async () => {
    const [kept, improved] = [await onStack('serve', '--port', '0'), await onStack('serve', '--improve')];
    expect([kept.code, improved.code]).toEqual([2, 2]);
    expect(kept.stderr).toContain('was deployed without serving');
    expect(kept.stderr).toContain('--no-record');
    expect(improved.stderr).toContain('Leave out --improve.');
  });

  test('erases what servers have acknowledged and nobody has moved yet', async () => {
    const traceId = 'served-1';
    const trace = { traceId, timestamp: '2026-11-01T08:00:00.000Z', modelId: 'mail', input: 'a unique secret' };
    await stack.journal?.append([{ kind: 'trace', trace: { ...trace, output: labelOutput('ham') } }]);
    const erased = await onStack('erase', 'mail', traceId, '--yes');
    expect(JSON.parse(erased.stdout)).toMatchObject({ traces: 1, unknown: [] });
    expect(await stack.journal?.close()).toEqual([]);
    expect((await stack.ports.traceLog.knownTraces('mail', [traceId])).size).toBe(0);
  });

  test('names a stack that is not there, and what to check', async () => {
    const { code, stderr } = await ratchetInProcess(['lineage', 'mail', '--stack', 'nowhere'], '', env);
    expect(code).toBe(2);
    expect(stderr).toContain('There is no CloudFormation stack nowhere-loop in us-east-1.');
  });
});

async function ended(arn: string): Promise<void> {
  await expect.poll(async () => (await stack.executions.describe(arn)).status, { timeout: 20_000 }).toBe('SUCCEEDED');
}

/** Does the work of the stack's ingest function for the next file that is dropped. */
async function ingestNextDrop(): Promise<string> {
  const { objects } = stack.ports;
  for (;;) {
    const [drop] = await objects.list('drops/mail/');
    const body = drop === undefined ? undefined : await objects.get(drop);
    if (drop !== undefined && body !== undefined) {
      const open = async (key: string) => {
        const found = await objects.get(key);
        if (found === undefined) throw new RatchetError('ObjectMissing', `There is no object ${key}.`);
        return (async function* () {
          yield found;
        })();
      };
      await ingestDrop({ key: drop, etag: 'etag', open }, stack.ports);
      return drop;
    }
    await setTimeout(50);
  }
}
