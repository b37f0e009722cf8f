import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Json } from '../../domain/base/json.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { examplesBeside } from '../../domain/curriculum/examples-beside.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import {
  type JudgedRecord,
  judgedRecordSchema,
  type TriagedRecord,
  trains,
  triagedRecordSchema,
} from '../../domain/traces/trace-record.ts';
import { loneJudgeDetectors, looksForSuspects } from '../../domain/triage/detector-name.ts';
import { learnsAgain } from '../../domain/triage/learns-again.ts';
import type { Triage } from '../../domain/triage/triage.ts';
import { type OutOfFoldPasses, type TriageRequest, triageRecords } from '../../domain/triage/triage-records.ts';
import { cheapTrainer, initialConfiguration } from '../../ports/back-ends.ts';
import { readJson, readJsonl, writeJson, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Trainer } from '../../ports/trainer.ts';
import { analystRun } from '../engine/analyst-run.ts';
import { removeFoldFiles } from '../engine/fold-files.ts';
import { type LongStage, type StageContext, Unfinished } from '../engine/stage.ts';
import { type ChunkVerdicts, chunkVerdictsSchema, type JudgeReport, type JudgesFile } from '../state/judge-report.ts';
import { judgedSchema } from '../state/judged.ts';
import { preparedSchema, type RunPlan, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';
import { triagedSchema } from '../state/triaged.ts';
import { countVerdicts } from './count-verdicts.ts';
import { heldOfLoneJudges } from './lone-judges.ts';
import { type PassItem, probabilitiesOutOfFold } from './out-of-fold.ts';
import { withSecondOpinion } from './second-opinion.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  /** The chunks, in the order of the snapshot. */
  judged: z.array(judgedSchema),
});

type Input = z.infer<typeof inputSchema>;

/** How many chunks are read side by side. */
const chunksAtOnce = 10;

/** Names what each trace is: clean, fixable noise, poison or a suspect judgement, with its reason. */
export const triageTraces: LongStage<Input, z.infer<typeof triagedSchema>> = {
  name: 'triage-traces',
  long: true,
  input: inputSchema,
  output: triagedSchema,
  async run(input, context) {
    const { ports, key } = context;
    const plan = await readPlan(input.prepared, ports);
    const records = await readOrMake(input, context);
    const opinion = await withSecondOpinion(records, plan.model, context, analystRun(plan));
    if (opinion instanceof Unfinished) return opinion;
    const triaged = opinion.records;
    const judge = await readReport(input, context);
    const judgesKey = judge === null && opinion.report === null ? null : key('judges.json');
    if (judgesKey !== null) {
      const file: JudgesFile = { judge, secondOpinion: opinion.report };
      await writeJson(ports.objects, judgesKey, file);
    }
    const triagedKey = key('triaged.jsonl');
    await writeJsonl(ports.objects, triagedKey, triaged);
    const judgedAs = (verdict: string) => triaged.filter((record) => record.verdict === verdict).length;
    const notAsked = input.judged.reduce((sum, chunk) => sum + (chunk.notAsked ?? 0), 0);
    const notAskedUsd = input.judged.reduce((sum, chunk) => sum + (chunk.notAskedUsd ?? 0), 0);
    const count = (category: string) => triaged.filter((record) => record.triage.category === category).length;
    return {
      triagedKey,
      passes: judgedAs('pass'),
      failures: judgedAs('fail'),
      unknown: judgedAs('unknown'),
      clean: count('clean'),
      fixableNoise: count('fixable-noise'),
      poison: count('poison'),
      suspects: count('suspect-judgement'),
      judgesKey,
      ...(notAsked > 0 && { notAsked, notAskedUsd }),
    };
  },
  afterwards: (input, _output, ports) => removeFoldFiles('triage-traces', input, ports),
};

/** What triage finds; kept while a second opinion is waited for, so that it is found once. */
async function readOrMake(input: Input, context: StageContext): Promise<readonly TriagedRecord[]> {
  const { objects } = context.ports;
  const key = context.key('found.jsonl');
  if (context.handle !== null) {
    try {
      return await readJsonl(objects, key, triagedRecordSchema);
    } catch (error) {
      const isLost = error instanceof RatchetError && ['ObjectMissing', 'CorruptArtifact'].includes(error.name);
      if (!isLost) throw error;
    }
  }
  const found = await triage(input, context);
  await writeJsonl(objects, key, found);
  return found;
}

