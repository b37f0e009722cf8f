import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { embeddedPredictorFacts, embeddedTrainerFacts } from '../../shared/adapters/backends/embedded/facts.ts';
import { storeArtifact } from '../../shared/adapters/backends/store-artifact.ts';
import { createRuleJudge } from '../../shared/adapters/judges/rule-judge.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { createFormats } from '../../shared/composition/create-formats.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { digest } from '../../shared/domain/base/ids.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import { doneAtOnce } from '../../shared/ports/long-work.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { CountingIds } from './counting-ids.ts';
import { FixedClock } from './fixed-clock.ts';
import { MemoryLineageStore } from './memory-lineage-store.ts';
import { MemoryObjectStore } from './memory-object-store.ts';
import { MemoryTraceLog } from './memory-trace-log.ts';
import { trainFoldModels } from './train-fold-models.ts';

export interface MemoryPorts extends Ports {
  readonly objects: MemoryObjectStore;
  readonly lineage: MemoryLineageStore;
  readonly traceLog: MemoryTraceLog;
  readonly clock: FixedClock;
}

/**
 * Ports whose stores are in memory, with a trainer that learns nothing and a predictor that answers by a given rule.
 */
export function memoryPorts(options: { answer?: (input: string, served: Served) => string | null } = {}): MemoryPorts {
  const clock = new FixedClock('2026-01-01T00:00:00Z');
  const objects = new MemoryObjectStore();
  const trainer: Trainer = {
    ...embeddedTrainerFacts,
    ...doneAtOnce(async ({ datasetKey, configuration, artifactKey, folds: plan }) => {
      const examples = await objects.get(datasetKey);
      const artifact = new TextEncoder().encode(digest(examples ?? '', JSON.stringify(configuration)));
      const store = async (key: string): Promise<Served> => {
        const stored = await storeArtifact(objects, key, artifact);
        return { predictor: embeddedPredictorFacts.name, ref: key, digest: stored.digest };
      };
      const folds = await trainFoldModels(plan, [], (_, key) => store(key));
      return { served: await store(artifactKey), folds, bytes: artifact.length, examples: 0, finalLoss: null };
    }),
  };
  const predictor: Predictor = {
    ...embeddedPredictorFacts,
    async predict(served, inputs) {
      return inputs.map((input) => {
        const label = options.answer?.(input, served) ?? null;
        const output = label === null ? null : labelOutput(label);
        return {
          output,
          confidence: output === null ? 0 : 0.9,
          alternatives: output === null ? [] : [{ output, confidence: 0.9 }],
        };
      });
    },
  };
  const judge = createRuleJudge({ tasks: taskKinds });
  const analyst = createStatisticalAnalyst({ tasks: taskKinds });
  return {
    objects,
    lineage: new MemoryLineageStore(),
    traceLog: new MemoryTraceLog(clock),
    traceQuery: {
      async query() {
        throw new RatchetError('ForbiddenQuery', 'These ports have no query engine.');
      },
    },
    tasks: taskKinds,
    formats: createFormats(),
    trainers: new Map([[trainer.name, trainer]]),
    predictors: new Map([[predictor.name, predictor]]),
    analysts: new Map([[analyst.name, analyst]]),
    judges: new Map([[judge.name, judge]]),
    clock,
    ids: new CountingIds(),
    random: new SeededRandom(),
    observer: { progress: () => undefined, note: () => undefined },
    owners: { stateOf: async () => 'unknown' },
  };
}
