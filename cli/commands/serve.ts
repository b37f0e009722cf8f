import type { Command } from 'commander';
import { z } from 'zod';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import type { Model } from '../../shared/domain/models/model.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { TraceJournal } from '../../shared/ports/trace-journal.ts';
import { portNumber } from '../arguments.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Place } from '../place.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

const help = `
Example:
  $ ratchet serve --improve
  $ curl -s localhost:7878/v1/models/spam-filter/predictions -H 'content-type: application/json' -d '{"input": "Win a prize"}'
  {"model":"spam-filter","checkpoint":"…","traceId":"trace-…","output":"spam","confidence":0.97}
  $ curl -s localhost:7878/v1/models/spam-filter/feedback -H 'content-type: application/json' \\
      -d '{"traceId": "trace-…", "expected": "ham", "judge": {"kind": "human", "id": "ana"}}'
  {"accepted":1}

Its page, at /, is the console: what was decided and why, runs as they work, failures, curricula, lineage.
All models of the workspace are served, or with --stack those of the stack, which moves what is kept into its log within a minute. A trace id is given only once its trace is kept: it survives the end of this process,
however it ends. A promotion or a rollback is picked up within a second. With --improve, a run starts in a process of its own when
what came makes one due, also before. Elsewhere than on this machine alone a token is needed: set RATCHET_TOKEN, and send it as
"Authorization: Bearer TOKEN". RATCHET_TOKENS names a file of tokens with names, for some models and some rights each (docs/serving.md).
What they do is kept in audit/ of the workspace. GET /openapi.json describes all there is.`;

export const defaultPort = 7878;

const optionsSchema = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(defaultPort),
  improve: z.boolean().default(false),
  record: z.boolean().default(true),
});
type Options = z.infer<typeof optionsSchema>;

/** How often what came is moved into the trace log, which takes many traces at a time. */
const settleEveryMs = 5_000;

export function addServeCommand(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .summary('answer over HTTP, and keep what comes')
    .description('Answers requests with the champions, keeps the traces, and takes what is judged of them.')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', 'on which port; 0 takes any that is free', portNumber, defaultPort)
    .option('--improve', 'run the loop when it is due')
    .option('--no-record', 'keep no traces')
    .addHelpText('after', help)
    .action((options: unknown, command: Command) =>
      run(command, (session) => serve(optionsSchema.parse(options), session)),
    );
}