async function triage({ run, prepared, judged }: Input, context: StageContext): Promise<readonly TriagedRecord[]> {
  const { ports } = context;
  const plan = await readPlan(prepared, ports);
  const kind = kindOf(plan.model, ports);
  const chunks: (readonly JudgedRecord[])[] = [];
  for (const part of partsOf(judged, chunksAtOnce)) {
    chunks.push(
      ...(await Promise.all(part.map(({ judgedKey }) => readJsonl(ports.objects, judgedKey, judgedRecordSchema)))),
    );
  }
  const { records } = countVerdicts(chunks.flat(), await readVerdicts(judged, ports));
  const said = await whatModelsSay({ records, plan, kind, seed: run.seed }, context);
  const labels = kind.knownFacets(plan.model.task);
  const examples = (await readJsonl(ports.objects, plan.parentExamplesKey, exampleSchema)).filter(
    ({ provenance }) => provenance.kind === 'file',
  );
  const verdicts = triageRecords({ records, kind, labels, ...said, examples });
  return records.map((record): TriagedRecord => ({ ...record, triage: verdicts.get(record.traceId) ?? untriaged }));
}

function readVerdicts(judged: Input['judged'], { objects }: StageContext['ports']): Promise<readonly ChunkVerdicts[]> {
  const keys = judged.flatMap(({ verdictsKey }) => (verdictsKey === null ? [] : [verdictsKey]));
  return Promise.all(keys.map((key) => readJson(objects, key, chunkVerdictsSchema)));
}

/** What is to be told of the model's own judge; null where it need not agree with people. */
async function readReport({ judged }: Input, { ports }: StageContext): Promise<JudgeReport | null> {
  return countVerdicts([], await readVerdicts(judged, ports)).report;
}

/** Whether anything that the kind looks for is seen by what models say out of fold. */
function needsOpinion(kind: TaskKind): boolean {
  const isLone = loneJudgeDetectors.some((name) => kind.triage.includes(name));
  return kind.triage.includes('off-domain') || isLone || looksForSuspects(kind);
}

/**
 * What models say that have not seen a record: those of the first pass learn from all that was judged, those of the
 * second from what the first pass agrees with. And what is held, as it rests on one judge alone.
 */
async function whatModelsSay(
  request: { records: readonly JudgedRecord[]; plan: RunPlan; kind: TaskKind; seed: number },
  context: Pick<StageContext, 'ports' | 'key'>,
): Promise<Pick<TriageRequest, 'outOfFold' | 'held'>> {
  const { records, plan, kind, seed } = request;
  const { ports } = context;
  const trainer = cheapTrainer(plan.model, ports);
  if (trainer === null || !needsOpinion(kind)) return { outOfFold: { first: new Map(), second: new Map() } };
  const base = examplesBeside(
    records.map((record) => ({ input: record.input, teaches: record.expected !== null && trains(record) })),
    await readJsonl(ports.objects, plan.parentExamplesKey, exampleSchema),
  );
  const common = {
    parts: plan.parts,
    model: plan.model,
    trainer,
    configuration: initialConfiguration(trainer, optionsOf(trainer, plan)),
    seed,
  };
  const items = (learns: (record: JudgedRecord) => boolean) =>
    records.flatMap((record): PassItem[] => {
      const { traceId, input, folds, use, expected } = record;
      return expected !== null && trains(record) && learns(record)
        ? [{ traceId, input, folds, use, output: expected }]
        : [];
    });
  const pass = (name: string, place: number, learns: (record: JudgedRecord) => boolean) =>
    probabilitiesOutOfFold(
      {
        ...common,
        name: `${name}-`,
        learns: items(learns),
        asked: records,
        base,
        onProgress: (done, total) => ports.observer.progress(place * total + done, 2 * total, 'epochs'),
      },
      context,
    );
  const first = await pass('first', 0, () => true);
  const second = await pass('second', 1, (record) => learnsAgain(record, first.get(record.traceId), kind));
  const looks = loneJudgeDetectors.some((name) => kind.triage.includes(name));
  const held = looks
    ? await heldOfLoneJudges({ records, base, learns: items(() => true), kind, passes: common }, context)
    : new Map<string, Triage>();
  return { outOfFold: { first, second } satisfies OutOfFoldPasses, held };
}

/** What the champion's configuration fixes, where the trainer is its own; else what the model fixes, where it is the model's. */
function optionsOf(trainer: Trainer, { champion, model }: RunPlan): Json {
  if (champion.trainer === trainer.name) return trainer.options.parse(champion.configuration);
  return trainer.options.parse(model.trainer === trainer.name ? model.trainerOptions : {});
}

const untriaged = { category: 'clean', kind: 'none', reason: 'nothing speaks against it' } as const;
