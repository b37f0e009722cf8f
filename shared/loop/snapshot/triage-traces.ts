import { z } from 'zod';
import type { Json } from '../../domain/base/json.ts';
import { partsOf } from '../../domain/base/part-size.ts';
import { sameAnswer } from '../../domain/base/same-answer.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { type JudgedRecord, judgedRecordSchema, type TriagedRecord } from '../../domain/traces/trace-record.ts';
import { type DetectorName, suspectDetectors } from '../../domain/triage/detector-name.ts';
import { triageRecords } from '../../domain/triage/triage-records.ts';
import { cheapTrainer, initialConfiguration } from '../../ports/back-ends.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Trainer } from '../../ports/trainer.ts';
import { removeFoldFiles } from '../engine/fold-files.ts';
import type { Stage } from '../engine/stage.ts';
import { judgedSchema } from '../state/judged.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { stageHead } from '../state/stage-head.ts';
import { triagedSchema } from '../state/triaged.ts';
import { folds, type OutOfFoldAnswers, outOfFoldProbabilities } from './out-of-fold.ts';

const inputSchema = z.strictObject({
  ...stageHead,
  prepared: preparedSchema,
  /** The chunks, in the order of the snapshot. */
  judged: z.array(judgedSchema),
});

/** How many chunks are read side by side. */
const chunksAtOnce = 10;

/** Names what each trace is: clean, fixable noise, poison or a suspect judgement, with its reason. */
export const triageTraces: Stage<z.infer<typeof inputSchema>, z.infer<typeof triagedSchema>> = {
  name: 'triage-traces',
  input: inputSchema,
  output: triagedSchema,
  async run({ run, prepared, judged }, context) {
    const { ports, key } = context;
    const plan = await readPlan(prepared, ports);
    const kind = kindOf(plan.model, ports);
    const chunks: (readonly JudgedRecord[])[] = [];
    for (const part of partsOf(judged, chunksAtOnce)) {
      chunks.push(
        ...(await Promise.all(part.map(({ judgedKey }) => readJsonl(ports.objects, judgedKey, judgedRecordSchema)))),
      );
    }
    const records = chunks.flat();
    const read = new Set(records.flatMap(({ input, judgement }) => (judgement?.judge.kind === 'human' ? [input] : [])));
    // What a person has since judged counts as the person says, and no longer as the champion learnt it.
    const base = (await readJsonl(ports.objects, plan.parentExamplesKey, exampleSchema)).filter(
      ({ input }) => !read.has(input),
    );
    const trainer = cheapTrainer(plan.model, ports);
    let foldsDone = 0;
    const onFold = () => {
      foldsDone += 1;
      ports.observer.progress(foldsDone, 2 * folds, 'folds');
    };
    const askOutOfFold = async (name: string, learns: (record: JudgedRecord) => boolean): Promise<OutOfFoldAnswers> =>
      trainer === null || !needsOpinion(kind)
        ? noAnswers
        : outOfFoldProbabilities({
            items: records.map((record) => ({
              id: record.traceId,
              input: record.input,
              output: learns(record) ? record.expected : null,
            })),
            base,
            model: plan.model,
            trainer,
            configuration: initialConfiguration(trainer, optionsOf(trainer, plan.champion)),
            seed: run.seed,
            context,
            name: `${name}-`,
            onFold,
          });
    const outOfFold = await askOutOfFold('all', () => true);
    const agreedOnly = await askOutOfFold('agreed', (record) => isAgreed(record, kind));
    const verdicts = triageRecords({
      records,
      kind,
      labels: kind.knownFacets(plan.model.task),
      outOfFold: outOfFold.items,
      agreedOnly: agreedOnly.items,
      trusted: base.flatMap(({ exampleId, output }) => {
        const found = outOfFold.base.get(exampleId);
        return found === undefined ? [] : [{ given: kind.key(output), outOfFold: found }];
      }),
    });
    const triaged = records.map(
      (record): TriagedRecord => ({ ...record, triage: verdicts.get(record.traceId) ?? untriaged }),
    );
    const triagedKey = key('triaged.jsonl');
    await writeJsonl(ports.objects, triagedKey, triaged);
    const judgedAs = (verdict: string) => records.filter((record) => record.verdict === verdict).length;
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
    };
  },
  afterwards: (input, _output, ports) => removeFoldFiles('triage-traces', input, ports),
};

/** Whether anything that the kind looks for is seen by what models say out of fold. */
function needsOpinion({ triage }: TaskKind): boolean {
  const seen: readonly DetectorName[] = ['off-domain', ...suspectDetectors];
  return seen.some((name) => triage.includes(name));
}

/** Whether nothing speaks against the expected output: the champion says the same, or a person has judged. */
function isAgreed({ answer, expected, judgement }: JudgedRecord, kind: TaskKind): boolean {
  return sameAnswer(kind, answer, expected) || judgement?.judge.kind === 'human';
}

/** What the champion's configuration fixes, where the trainer is its own. */
function optionsOf(trainer: Trainer, champion: Checkpoint): Json {
  return trainer.options.parse(champion.trainer === trainer.name ? champion.configuration : {});
}

const noAnswers: OutOfFoldAnswers = { items: new Map(), base: new Map() };

const untriaged = { category: 'clean', kind: 'none', reason: 'nothing speaks against it' } as const;
