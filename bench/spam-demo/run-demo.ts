import type { ProgressUi } from '../../cli/progress.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import type { Foundation } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { labelOrNull } from '../../test/helpers/outputs.ts';
import { type DemoPlan, planDemo } from './demo-plan.ts';
import { type Email, type EmailSlice, labelOf, loadEmails, sliceOf } from './load-emails.ts';

export const demoModel = 'spam-filter';

export interface DemoRequest {
  readonly seed: number;
  readonly foundation: Foundation;
}

/** Right answers on fresh mail. */
export interface Measured {
  readonly right: number;
  readonly of: number;
}

export type SliceName = 'overall' | EmailSlice;

export interface DemoResult {
  readonly run: Awaited<ReturnType<typeof runLoop>>;
  readonly traffic: Measured;
  /** In the order to show them. */
  readonly slices: readonly { readonly name: SliceName; readonly before: Measured; readonly after: Measured }[];
}

/**
 * The beginning of a spam filter's life, left to whoever looks at it: it is trained and has answered its traffic, in which
 * newsletters come to three people each. Of one copy the judge has said whether the answer is right.
 * @returns of the traffic, what it answered right
 */
export async function beginDemo(request: DemoRequest, workspace: Workspace, ui: ProgressUi): Promise<Measured> {
  const { plan, recorded } = await begin(request, workspace, ui, ({ group }) =>
    sliceOf(group) === 'hard-ham' ? 2 : 0,
  );
  return measure(plan.traffic, recorded, 'overall', plan);
}

/**
 * Takes a spam filter through its life: trained on the easy mail of one year, it answers the mail of the next,
 * newsletters among it; a rule judge compares its answers with the corpus's groups; one run of the loop; then fresh
 * mail is answered by the champion before and the champion after. All by the functions behind the command line.
 */
export async function runDemo(request: DemoRequest, workspace: Workspace, ui: ProgressUi): Promise<DemoResult> {
  const { ports } = workspace;
  const { plan, before, recorded } = await begin(request, workspace, ui, () => 0);
  const run = await runLoop(workspace, { modelId: demoModel, seed: request.seed }, ui);
  const after = await chooseCheckpoint(demoModel, null, ports);

  const fresh = Object.values(plan.fresh).flat();
  const answersBefore = await answer('answer fresh mail as before', fresh, before, workspace, ui);
  const answersAfter =
    after.checkpointId === before.checkpointId
      ? answersBefore
      : await answer('answer fresh mail as now', fresh, after, workspace, ui);
  const slices: readonly SliceName[] = ['overall', ...(Object.keys(plan.fresh) as EmailSlice[])];
  return {
    run,
    traffic: measure(plan.traffic, recorded, 'overall', plan),
    slices: slices.map((name) => ({
      name,
      before: measure(fresh, answersBefore, name, plan),
      after: measure(fresh, answersAfter, name, plan),
    })),
  };
}

/** @param copies how often a message of the traffic comes once more, and nobody says whether the answer is right */
async function begin(
  request: DemoRequest,
  workspace: Workspace,
  ui: ProgressUi,
  copies: (email: Email) => number,
): Promise<{ readonly plan: DemoPlan; readonly before: Checkpoint; readonly recorded: readonly Answered[] }> {
  ui.stageStarted('read the SpamAssassin corpus');
  const emails = await loadEmails((done, total) =>
    ui.stageProgress('read the SpamAssassin corpus', done, total, 'messages'),
  );
  const plan = planDemo(emails, request.seed, workspace.ports.random);
  ui.stageFinished('read the SpamAssassin corpus', `${emails.length} different messages`);

  const before = await train(plan, request, workspace, ui);
  const recorded = await answer('answer the traffic', plan.traffic, before, workspace, ui);
  await ingest({ traffic: plan.traffic, answers: recorded, checkpoint: before, copies }, workspace, ui);
  return { plan, before, recorded };
}

async function train(plan: DemoPlan, request: DemoRequest, { ports }: Workspace, ui: ProgressUi): Promise<Checkpoint> {
  const stage = 'create: train the first filter';
  ui.stageStarted(stage, `${plan.training.length} messages`);
  const { checkpoint } = await createModel(
    {
      modelId: demoModel,
      task: 'classification',
      labels: ['ham', 'spam'],
      examples: jsonLines(plan.training.map((email) => ({ input: email.text, output: labelOf(email.group) }))),
      backEnds: defaultBackEnds,
      trainerOptions: { foundation: request.foundation },
      settings: {},
      seed: request.seed,
      by: 'demo',
      onProgress: (done, total) => ui.stageProgress(stage, done, total, 'steps'),
    },
    ports,
  );
  ui.stageFinished(stage, '');
  return checkpoint ?? chooseCheckpoint(demoModel, null, ports);
}

interface Answered {
  readonly output: string | null;
  readonly confidence: number;
}

async function answer(
  stage: string,
  emails: readonly Email[],
  checkpoint: Checkpoint,
  { ports }: Workspace,
  ui: ProgressUi,
): Promise<readonly Answered[]> {
  ui.stageStarted(stage);
  const inputs = emails.map((email) => email.text);
  const answers = await answerWith(checkpoint, inputs, ports, {
    onProgress: (done, total) => ui.stageProgress(stage, done, total, 'messages'),
  });
  ui.stageFinished(stage, `${emails.length} messages`);
  return answers.map(({ output, confidence }) => ({ output: labelOrNull(output), confidence }));
}

const firstArrival = Date.parse('2002-10-01T08:00:00Z');
const minutesBetween = 11;

interface AnsweredTraffic {
  readonly traffic: readonly Email[];
  readonly answers: readonly Answered[];
  readonly checkpoint: Checkpoint;
  readonly copies: (email: Email) => number;
}

async function ingest(
  { traffic, answers, checkpoint, copies }: AnsweredTraffic,
  { ports }: Workspace,
  ui: ProgressUi,
): Promise<void> {
  ui.stageStarted('ingest the judged traffic');
  const answered = traffic.map((email, index) => ({
    traceId: email.emailId,
    timestamp: new Date(firstArrival + index * minutesBetween * 60_000).toISOString(),
    modelId: demoModel,
    checkpointId: checkpoint.checkpointId,
    input: email.text,
    output: answers[index]?.output ?? null,
    confidence: answers[index]?.confidence ?? 0,
    metadata: { slice: email.group },
  }));
  const lines = traffic.flatMap((email, index) => {
    const line = answered[index];
    if (line === undefined) return [];
    const judge = { kind: 'rule', id: 'corpus-group', reason: `filed under ${email.group}` };
    const again = Array.from({ length: copies(email) }, (_, at) => ({ ...line, traceId: `${line.traceId}+${at + 1}` }));
    return [{ ...line, expected: labelOf(email.group), judge }, ...again];
  });
  const result = await ingestTraces(
    { modelId: demoModel, sources: [{ name: 'traffic', open: async () => jsonLines(lines) }] },
    ports,
  );
  ui.stageFinished('ingest the judged traffic', `${result.ingested} traces, ${result.judgements} judgements`);
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}

function measure(emails: readonly Email[], answers: readonly Answered[], slice: SliceName, plan: DemoPlan): Measured {
  const members = slice === 'overall' ? null : new Set(plan.fresh[slice]);
  const rights = emails.flatMap((email, index) =>
    members === null || members.has(email) ? [answers[index]?.output === labelOf(email.group)] : [],
  );
  return { right: rights.filter(Boolean).length, of: rights.length };
}
