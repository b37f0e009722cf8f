import { RatchetError } from '../domain/base/errors.ts';
import { digest, idProblem, shortDigest, shortDigestOfAll } from '../domain/base/ids.ts';
import type { Json } from '../domain/base/json.ts';
import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import { plural } from '../domain/base/wording.ts';
import { ledgerForTraining } from '../domain/evaluation/ledger.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import { artifactKey, checkpointId, datasetKey } from '../domain/models/checkpoint-id.ts';
import { moveChampion } from '../domain/models/control.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import type { Example } from '../domain/models/example.ts';
import type { BackEndNames, Model } from '../domain/models/model.ts';
import { type Settings, settingsSchema } from '../domain/models/settings.ts';
import { type BadExampleLine, readExampleLines } from '../intake/read-example-lines.ts';
import { initialConfiguration } from '../ports/back-ends.ts';
import { encodeJsonl } from '../ports/documents.ts';
import { kindNamed, kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { toEnd } from '../ports/to-end.ts';
import { checkBackEnds } from './check-back-ends.ts';
import { checkCritical } from './check-critical.ts';
import { updateControl } from './control-item.ts';
import { writeLedgerSegment } from './fold-ledger.ts';

export interface CreateRequest {
  readonly modelId: string;
  /** Name of the task's kind. */
  readonly task: string;
  /** Labels (entity types, …) given by hand; those of the examples are added to them. */
  readonly labels: readonly string[];
  /** The first checkpoint's training examples, JSON lines; null to register the model alone. */
  readonly examples: AsyncIterable<Uint8Array> | null;
  readonly backEnds: BackEndNames;
  /** What of the trainer's configurations is fixed for the model; the trainer checks it. */
  readonly trainerOptions: Json;
  readonly settings: Partial<Settings>;
  readonly seed: number;
  /** Who creates it. */
  readonly by: string;
  readonly onBadLine?: (bad: BadExampleLine) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CreateResult {
  readonly model: Model;
  /** The first checkpoint, now the champion; null when there were no examples. */
  readonly checkpoint: Checkpoint | null;
  readonly dataset: Dataset | null;
  /** Lines of the examples that could not be used. */
  readonly refused: number;
}

/**
 * Registers a model and, with examples, trains its first checkpoint and makes it the champion. A model that was
 * registered without examples gets its first checkpoint by the same call with examples (its labels are fixed by then).
 * The model is registered after all else is written, so a fault before leaves no model behind.
 * @throws RatchetError InvalidInput, ModelExists, TrainingFailed
 */
export async function createModel(request: CreateRequest, ports: Ports): Promise<CreateResult> {
  const problem = idProblem(request.modelId);
  if (problem !== null) {
    throw new RatchetError('InvalidInput', `${JSON.stringify(request.modelId.slice(0, 120))} cannot name a model.`, {
      mend: `For a model's name ${problem}.`,
    });
  }
  const registered = await modelWithoutChampion(request, ports);
  const kind = registered === null ? kindNamed(request.task, ports.tasks) : kindOf(registered, ports);
  const { trainer, trainerOptions } = checkBackEnds(registered ?? { ...request, ...request.backEnds }, kind, ports);
  const given = request.examples === null ? null : await readExamples(request.examples, registered, kind, request);
  const outputs = outputsOf(given?.examples ?? []);
  const model =
    registered ?? newModel(request, kind.specFrom({ labels: request.labels, outputs }), trainerOptions, ports);
  checkCritical(model, kind);
  const read = given === null ? null : withoutBadOutputs(given, model, kind, request);
  const examples = read?.examples ?? [];
  if (read === null) {
    await register(model, ports);
    return { model, checkpoint: null, dataset: null, refused: 0 };
  }

  const dataset = initialDataset(model, examples, read, kind, ports);
  await ports.objects.put(dataset.key, encodeJsonl(examples));
  const configuration = initialConfiguration(trainer, model.trainerOptions);
  const id = checkpointId({
    ...model,
    datasetId: dataset.datasetId,
    configuration,
    seed: request.seed,
    teacherId: null,
    parts: null,
  });
  const trained = await toEnd(
    trainer,
    id,
    {
      task: model.task,
      datasetKey: dataset.key,
      configuration,
      seed: request.seed,
      teacher: null,
      folds: null,
      artifactKey: artifactKey(model.modelId, id),
      predictor: model.predictor,
    },
    request.onProgress,
  );
  const checkpoint: Checkpoint = {
    checkpointId: id,
    modelId: model.modelId,
    parentId: null,
    datasetId: dataset.datasetId,
    trainer: model.trainer,
    configuration,
    seed: request.seed,
    task: model.task,
    served: trained.served,
    // It has seen no traffic, so that it answers all of it honestly.
    folds: null,
    runId: null,
    createdAt: nowOf(ports),
    scores: {},
  };
  await writeLedgerSegment(model.modelId, 'create', ledgerForTraining(examples.map((example) => example.input)), ports);
  await ports.lineage.putDataset(dataset);
  await ports.lineage.putCheckpoint(checkpoint);
  if (registered === null) await register(model, ports);
  await crown(checkpoint, request.by, ports);
  return { model, checkpoint, dataset, refused: read.refused };
}

/**
 * The model when it is registered but was never trained; null when the name is free.
 * @throws RatchetError ModelExists
 */
async function modelWithoutChampion(request: CreateRequest, ports: Ports): Promise<Model | null> {
  const model = await ports.lineage.getModel(request.modelId);
  if (model === undefined) return null;
  const control = await ports.lineage.getControl(request.modelId);
  if (request.examples === null || (control?.championId ?? null) !== null) throw modelExists(request.modelId);
  return model;
}

async function readExamples(
  chunks: AsyncIterable<Uint8Array>,
  registered: Model | null,
  kind: TaskKind,
  request: CreateRequest,
): Promise<FirstExamples> {
  if (registered !== null) checkLabels(kind.knownFacets(registered.task), request.labels, kind);
  const read = await readExampleLines(chunks, {
    kind,
    problemOf: (input, output) => (registered === null ? null : kind.problem(registered.task, input, output)),
    ...(request.onBadLine === undefined ? {} : { onBadLine: request.onBadLine }),
  });
  if (read.lines.length === 0) throw noExamples(read.refused, kind);
  const examples = read.lines.map(
    ({ line, input, output }): Example => ({
      exampleId: shortDigest(input, kind.key(output)),
      input,
      output,
      weight: 1,
      slice: 'gold',
      provenance: { kind: 'file', line },
      folds: [],
    }),
  );
  return { examples, refused: read.refused, duplicates: read.duplicates };
}

/** The task is known only once the examples are read; those whose output is no valid one of it are refused then. */
function withoutBadOutputs(
  read: FirstExamples,
  { task }: Model,
  kind: TaskKind,
  request: CreateRequest,
): FirstExamples {
  const examples = read.examples.filter(({ input, output, provenance }) => {
    const problem = kind.problem(task, input, output);
    if (problem === null) return true;
    const line = provenance.kind === 'file' ? provenance.line : 0;
    request.onBadLine?.({ line, ...problem, text: input.slice(0, 300) });
    return false;
  });
  const refused = read.refused + read.examples.length - examples.length;
  if (examples.length === 0) throw noExamples(refused, kind);
  return { ...read, examples, refused };
}

function noExamples(refused: number, { words }: TaskKind): RatchetError {
  return new RatchetError(
    'InvalidInput',
    refused === 0
      ? 'There are no examples: not one line.'
      : `None of the examples can be used (${plural(refused, 'bad line')}).`,
    { mend: `Write one {"input": "...", "output": ${words.output}} a line.` },
  );
}

interface FirstExamples {
  readonly examples: readonly Example[];
  readonly refused: number;
  readonly duplicates: number;
}

/** Refuses labels (entity types, …) that the registered task does not have. */
function checkLabels(known: readonly string[], labels: readonly string[], { words }: TaskKind): void {
  const wrong = labels.find((label) => !known.includes(label));
  if (wrong === undefined) return;
  throw new RatchetError(
    'InvalidInput',
    `The model is registered already, and ${words.facet} ${JSON.stringify(wrong.slice(0, 80))} is not one of ` +
      `the model's ${known.length}.`,
    { mend: 'Leave --labels out, or create a model of another name.' },
  );
}

function outputsOf(examples: readonly Example[]): readonly Output[] {
  return examples.map((example) => example.output);
}

function newModel(request: CreateRequest, task: TaskSpec, trainerOptions: Json, ports: Ports): Model {
  const settings = settingsSchema.safeParse(request.settings);
  if (!settings.success) {
    const issue = settings.error.issues[0];
    throw new RatchetError('InvalidInput', `Setting ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}.`);
  }
  return {
    modelId: request.modelId,
    task,
    ...request.backEnds,
    trainerOptions,
    settings: settings.data,
    // From the seed, so that the same commands give the same splits; no trace's author knows it.
    splitSalt: digest('split-salt', request.modelId, String(request.seed)),
    createdAt: nowOf(ports),
    revision: 0,
    changes: [],
  };
}

function initialDataset(
  model: Model,
  examples: readonly Example[],
  read: { refused: number; duplicates: number },
  kind: TaskKind,
  ports: Ports,
): Dataset {
  const datasetId = shortDigestOfAll(
    examples.map((example) => JSON.stringify([example.input, kind.key(example.output)])),
  );
  const covered = new Set(examples.flatMap((example) => kind.facets(example.output)));
  const uncovered = kind.knownFacets(model.task).filter((label) => !covered.has(label));
  return {
    datasetId,
    modelId: model.modelId,
    parentId: null,
    mode: 'initial',
    runId: null,
    iteration: 0,
    key: datasetKey(model.modelId, datasetId),
    manifest: {
      examples: examples.length,
      labels: covered.size,
      bands: [],
      controls: [],
      leftOut: { 'bad line': read.refused, duplicate: read.duplicates },
      notes:
        uncovered.length === 0
          ? []
          : [`no example of: ${uncovered.slice(0, 20).join(', ')}${uncovered.length > 20 ? ', …' : ''}`],
    },
    createdAt: nowOf(ports),
  };
}

async function register(model: Model, ports: Ports): Promise<void> {
  if (!(await ports.lineage.createModel(model))) throw modelExists(model.modelId);
}

async function crown(checkpoint: Checkpoint, by: string, ports: Ports): Promise<void> {
  await updateControl(checkpoint.modelId, ports, (control) => {
    if (control.championId === checkpoint.checkpointId) return null;
    if (control.championId !== null) throw modelExists(checkpoint.modelId);
    return moveChampion(control, {
      at: nowOf(ports),
      to: checkpoint.checkpointId,
      kind: 'create',
      by,
      reason: 'first checkpoint',
    });
  });
}

function modelExists(modelId: string): RatchetError {
  return new RatchetError('ModelExists', `There is a model named ${modelId} already.`);
}

function nowOf(ports: Ports): string {
  return new Date(ports.clock.now()).toISOString();
}
