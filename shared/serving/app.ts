import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Json } from '../domain/base/json.ts';
import { nameOf } from '../domain/traces/judgement.ts';
import { describeIssues } from '../intake/parse-json-line.ts';
import { chooseCheckpoint } from '../operations/choose-checkpoint.ts';
import { calibrationHistory, readCalibration } from '../operations/read-calibration.ts';
import type { FindingsOf } from '../operations/review/held-material.ts';
import { ReviewDesk } from '../operations/review/review-desk.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import type { TraceJournal } from '../ports/trace-journal.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { audited, note } from './audit.ts';
import { type ConsoleOptions, consoleRoutes } from './console/api-routes.ts';
import { type ConsoleFiles, pageRoutes } from './console/page-routes.ts';
import { type Access, callerOf, guard, modelGuard } from './guard.ts';
import { type Feedback, inputsSchema, manyFeedbackSchema, oneFeedbackSchema, oneInputSchema } from './messages.ts';
import { openApi } from './openapi.ts';
import { answerInputs } from './predictions.ts';
import { problemOf, refusal } from './problems.ts';
import { read, told } from './requests.ts';
import { reviewRoutes } from './review-routes.ts';
import { ServedModels } from './served-models.ts';
import { foreignSignature, type Signed, signedBy } from './signatures.ts';

export interface ServingOptions {
  readonly ports: Ports;
  readonly access: Access;
  /** Where traces and judgements are kept until they are in the log; null to keep nothing. */
  readonly journal: TraceJournal | null;
  /** What the last run of a model found of its traffic, for its review queue; nothing by default. */
  readonly findings?: FindingsOf;
  /** Whether people review here, which reads and writes the trace log; they do by default. */
  readonly review?: boolean;
  /** Where it is kept who did what; nowhere by default. */
  readonly audit?: AuditLog | null;
  /** Told of each fault that is the server's own. Never with a text of a request. */
  readonly onFault: (error: unknown) => void;
  /** The console, which is served where this is given. */
  readonly console?: Omit<ConsoleOptions, 'ports'> & {
    /** Its page; null where that is not built. */
    readonly files: ConsoleFiles | null;
  };
}

/** A body is a thousand inputs of 8 kB at most. */
const largestBody = 8 * 2 ** 20;

