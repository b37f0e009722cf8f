import { defaultConfiguration } from '../../shared/adapters/backends/embedded/search-space.ts';
import type { Taxonomy } from '../../shared/domain/diagnosis/taxonomy.ts';
import type { Configuration } from '../../shared/domain/models/configuration.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import type { SplitRecord } from '../../shared/domain/traces/trace-record.ts';
import { decideNext } from '../../shared/loop/decision/decide-next.ts';
import { Unfinished } from '../../shared/loop/engine/stage.ts';
import type { GatedCandidate } from '../../shared/loop/state/gate-result.ts';
import { type History, historySchema } from '../../shared/loop/state/iteration.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import { readJson, writeJson, writeJsonl } from '../../shared/ports/documents.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import { agentsWith } from './agents-analyst.ts';
import { gated, type Made } from './gated-candidate.ts';
import { sampleModel } from './lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from './memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from './record-samples.ts';
import { stageContext } from './stage-context.ts';

export const made = (epochs: number): Configuration => ({ ...defaultConfiguration('none'), epochs });

const nothingFails: Taxonomy = { clusters: [], confusions: [], unclustered: 0, causes: {} };

/** What `decide-next` makes of candidates: of the first iteration, or of the one after a history. */
export async function decide(
  candidatesMade: Readonly<Record<string, Made>>,
  options: {
    settings?: Partial<Settings>;
    history?: History;
    best?: string;
    excess?: GatedCandidate['excess'];
    neighbours?: Trainer['neighbours'];
    chat?: ChatModel;
    taxonomy?: Taxonomy;
    records?: readonly SplitRecord[];
    /** Those of an iteration before. */
    ports?: MemoryPorts;
    /** The store as the stage and its agents have it. */
    seen?: (objects: ObjectStore) => ObjectStore;
    key?: (file: string) => string;
  } = {},
) {
  const inMemory = options.ports ?? memoryPorts();
  const objects = options.seen?.(inMemory.objects) ?? inMemory.objects;
  const { analyst, budgets } = agentsWith(options.chat ?? null, { objects });
  const given = { ...inMemory, analysts: new Map([...inMemory.analysts, [analyst.name, analyst]]) };
  const trainers = [...given.trainers].map(
    ([name, trainer]) =>
      [name, { ...trainer, ...(options.neighbours === undefined ? {} : { neighbours: options.neighbours }) }] as const,
  );
  const ports = { ...given, trainers: new Map(trainers) };
  const sample = sampleModel();
  const model = {
    ...sample,
    ...(options.chat !== undefined && { analyst: analyst.name }),
    settings: { ...sample.settings, ...options.settings },
  };
  await putPlan(ports, { model });
  const iteration = options.history === undefined ? 1 : options.history.iterations.length + 1;
  const candidates = Object.entries(candidatesMade).map(([id, one]) => ({
    ...gated(id, one, model.settings),
    ...(options.excess === undefined ? {} : { excess: options.excess }),
  }));
  for (const [at, { candidate }] of candidates.entries()) {
    await writeJson(ports.objects, candidate.key, {
      candidateId: candidate.candidateId,
      iteration,
      checkpointId: candidate.checkpointId,
      datasetId: 'd2',
      datasetKey: 'd2.jsonl',
      mode: 'extend',
      configuration: made(iteration * 10 + at),
      artifactKey: 'artifact.bin',
      folds: { parts: 10, models: [] },
    });
  }
  await writeJson(ports.objects, 'gate.json', { candidates });
  await writeJson(ports.objects, 'taxonomy.json', options.taxonomy ?? nothingFails);
  await writeJsonl(ports.objects, 'records.jsonl', options.records ?? []);
  if (options.history !== undefined) await writeJson(ports.objects, 'history.json', options.history);
  const best = candidates.find(({ candidate }) => candidate.candidateId === options.best) ?? candidates[0];
  if (best === undefined) throw new Error('no candidate');
  const output = await decideNext.run(
    {
      ...sampleHead,
      iteration,
      prepared: samplePrepared,
      split: { recordsKey: 'records.jsonl' },
      taxonomyKey: 'taxonomy.json',
      step: {
        number: iteration,
        kind: iteration === 1 ? 'first' : 'tune',
        move: iteration === 1 ? 'first' : 'configurations-x',
        historyKey: options.history === undefined ? null : 'history.json',
      },
      gate: {
        gateKey: 'gate.json',
        best: best.candidate,
        score: best.score,
        championScore: 0.8,
        outcome: best.verdict.outcome,
      },
    },
    stageContext({ ...ports, objects }, options.key ?? ((file) => `out/${file}`)),
  );
  if (output instanceof Unfinished) throw new Error('it goes on');
  const history = await readJson(ports.objects, output.historyKey ?? '', historySchema);
  return { output, history, ports, budgets };
}
