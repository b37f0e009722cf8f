import { z } from 'zod';
import { type Example, exampleSchema } from '../../../shared/domain/models/example.ts';
import type { Settings } from '../../../shared/domain/models/settings.ts';
import { triagedRecordSchema } from '../../../shared/domain/traces/trace-record.ts';
import { encodeJsonl, readJsonl, writeJsonl } from '../../../shared/ports/documents.ts';
import { doneAtOnce } from '../../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { Ports } from '../../../shared/ports/ports.ts';
import { toEnd } from '../../../shared/ports/to-end.ts';
import type { Trainer, TrainingRequest } from '../../../shared/ports/trainer.ts';
import type { ArmName } from './unit-result.ts';

/**
 * Ratchet with one mechanism taken away, from outside: through the ports and the settings, while the stages stay as
 * they are.
 */
export interface Ablation {
  readonly settings: Partial<Settings>;
  ports(ports: Ports): Ports;
}

const asItIs: Ablation = { settings: {}, ports: (ports) => ports };

/** Everything that triage has sorted counts as clean. */
const withoutTriage: Ablation = {
  settings: {},
  ports: (ports) => ({ ...ports, objects: withTriageErased(ports.objects) }),
};

/** No probes are asked: no weakness is confirmed or refuted, and no failing probe joins the gold. */
const withoutProbes: Ablation = {
  settings: {},
  ports: (ports) => ({
    ...ports,
    analysts: new Map(
      [...ports.analysts].map(([name, analyst]) => [name, { ...analyst, probes: doneAtOnce(async () => []) }]),
    ),
  }),
};

/** Passing traces near a failure train as any other passing trace: at the mean weight of the gold. */
const withoutHardNegatives: Ablation = {
  settings: {},
  ports: (ports) =>
    withDatasets(ports, (examples) => {
      const gold = examples.filter(({ slice }) => slice === 'gold');
      const mean = gold.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, gold.length);
      return gold.length === 0
        ? examples
        : examples.map((each) => (each.slice === 'hard-negative' ? { ...each, weight: mean } : each));
    }),
};

/** Nothing of the parent's dataset trains again, in neither mode. */
const withoutReplay: Ablation = {
  settings: {},
  ports: (ports) =>
    withDatasets(ports, (examples) => {
      const rest = examples.filter(({ slice }) => slice !== 'replay');
      return rest.length === 0 ? examples : rest;
    }),
};

/**
 * A candidate that gains more than it loses out of fold is promoted, whatever it forgets. The rule of the gain cannot be
 * switched off by the settings altogether: α ends at 0.5, which asks for just that. The test of every label stays.
 */
const withoutGate: Ablation = {
  settings: { caution: 'strict', alpha: 0.5, memoryAbsolute: 1_000_000, enoughFailures: 1, enoughRecords: 1 },
  ports: (ports) => ports,
};

/** Configurations of every trainer here, without what each has to learn from the champion by. */
const apart = z
  .looseObject({ interpolation: z.number(), distillation: z.number().optional() })
  .transform(({ distillation, ...rest }) => ({
    ...rest,
    interpolation: 0,
    ...(distillation === undefined ? {} : { distillation: 0 }),
  }));

/** No candidate learns from the champion, by its probabilities or by its weights. */
const withoutDistillation: Ablation = {
  settings: {},
  ports: (ports) =>
    withTraining(ports, async (request) => ({
      ...request,
      configuration: apart.parse(request.configuration),
      teacher: null,
    })),
};

/** Served is one model of all that was kept; the fold models still give the evidence. */
const withoutAveraging: Ablation = {
  settings: {},
  ports: (ports) =>
    withTrainers(ports, (trainer) => ({
      ...trainer,
      start: async (key, request, deadline, onProgress) => {
        const folded = await trainer.start(key, request, deadline, onProgress);
        if (request.folds === null || isOfTriage(request) || folded.status !== 'done') return folded;
        const whole = { ...request, folds: null, artifactKey: `${request.artifactKey}.whole` };
        const { served } = await toEnd(trainer, `${key}.whole`, whole);
        return { ...folded, value: { ...folded.value, served } };
      },
    })),
};

export const ablations: Readonly<Partial<Record<ArmName, Ablation>>> = {
  ratchet: asItIs,
  'ratchet-triage': withoutTriage,
  'ratchet-probes': withoutProbes,
  'ratchet-hard-negatives': withoutHardNegatives,
  'ratchet-replay': withoutReplay,
  'ratchet-gate': withoutGate,
  'ratchet-distillation': withoutDistillation,
  'ratchet-averaging': withoutAveraging,
};

function withTrainers(ports: Ports, change: (trainer: Trainer) => Trainer): Ports {
  return { ...ports, trainers: new Map([...ports.trainers].map(([name, trainer]) => [name, change(trainer)])) };
}

/** Changes what is asked of every trainer. */
function withTraining(ports: Ports, change: (request: TrainingRequest) => Promise<TrainingRequest>): Ports {
  return withTrainers(ports, (trainer) => ({
    ...trainer,
    start: async (key, request, deadline, onProgress) =>
      trainer.start(key, await change(request), deadline, onProgress),
  }));
}

/** Changes what candidates and their fold models train on, and leaves the first checkpoint and triage's passes alone. */
function withDatasets(ports: Ports, change: (examples: readonly Example[]) => readonly Example[]): Ports {
  return withTraining(ports, async (request) => {
    if (isOfTriage(request)) return request;
    const examples = await readJsonl(ports.objects, request.datasetKey, exampleSchema);
    if (examples.every(({ slice }) => slice === 'gold')) return request;
    const datasetKey = `ablated/${request.datasetKey}`;
    await writeJsonl(ports.objects, datasetKey, change(examples));
    return { ...request, datasetKey };
  });
}

function isOfTriage({ datasetKey }: TrainingRequest): boolean {
  return datasetKey.includes('/triage-traces/');
}

const nothingFound = { category: 'clean', kind: 'none', reason: 'triage is switched off' } as const;

function withTriageErased(objects: ObjectStore): ObjectStore {
  return {
    get: (key) => objects.get(key),
    putIfAbsent: (key, body) => objects.putIfAbsent(key, body),
    withLocalFile: (key, use) => objects.withLocalFile(key, use),
    list: (prefix) => objects.list(prefix),
    delete: (key) => objects.delete(key),
    async put(key, body) {
      if (!key.endsWith('/triage-traces/all/triaged.jsonl')) return objects.put(key, body);
      const records = new TextDecoder()
        .decode(body)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ ...triagedRecordSchema.parse(JSON.parse(line)), triage: nothingFound }));
      return objects.put(key, encodeJsonl(records));
    },
  };
}
