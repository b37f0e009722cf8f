import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { digest } from '../../shared/domain/base/ids.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import { nearDuplicateGroups } from '../../shared/domain/similarity/near-duplicates.ts';
import type { JudgedRecord } from '../../shared/domain/traces/trace-record.ts';
import { learnsAgain } from '../../shared/domain/triage/learns-again.ts';
import type { OutOfFold } from '../../shared/domain/triage/off-domain.ts';
import type { OutOfFoldPasses } from '../../shared/domain/triage/triage-records.ts';
import { answerWith, trainerNamed } from '../../shared/ports/back-ends.ts';
import { writeJsonl } from '../../shared/ports/documents.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { toEnd } from '../../shared/ports/to-end.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { labelOf } from '../../shared/tasks/classification/label.ts';
import type { Served } from '../adaptft/arms/score.ts';
import type { Labelled } from '../adaptft/perturbations/corpus.ts';
import type { Draw, Scenario } from '../adaptft/scenarios/scenario.ts';

const parts = 5;

export interface Asked {
  readonly scenario: Pick<Scenario, 'foundation'>;
  readonly draw: Pick<Draw, 'labels' | 'examples'>;
  readonly seed: number;
  /** Tells the files of one lineage from those of others. */
  readonly name: string;
}

/** Two passes of five fold models each, near-duplicates in one fold; the first examples train everywhere. */
export async function askOutOfFold(
  records: readonly JudgedRecord[],
  asked: Asked,
  ports: Ports,
): Promise<OutOfFoldPasses> {
  const groups = nearDuplicateGroups(records.map(({ input }) => input));
  const folds = records.map(
    (_, at) => Number.parseInt(digest('fold', String(groups[at] ?? at)).slice(0, 8), 16) % parts,
  );
  const first = await pass('first', () => true);
  const second = await pass('second', (record) => learnsAgain(record, first.get(record.traceId), classification));
  return { first, second };

  async function pass(name: string, learns: (record: JudgedRecord) => boolean): Promise<Map<string, OutOfFold>> {
    const answers = new Map<string, OutOfFold>();
    for (let fold = 0; fold < parts; fold += 1) {
      const held = records.filter((_, at) => folds[at] === fold);
      const learnt = records.filter((record, at) => folds[at] !== fold && learns(record));
      const served = await train(learnt, { ...asked, name: `${asked.name}-${name}-${fold}` }, ports);
      const inputs = held.map(({ input }) => input);
      const predictions = await answerWith(served, inputs, ports, { alternatives: asked.draw.labels.length });
      for (const [at, { traceId }] of held.entries()) {
        const alternatives = predictions[at]?.alternatives ?? [];
        answers.set(traceId, {
          labels: alternatives.map(({ output }) => labelOf(output)),
          probabilities: alternatives.map(({ confidence }) => confidence),
        });
      }
    }
    return answers;
  }
}

/** Trains on the first examples and on records with a given label. */
export async function train(records: readonly JudgedRecord[], asked: Asked, ports: Ports): Promise<Served> {
  const { scenario, draw, seed, name } = asked;
  const given = records.flatMap(({ input, expected }): Labelled[] =>
    expected === null ? [] : [{ input, output: expected }],
  );
  const datasetKey = `triage-suspects/${name}.jsonl`;
  const artifactKey = `triage-suspects/${name}.bin`;
  await writeJsonl(ports.objects, datasetKey, [...draw.examples, ...given].map(asExample));
  return toEnd(trainerNamed(defaultBackEnds.trainer, ports), artifactKey, {
    task: classificationTask(draw.labels),
    datasetKey,
    configuration: defaultConfiguration(scenario.foundation),
    seed,
    teacher: null,
    folds: null,
    artifactKey,
    predictor: defaultBackEnds.predictor,
  });
}

function asExample({ input, output }: Labelled, index: number): Example {
  return {
    exampleId: digest(String(index), input),
    input,
    output,
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: index + 1 },
    folds: [],
  };
}
