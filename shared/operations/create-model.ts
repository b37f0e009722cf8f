import { RatchetError } from '../domain/base/errors.ts';
import { canonicalJson, digest, idProblem, shortDigest } from '../domain/base/ids.ts';
import type { Json } from '../domain/base/json.ts';
import type { Output } from '../domain/base/output.ts';
import type { TaskKind } from '../domain/base/task-kind.ts';
import type { TaskSpec } from '../domain/base/task-spec.ts';
import { plural } from '../domain/base/wording.ts';
import { ledgerForTraining } from '../domain/evaluation/ledger.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Dataset } from '../domain/models/dataset.ts';
import type { Example } from '../domain/models/example.ts';
import type { BackEndNames, Model } from '../domain/models/model.ts';
import { type Settings, settingsSchema } from '../domain/models/settings.ts';
import type { FieldMap } from '../intake/normalise/field-map.ts';
import type { Note } from '../intake/normalise/notes.ts';
import { describeIssues } from '../intake/parse-json-line.ts';
import { type BadExampleLine, quotedVariant, readExampleLines, variantsAreOne } from '../intake/read-example-lines.ts';
import type { Deployable } from '../ports/deployer.ts';
import { kindNamed, kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { checkBackEnds, checkEndpoint } from './check-back-ends.ts';
import { checkConfirmed } from './check-confirmed.ts';
import { checkCritical } from './check-critical.ts';
import { crownFirst, modelExists, trainFirstCheckpoint, watchEndpoint } from './first-checkpoint.ts';

export interface CreateRequest {
  readonly modelId: string;
  /** Name of the task's kind. */
  readonly task: string;
  /** Labels (entity types, …) given by hand; those of the examples are added to them. */
  readonly labels: readonly string[];
  /** The first checkpoint's training examples, of any known format; null to register the model alone. */
  readonly examples: AsyncIterable<Uint8Array> | null;
  /** Of the file of examples, for messages. */
  readonly examplesName?: string;
  /** Name of the format of the examples; null to tell it by their content. */
  readonly examplesFormat?: string | null;
  /** Where inputs and outputs are in the examples, where their names do not tell. */
  readonly examplesMap?: FieldMap;
  /** Whether outputs that differ only in case, blanks or Unicode form stay different. */
  readonly keepVariants?: boolean;
  /** What is chosen of the task, by the names of its kind's options; the kind's own choice for what is not said. */
  readonly options?: Readonly<Record<string, string>>;
  readonly backEnds: BackEndNames;
  /**
   * Where the model is deployed already, to be watched: the predictor that asks it, with that one's options. Then the
   * examples train nothing; they are what the deployed model is known to have been trained on.
   */
  readonly endpoint?: { readonly predictor: string; readonly options: Json };
  /** What of the trainer's configurations is fixed for the model; the trainer checks it. */
  readonly trainerOptions: Json;
  readonly settings: Partial<Settings>;
  /** Where champions are brought to that come after the first; absent where nothing has to be. */
  readonly deployTo?: string;
  readonly seed: number;
  /** Who creates it. */
  readonly by: string;
  /** Adds to the examples that were read, once the task is known; what it gives trains with them. */
  readonly write?: (model: Model, examples: readonly Example[]) => Promise<readonly Example[]>;
  readonly onBadLine?: (bad: BadExampleLine) => void;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told of what a trainer fetches first; see {@link Trainer.prepare}. */
  readonly onFetch?: (file: string, done: number, total: number) => void;
}

export interface CreateResult {
  readonly model: Model;
  /** The first checkpoint, now the champion; null when there were no examples. */
  readonly checkpoint: Checkpoint | null;
  readonly dataset: Dataset | null;
  /** Lines of the examples that could not be used. */
  readonly refused: number;
  /** What was assumed of the labels given by hand. */
  readonly labelNotes?: readonly string[];
}

/**
 * Registers a model and, with examples, trains its first checkpoint and makes it the champion. A model that was
 * registered without examples gets its first checkpoint by the same call with examples (its labels are fixed by then).
 * One that is deployed elsewhere gets what answers there as its champion, and nothing is trained.
 * The model is registered after all else is written, so a fault before leaves no model behind.
 * @throws RatchetError InvalidInput, ModelExists, TrainingFailed
 */
export async function createModel(asked: CreateRequest, ports: Ports): Promise<CreateResult> {
  const problem = idProblem(asked.modelId);
  if (problem !== null) {
    throw new RatchetError('InvalidInput', `${JSON.stringify(asked.modelId.slice(0, 120))} cannot name a model.`, {
      mend: `For a model's name ${problem}.`,
    });
  }
  const registered = await modelWithoutChampion(asked, ports);
  const kind = registered === null ? kindNamed(asked.task, ports.tasks) : kindOf(registered, ports);
  const { labels, notes } = registered === null ? labelsGiven(asked, kind) : { labels: asked.labels, notes: [] };
  const request = { ...asked, labels };
  checkOptions(request.options ?? {}, kind, registered?.task ?? null);
  const { trainer, trainerOptions } = checkBackEnds(registered ?? { ...request, ...request.backEnds }, kind, ports);
  if (request.deployTo !== undefined) {
    checkDeployTo(request.deployTo, { trainer: trainer.name, trainerOptions }, ports);
  }
  const endpoint = request.endpoint === undefined ? null : checkEndpoint(request.endpoint, kind, ports);
  if (endpoint !== null) await trainer.check?.(trainerOptions);
  const read =
    request.examples === null ? null : await readExamples(request.examples, registered, kind, request, ports);
  const outputs = outputsOf(read?.examples ?? []);
  const model =
    registered ??
    newModel(
      request,
      kind.specFrom({ labels: request.labels, outputs, options: request.options ?? {} }),
      trainer.prepare === undefined ? trainerOptions : await trainer.prepare(trainerOptions, request.onFetch),
      ports,
    );
  const own = kindOf(model, ports);
  checkCritical(model, own);
  checkConfirmed(model, own);
  if (read === null && endpoint === null) {
    await register(model, ports);
    return { model, checkpoint: null, dataset: null, refused: 0, labelNotes: notes };
  }

  const found = read?.examples ?? [];
  const written = found.length === 0 || request.write === undefined ? [] : await request.write(model, found);
  const examples = [...found, ...written];
  const known = {
    model,
    examples,
    leftOut: read === null ? {} : { 'bad line': read.refused, duplicate: read.duplicates },
    notes: [
      ...(read?.notes ?? []),
      ...(written.length === 0
        ? []
        : [`${plural(written.length, 'example')} written by agents, each after a text and with its label`]),
    ],
    // Every fold's model trains them.
    ledger: ledgerForTraining(examples.map((example) => example.input)),
    seed: request.seed,
  };
  const first =
    endpoint === null
      ? await trainFirstCheckpoint(
          {
            ...known,
            trainer,
            // It has seen no traffic, so that it answers all of it honestly.
            parts: null,
            ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
          },
          ports,
        )
      : await watchEndpoint({ ...known, ...endpoint }, ports);
  if (registered === null) await register(model, ports);
  await crownFirst(first, request.by, ports);
  const { checkpoint, dataset } = first;
  return { model, checkpoint, dataset, refused: read?.refused ?? 0, labelNotes: notes };
}

function checkDeployTo(target: string, model: Deployable, { deployer }: Ports): void {
  const problem = deployer === undefined ? 'nothing can be deployed from here' : deployer.problem(target, model);
  if (problem === null) return;
  throw new RatchetError('InvalidInput', `${JSON.stringify(target.slice(0, 200))} cannot be deployed to.`, {
    mend: `For --deploy-to ${problem}.`,
  });
}

/**
 * The model when it is registered but was never trained; null when the name is free.
 * @throws RatchetError ModelExists
 */
async function modelWithoutChampion(request: CreateRequest, ports: Ports): Promise<Model | null> {
  const model = await ports.lineage.getModel(request.modelId);
  if (model === undefined) return null;
  const control = await ports.lineage.getControl(request.modelId);
  const givesNothing = request.examples === null && request.endpoint === undefined;
  if (givesNothing || (control?.championId ?? null) !== null) throw modelExists(request.modelId);
  return model;
}

async function readExamples(
  chunks: AsyncIterable<Uint8Array>,
  registered: Model | null,
  kind: TaskKind,
  request: CreateRequest,
  { formats }: Ports,
): Promise<FirstExamples> {
  if (registered !== null) checkLabels(kind.knownFacets(registered.task), request.labels, kind);
  const read = await readExampleLines(chunks, {
    kind,
    task: registered?.task ?? null,
    labels: request.labels,
    formats,
    name: request.examplesName ?? 'the file of examples',
    format: request.examplesFormat ?? null,
    ...(request.examplesMap === undefined ? {} : { map: request.examplesMap }),
    keepVariants: request.keepVariants ?? false,
    problemOf: (input, output) => (registered === null ? null : kind.problem(registered.task, input, output)),
    ...(registered === null ? { problemOfTaskOf: (outputs) => problemOfNew(kind, request, outputs) } : {}),
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
  return { examples, refused: read.refused, duplicates: read.duplicates, notes: read.notes.map(told) };
}

/** Why an output is no valid one of the task that all outputs make. */
function problemOfNew(kind: TaskKind, { labels, options = {} }: CreateRequest, outputs: readonly Output[]) {
  const task = kind.specFrom({ labels, outputs, options });
  const own = kind.boundTo?.(task) ?? kind;
  return (input: string, output: Output) => own.problem(task, input, output);
}

function noExamples(refused: number, { words }: TaskKind): RatchetError {
  return new RatchetError(
    'InvalidInput',
    refused === 0
      ? 'There are no examples: not one line.'
      : `None of the examples can be used (${plural(refused, 'bad line')}).`,
    { mend: `Write one {"input": "...", "output": ${words.output}} a line, or say where they are with --map.` },
  );
}

interface FirstExamples {
  readonly examples: readonly Example[];
  readonly refused: number;
  readonly duplicates: number;
  /** What was assumed when they were read. */
  readonly notes: readonly string[];
}

/** The labels given by hand, of those that differ only in how they are written the first. */
function labelsGiven(
  { labels, keepVariants = false }: CreateRequest,
  { form, output: schema }: TaskKind,
): { readonly labels: readonly string[]; readonly notes: readonly string[] } {
  if (keepVariants || form === undefined) return { labels, notes: [] };
  const kept = new Map<string, string>();
  const notes: string[] = [];
  for (const label of labels) {
    const parsed = schema.safeParse(label);
    const written = parsed.success ? form(parsed.data) : label;
    const first = kept.get(written);
    if (first === undefined) kept.set(written, label);
    else if (first !== label) notes.push(`${quotedVariant(label)} read as ${quotedVariant(first)}`);
  }
  return { labels: [...kept.values()], notes: notes.length === 0 ? [] : [...notes, variantsAreOne] };
}

function told({ text, count }: Note): string {
  return `${text} (${count})`;
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

/** Refuses what the task has no choice of, and what a registered task has chosen otherwise. */
function checkOptions(given: Readonly<Record<string, string>>, kind: TaskKind, registered: TaskSpec | null): void {
  const fixed = new Map(Object.entries(registered ?? {}));
  for (const [name, value] of Object.entries(given)) {
    const option = kind.options?.find((one) => one.name === name);
    if (option === undefined) {
      throw new RatchetError('InvalidInput', `The task ${kind.kind} has no option --${name}.`, {
        mend: `Leave it out. Its options are: ${kind.options?.map((one) => `--${one.name}`).join(', ') ?? 'none'}.`,
      });
    }
    if (option.values !== undefined && !option.values.includes(value)) {
      throw new RatchetError('InvalidInput', `--${name} cannot be ${JSON.stringify(value.slice(0, 80))}.`, {
        mend: `It is one of: ${option.values.join(', ')}.`,
      });
    }
    const before = fixed.get(name);
    if (registered !== null && !isChosen(before, value)) {
      const told = typeof before === 'string' ? `, with --${name} ${before}` : `, with another --${name} or none`;
      throw new RatchetError('InvalidInput', `The model is registered already${told}.`, {
        mend: `Leave --${name} out, or create a model of another name.`,
      });
    }
  }
}

/** Whether a choice on record is what is given: as a text, or as the JSON that it holds. */
function isChosen(before: unknown, given: string): boolean {
  if (before === undefined || typeof before === 'string') return before === given;
  try {
    return canonicalJson(before) === canonicalJson(JSON.parse(given));
  } catch {
    return false;
  }
}

function outputsOf(examples: readonly Example[]): readonly Output[] {
  return examples.map((example) => example.output);
}

function newModel(request: CreateRequest, task: TaskSpec, trainerOptions: Json, ports: Ports): Model {
  const settings = settingsSchema.safeParse(request.settings);
  if (!settings.success) {
    throw new RatchetError('InvalidInput', `Settings: ${describeIssues(settings.error)}.`, {
      mend: `Settings are: ${Object.keys(settingsSchema.shape).join(', ')}; docs/settings.md says what each may be.`,
    });
  }
  return {
    modelId: request.modelId,
    task,
    ...request.backEnds,
    trainerOptions,
    settings: settings.data,
    ...(request.deployTo === undefined ? {} : { deployTo: request.deployTo }),
    // From the seed, so that the same commands give the same splits; no trace's author knows it.
    splitSalt: digest('split-salt', request.modelId, String(request.seed)),
    createdAt: nowOf(ports),
    revision: 0,
    changes: [],
  };
}

async function register(model: Model, ports: Ports): Promise<void> {
  if (!(await ports.lineage.createModel(model))) throw modelExists(model.modelId);
}

function nowOf(ports: Ports): string {
  return new Date(ports.clock.now()).toISOString();
}