/** The server's interface, the same wherever it runs: predictions, feedback, models, health, and its description. */
export function createServingApp({
  ports,
  access,
  journal,
  onFault,
  console,
  findings = async () => null,
  review = true,
  audit = null,
}: ServingOptions) {
  const models = new ServedModels(ports);
  let isStopping = false;
  const app = new Hono();
  if (audit !== null) app.use(audited(audit, onFault));
  app.use(guard(access));
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (context) => told(context, refusal(413, 'TooLarge', `A body has at most ${largestBody} bytes.`)),
    }),
  );

  app.use('/v1/models/:model/*', modelGuard(access));
  app.get('/healthz', (context) =>
    context.json({ status: isStopping ? 'stopping' : 'ok', waiting: models.waiting }, isStopping ? 503 : 200),
  );
  app.get('/openapi.json', (context) => context.json(openApi()));
  app.get('/v1/models', async (context) => {
    const caller = callerOf(context);
    const all = (await ports.lineage.listModels()).filter(({ modelId }) => caller?.mayUse(modelId) ?? true);
    const listed = all.map(async ({ modelId, task }) => {
      const control = await ports.lineage.getControl(modelId);
      return { model: modelId, task: task.kind, champion: control?.championId ?? null };
    });
    return context.json({ models: await Promise.all(listed) });
  });

  app.get('/v1/caller', (context) => {
    const { name = null, signsAs = null } = callerOf(context) ?? {};
    return context.json({ name, signsAs });
  });

  app.post('/v1/models/:model/predictions', async (context) => {
    const body = await read(context, (fields) => ('inputs' in fields ? inputsSchema : oneInputSchema));
    if (!body.ok) return told(context, body.problem);
    const served = await models.get(context.req.param('model'));
    const isOne = 'input' in body.value;
    const inputs = 'input' in body.value ? [body.value.input] : body.value.inputs;
    const predictions = await answerInputs(inputs, body.value, served, journal, ports);
    if (predictions === null) return told(context, tooMuch);
    const answeredBy = { model: served.model.modelId, checkpoint: served.checkpoint.checkpointId };
    return context.json(isOne ? { ...answeredBy, ...predictions[0] } : { ...answeredBy, predictions });
  });

  app.post('/v1/models/:model/feedback', async (context) => {
    const body = await read(context, (fields) => ('feedback' in fields ? manyFeedbackSchema : oneFeedbackSchema));
    if (!body.ok) return told(context, body.problem);
    if (journal === null) return told(context, refusal(409, 'NothingIsKept', 'This server keeps no traces.'));
    const modelId = context.req.param('model');
    const model = await ports.lineage.getModel(modelId);
    if (model === undefined) throw await unknownModel(modelId, ports);
    const named = signedBy(context, 'feedback' in body.value ? body.value.feedback : [body.value]);
    if (!named.ok) return told(context, named.problem);
    const given = named.value;
    const kind = kindOf(model, ports);
    for (const [at, { expected }] of given.entries()) {
      const wrong = expected === undefined ? null : kind.output.safeParse(expected);
      if (wrong?.success === false) {
        return told(
          context,
          refusal(400, 'InvalidInput', `feedback ${at + 1}: expected ${describeIssues(wrong.error)}.`),
        );
      }
    }
    const foreign = foreignSignature(
      context,
      given.map(({ judge }) => judge.id),
    );
    if (foreign !== null) return told(context, foreign);
    const now = new Date(ports.clock.now()).toISOString();
    await journal.append(given.map((one) => ({ kind: 'feedback', modelId, record: recordOf(one, now) })));
    const signed = given.map(({ judge }) => nameOf(judge));
    note(context, { action: 'feedback', model: modelId, signed, count: given.length, id: null });
    return context.json({ accepted: given.length }, 202);
  });

  if (console !== undefined) {
    app.route('/', pageRoutes(console.files));
    app.route('/', consoleRoutes({ ...console, ports }));
  }
  if (review) app.route('/v1/models/:model/review', reviewRoutes(new ReviewDesk(ports, findings), models));
  app.get('/v1/models/:model/calibration', async (context) => {
    const modelId = context.req.param('model');
    const { checkpointId } = await chooseCheckpoint(modelId, null, ports);
    const [found, history] = await Promise.all([
      readCalibration(modelId, checkpointId, ports),
      calibrationHistory(modelId, ports),
    ]);
    const { overall = null, classEce = null, labels = [] } = found ?? {};
    return context.json({ checkpointId, overall, classEce, labels, history });
  });

  app.notFound((context) => told(context, refusal(404, 'NotFound', 'There is nothing here.', 'See /openapi.json.')));
  app.onError((error, context) => {
    const problem = problemOf(error);
    if (problem.status >= 500) onFault(error);
    return told(context, problem);
  });
  return {
    fetch: app.fetch,
    /** All that can be asked, for tests that leave none out. */
    routes: app.routes,
    /** From now on it says that it is stopping, so that nobody sends more. */
    stop(): void {
      isStopping = true;
    },
  };
}

const tooMuch = refusal(503, 'TooMuch', 'Too many inputs wait already.', 'Send again in a second, and fewer at once.');

/** A judgement as a record of a file has it, with the time at which it was said. */
function recordOf(
  { traceId, verdict, expected, judge, timestamp }: Signed<Feedback>,
  now: string,
): Record<string, Json> {
  return JSON.parse(
    JSON.stringify({ traceId, verdict, expected, judge: { ...judge, timestamp: timestamp ?? now } }),
  ) as Record<string, Json>;
}