/** @param pageOf what of the console is meant, as its address has it after the `#`; nothing in particular without it */
export async function serve(
  { host, port, improve, record }: Options,
  session: Session,
  pageOf?: (ports: Pick<Ports, 'lineage'>) => Promise<string>,
): Promise<ExitCode> {
  if (session.stack !== null && improve) {
    throw new RatchetError('InvalidInput', 'A stack runs the loop by itself when a run is due.', {
      mend: 'Leave out --improve.',
    });
  }
  if (improve && !record) {
    throw new RatchetError('InvalidInput', '--improve needs traces to go by, and --no-record keeps none.', {
      mend: 'Leave one of the two out.',
    });
  }
  const { isLoopback, listen } = await import('../serving/listen.ts');
  const hosts = isLoopback(host) ? ['localhost', '127.0.0.1', '[::1]', host] : null;
  const { readAccess } = await import('../serving/read-access.ts');
  const access = await readAccess(host, hosts, session.io.env, (text) => session.output.say(text));
  const { place, journal, movesItself } = await opened(session, record);
  const { ports } = place;
  const page = (await pageOf?.(ports)) ?? null;
  const { createServingApp } = await import('../../shared/serving/app.ts');
  const { Settler } = await import('../serving/settler.ts');
  const { Watcher } = await import('../serving/watcher.ts');
  const { DriftWatcher } = await import('../serving/drift-watcher.ts');
  const { watchDrift } = await import('../../shared/operations/drift.ts');
  const { watchChampion } = await import('../../shared/operations/watch-champion.ts');
  const { Improver } = await import('../serving/improver.ts');
  const { consoleFiles } = await import('../serving/console-files.ts');
  const { readMachineFile } = await import('../runtime/machine-file.ts');
  const { StartedRuns } = await import('../serving/started-runs.ts');
  const { runInProcess } = await import('../serving/run-in-process.ts');
  const { isDueNow } = await import('../../shared/operations/is-due-now.ts');
  const { settledLines } = await import('../serving/settled-lines.ts');

  const onFault = (error: unknown): void => session.output.fault(error);
  const modelIds = async () => (await ports.lineage.listModels()).map(({ modelId }) => modelId);
  const runPlace = session.stack === null ? { workspace: session.directory } : { stack: session.stack };
  const improver = improve
    ? new Improver({
        models: modelIds,
        isDue: (modelId) => isDueNow(modelId, ports),
        run: (modelId, stop) => runInProcess(runPlace, modelId, stop),
        now: () => ports.clock.now(),
        say: (text) => session.output.say(text),
        onFault,
      })
    : null;
  const watcher = new Watcher({
    watch: (modelId) => watchChampion(modelId, ports),
    say: (text) => session.output.say(text),
    onFault,
  });
  const driftWatcher = new DriftWatcher({
    watch: (modelId) => watchDrift(modelId, ports),
    say: (text) => session.output.say(text),
    onFault,
  });
  const settler =
    journal === null || movesItself
      ? null
      : new Settler({
          journal,
          ports,
          everyMs: settleEveryMs,
          async onSettled(settled) {
            for (const line of settled.flatMap(settledLines)) session.output.say(line);
            await watcher.consider(settled);
            await driftWatcher.consider(settled);
            await improver?.consider(settled.map(({ modelId }) => modelId));
          },
          onFault,
        });
  const { reviewFindings } = await import('../../shared/loop/inspect/review-findings.ts');
  const findings = (model: Model) => reviewFindings(model, ports);
  const started = new StartedRuns({
    lineage: ports.lineage,
    run: (modelId, stop, seed) => runInProcess(runPlace, modelId, stop, seed),
    say: (text) => session.output.say(text),
  });
  const { createInProcess } = await import('../serving/create-in-process.ts');
  const creations = new AbortController();
  const { openAudit } = await import('../serving/workspace-audit.ts');
  const audit = openAudit(session.directory, ports.clock, onFault);
  const app = createServingApp({
    ports,
    access,
    journal,
    onFault,
    findings,
    audit,
    console: {
      files: consoleFiles,
      machine: JSON.parse(await readMachineFile()),
      startRun: (modelId, seed) => started.start(modelId, seed),
      createNamed: createInProcess(runPlace, creations.signal),
    },
  });
  const listening = await listen(app.fetch, { host, port });
  settler?.start();

  const ended = Promise.withResolvers<void>();
  session.io.onEnding?.(async () => {
    app.stop();
    creations.abort();
    await listening.close();
    await improver?.stop();
    await started.stop();
    await settler?.stop();
    await audit.close();
    ended.resolve();
  });
  session.io.onStop?.('All that was acknowledged is kept.');
  const models = await modelIds();
  await session.output.result(commandResult('serve', { url: listening.url, models, improve }), [
    `Serving ${plural(models.length, 'model')} on ${listening.url}${improve ? ', and improving them' : ''}.`,
    `The console is its page; /openapi.json describes the interface. Stop with Ctrl+C.`,
    ...(page === null ? [] : [`Open ${listening.url}/#/${page} in a browser.`]),
  ]);
  improver?.start();
  await ended.promise;
  return exitCodes.done;
}

interface Opened {
  readonly place: Place;
  /** Null where nothing is to be kept. */
  readonly journal: TraceJournal | null;
  /** Whether the place moves its journal into its log, and this process does not. */
  readonly movesItself: boolean;
}

async function opened(session: Session, record: boolean): Promise<Opened> {
  if (session.stack !== null) {
    const stack = await session.openStack(session.stack);
    const { stackJournal } = await import('../serving/stack-journal.ts');
    return { place: stack, journal: record ? stackJournal(stack) : null, movesItself: true };
  }
  const workspace = await session.openWorkspace();
  const { openJournal } = await import('../serving/workspace-journal.ts');
  return { place: workspace, journal: record ? await openJournal(workspace) : null, movesItself: false };
}
