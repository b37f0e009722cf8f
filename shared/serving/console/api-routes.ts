import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { hadTheLease, type Run } from '../../domain/models/run.ts';
import { describeIssues } from '../../intake/parse-json-line.ts';
import { leaseHeld } from '../../operations/lease.ts';
import { noChampion } from '../../operations/no-champion.ts';
import { listTranscripts, readTranscript } from '../../operations/read-transcripts.ts';
import { activeLease } from '../../operations/run-outlook.ts';
import type { Ports } from '../../ports/ports.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { note } from '../audit.ts';
import { callerOf } from '../guard.ts';
import { type CreateNamed, clusterRoutes } from './cluster-routes.ts';
import { costsOf } from './costs.ts';
import { Datasets } from './datasets.ts';
import { driftMessage } from './drift-message.ts';
import { FailureHistory } from './failures.ts';
import { lineageMessage } from './lineage-message.ts';
import { loopGraph } from './loop-graph.ts';
import { type RunDetail, startRunSchema } from './messages.ts';
import { overview, overviews, runSummary } from './overviews.ts';
import { reportMessage } from './report-messages.ts';
import { runProgress } from './run-progress.ts';
import { RunReports } from './run-reports.ts';
import { sinceMessage } from './since-message.ts';

/** Starts a run of a model, in the background. @returns its name, where it has one already */
export type StartRun = (modelId: string, seed: number | null) => Promise<string | null>;

/** What the console's interface is given, beside the ports. */
export interface ConsoleOptions {
  readonly ports: Ports;
  /** The state machine of the loop, in Amazon States Language. */
  readonly machine: unknown;
  /** Null where no run can be started. */
  readonly startRun: StartRun | null;
  /** Where no model can be created it is not there. */
  readonly createNamed?: CreateNamed;
}

/** Turns of an agent that are sent. */
const mostTurns = 500;

const examplesQuerySchema = z.object({
  slice: z.enum(['gold', 'hard-negative', 'replay']).nullable().default(null),
  from: z.enum(['trace', 'parent', 'file', 'probe', 'synthesis']).nullable().default(null),
  text: z.string().max(200).default(''),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** What the console reads: models, runs, failures, curricula and lineage, by the operations of the command line. */
export function consoleRoutes({ ports, machine, startRun, createNamed }: ConsoleOptions): Hono {
  const app = new Hono();
  const graph = loopGraph(machine);
  const reports = new RunReports(ports);
  const failures = new FailureHistory(ports, reports);
  const datasets = new Datasets(ports);

  app.get('/v1/overview', async (context) => {
    const caller = callerOf(context);
    return context.json({ models: (await overviews(ports)).filter(({ model }) => caller?.mayUse(model) ?? true) });
  });
  app.route('/', clusterRoutes(ports, createNamed ?? null));
  app.get('/v1/loop', (context) => context.json(graph));
  app.get('/v1/models/:model/drift', async (context) =>
    context.json(await driftMessage(context.req.param('model'), ports)),
  );

  app.get('/v1/models/:model/overview', async (context) => {
    const canRun = startRun !== null && (callerOf(context)?.has?.('run') ?? true);
    return context.json({ ...(await overview(context.req.param('model'), ports)), canRun });
  });
  app.get('/v1/models/:model/since', async (context) => {
    return context.json(await sinceMessage(context.req.param('model'), ports));
  });
  app.get('/v1/models/:model/runs', async (context) => {
    const modelId = await known(context.req.param('model'), ports);
    const runs = (await ports.lineage.listRuns(modelId)).filter(hadTheLease);
    return context.json({ runs: runs.toReversed().map(runSummary) });
  });
  app.post('/v1/models/:model/runs', async (context) => {
    const modelId = context.req.param('model');
    const { seed } = parsed(startRunSchema, await bodyOf(context));
    if (startRun === null) throw new RatchetError('InvalidInput', 'No run can be started from here.');
    await mayRun(modelId, ports);
    const run = await startRun(modelId, seed ?? null);
    note(context, { action: 'run', model: modelId, signed: [], count: 0, id: run });
    return context.json({ model: modelId, run }, 202);
  });
  app.get('/v1/models/:model/runs/:run', async (context) => {
    const run = await runOf(context.req.param('model'), context.req.param('run'), ports);
    const report = await reports.of(run);
    const detail: RunDetail = {
      run: runSummary(run),
      champions: { before: run.championId, after: run.resultId },
      failure: run.failure,
      report: report && reportMessage(report),
    };
    return context.json(detail);
  });
  app.get('/v1/models/:model/runs/:run/progress', async (context) => {
    const run = await runOf(context.req.param('model'), context.req.param('run'), ports);
    return context.json(await runProgress(run, graph, ports));
  });
  app.get('/v1/models/:model/runs/:run/transcripts', async (context) => {
    const { modelId, runId } = await runOf(context.req.param('model'), context.req.param('run'), ports);
    return context.json({ transcripts: await listTranscripts(modelId, runId, ports) });
  });
  app.get('/v1/models/:model/runs/:run/transcripts/:agent', async (context) => {
    const { modelId, runId } = await runOf(context.req.param('model'), context.req.param('run'), ports);
    return context.json(await readTranscript(modelId, runId, context.req.param('agent'), ports, { mostTurns }));
  });
  app.get('/v1/models/:model/failures', async (context) => {
    return context.json(await failures.of(await known(context.req.param('model'), ports)));
  });
  app.get('/v1/models/:model/datasets', async (context) => {
    return context.json({ datasets: await datasets.list(context.req.param('model')) });
  });
  app.get('/v1/models/:model/datasets/:dataset/examples', async (context) => {
    const asked = parsed(examplesQuerySchema, context.req.query());
    return context.json(await datasets.examples(context.req.param('model'), context.req.param('dataset'), asked));
  });
  app.get('/v1/models/:model/lineage', async (context) => {
    return context.json(await lineageMessage(context.req.param('model'), ports));
  });
  app.get('/v1/models/:model/costs', async (context) => {
    return context.json(await costsOf(await known(context.req.param('model'), ports), ports));
  });
  return app;
}

async function known(modelId: string, ports: Ports): Promise<string> {
  if ((await ports.lineage.getModel(modelId)) === undefined) throw await unknownModel(modelId, ports);
  return modelId;
}

/** @throws RatchetError UnknownModel, UnknownRun */
async function runOf(modelId: string, runId: string, ports: Ports): Promise<Run> {
  await known(modelId, ports);
  const run = await ports.lineage.getRun(runId);
  if (run?.modelId === modelId) return run;
  throw new RatchetError('UnknownRun', `Model ${modelId} has no such run.`);
}

/** @throws RatchetError UnknownModel, NoChampion, and LeaseHeld while a run is under way */
async function mayRun(modelId: string, ports: Ports): Promise<void> {
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw await unknownModel(modelId, ports);
  if (control.championId === null) throw await noChampion(modelId, ports);
  const active = await activeLease(control.lease, ports);
  if (active !== null) throw leaseHeld(modelId, active, ports.clock.now());
}

async function bodyOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (error) {
    throw new RatchetError('InvalidInput', 'The body is no JSON.', { cause: error });
  }
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  throw new RatchetError('InvalidInput', `${describeIssues(found.error)}.`);
}
