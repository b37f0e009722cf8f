import { type Command, Option } from 'commander';
import { z } from 'zod';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { idProblem } from '../../shared/domain/base/ids.ts';
import type { TaskWords } from '../../shared/domain/base/task-kind.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import { type Settings, settingsSchema } from '../../shared/domain/models/settings.ts';
import { describeIssues } from '../../shared/intake/parse-json-line.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { assignments, commaSeparated, fraction, wholeNumber } from '../arguments.ts';
import { backEndNames } from '../back-end-names.ts';
import { BadLineReporter } from '../bad-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { inputName, openInput } from '../open-input.ts';
import { person } from '../person.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';

/** What can be chosen of a task, of all kinds. */
const taskOptions = [...taskKinds.values()].flatMap(({ kind, options = [] }) =>
  options.map((option) => ({ ...option, kind })),
);

const settingNames = Object.keys(settingsSchema.shape);

const help = `
Example:
  $ head -2 labelled.jsonl
  {"input": "Win a prize now!!!", "output": "spam"}
  {"input": "Minutes of Tuesday's meeting", "output": "ham"}
  $ ratchet create spam-filter --task classification --examples labelled.jsonl

Labels are given, or taken from the examples, or both. Without examples the model is only registered; the same command
with --examples trains its first checkpoint later. Settings for --set:
  ${settingNames.filter((name) => name !== 'critical').join(', ')}.`;

const optionsSchema = z.object({
  task: z.enum([...taskKinds.keys()]),
  labels: z.array(z.string()).default([]),
  examples: z.string().optional(),
  keepLabelVariants: z.boolean().default(false),
  trainer: z.string().optional(),
  predictor: z.string().optional(),
  analyst: z.string(),
  judge: z.string(),
  foundation: z.string().optional(),
  seed: z.int(),
  targetScore: z.number().optional(),
  maxIterations: z.int().optional(),
  caution: settingsSchema.shape.caution.unwrap().optional(),
  critical: z.array(z.string()).optional(),
  set: z.array(z.tuple([z.string(), z.union([z.string(), z.number()])])).default([]),
});

const taskOptionsSchema = z.object(Object.fromEntries(taskOptions.map(({ name }) => [name, z.string().optional()])));

export function addCreateCommand(program: Command, run: RunCommand): void {
  const create = program
    .command('create')
    .summary('register a model and train its first checkpoint')
    .description('Registers a model; with examples, trains its first checkpoint, which becomes the champion.')
    .argument('<model>', 'name: letters, digits, "-" and "_"')
    .addOption(
      new Option('--task <kind>', 'what the model does').choices([...taskKinds.keys()]).default('classification'),
    )
    .option('--labels <a,b,…>', 'labels, separated by commas', commaSeparated)
    .option(
      '--examples <file>',
      '{"input", "output"} a line, or a table with such columns (also text and label); entities also as CoNLL, spaCy, ' +
        'Label Studio, Doccano or GLiNER have them; also .gz and .zst; "-" is stdin',
    )
    .option('--keep-label-variants', 'keep labels apart that differ only in case, blanks or Unicode form')
    .option('--trainer <name>', 'the back end that trains (the first that there is for the task)')
    .option('--predictor <name>', 'the back end that answers (the first that the trainer names)')
    .option('--analyst <name>', 'the back end that sorts failures and probes for their causes', defaultBackEnds.analyst)
    .option('--judge <name>', 'the back end that judges answers which come without a judgement', defaultBackEnds.judge)
    .option(
      '--foundation <name>',
      'what training starts from, where the trainer has that option; of embedded: use-lite (default), a pretrained ' +
        'sentence encoder, or none',
    )
    .option('--seed <n>', 'fixes all that is drawn at random', wholeNumber, 1)
    .option('--target-score <fraction>', 'score at which a run looks for nothing better (0.96)', fraction)
    .option('--max-iterations <n>', 'train-and-evaluate rounds a run (6)', wholeNumber)
    .addOption(
      new Option(
        '--caution <degree>',
        'how sure a gain must be: normal (default), surely no loss beyond 0.25 points; bold, 0.5 points; strict, proven better',
      ).choices(['strict', 'normal', 'bold']),
    )
    .option('--critical <a,b,…>', 'labels that may lose nothing net, separated by commas', commaSeparated)
    .option(
      '--set <name=value...>',
      'any other setting of the model, for example enoughFailures=10 or reportShare=0.1',
      assignments,
    )
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, (session) =>
        createWith(model, { ...optionsSchema.parse(options), ofTask: taskOptionsOf(options) }, session),
      ),
    );
  for (const { name, values, about, kind } of taskOptions) {
    create.addOption(new Option(`--${name} <choice>`, `of the task ${kind}: ${about} (${values[0]})`).choices(values));
  }
}

/** What is chosen of the task. */
function taskOptionsOf(given: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(taskOptionsSchema.parse(given)).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

interface CreateOptions extends z.infer<typeof optionsSchema> {
  readonly ofTask: Readonly<Record<string, string>>;
}

async function createWith(modelId: string, options: CreateOptions, session: Session): Promise<ExitCode> {
  const problem = idProblem(modelId);
  if (problem !== null) {
    throw new RatchetError('InvalidInput', `${JSON.stringify(modelId.slice(0, 120))} cannot name a model.`, {
      mend: `For a model's name ${problem}.`,
    });
  }
  const { examples: path } = options;
  const settings = settingsFrom(options);
  const examples = path === undefined ? null : await openInput(path, session.io.stdin);
  const badLines = new BadLineReporter(session.output);
  const workspace = await session.open({ create: true });
  session.progress.stageStarted('train', 'first checkpoint');
  const result = await createModel(
    {
      modelId,
      task: options.task,
      labels: options.labels,
      examples,
      ...(path === undefined ? {} : { examplesName: inputName(path) }),
      keepVariants: options.keepLabelVariants,
      options: options.ofTask,
      backEnds: backEndNames(options, options.task, workspace.ports),
      trainerOptions: options.foundation === undefined ? {} : { foundation: options.foundation },
      settings,
      seed: options.seed,
      by: person(),
      onBadLine: (bad) => badLines.add({ ...bad, file: path === undefined ? '' : inputName(path) }),
      onProgress: (done, total) => session.progress.stageProgress('train', done, total, 'steps'),
    },
    workspace.ports,
  ).finally(() => badLines.end());
  session.progress.stageFinished('train', '');

  const { model, checkpoint, dataset, refused } = result;
  const { knownFacets, words } = kindOf(model, workspace.ports);
  const labels = knownFacets(model.task);
  const trained = dataset?.manifest.examples ?? 0;
  await session.output.result(
    commandResult('create', {
      model: modelId,
      task: model.task.kind,
      labels: [...labels],
      checkpoint: checkpoint?.checkpointId ?? null,
      dataset: dataset?.datasetId ?? null,
      examples: trained,
      refused,
    }),
    [
      `Model ${modelId}: ${[model.task.kind, ...counted(labels, words)].join(', ')}.`,
      ...(checkpoint === null
        ? []
        : [`Checkpoint ${checkpoint.checkpointId}, trained on ${plural(trained, 'example')}, is the champion.`]),
    ],
  );
  for (const note of dataset?.manifest.notes ?? []) session.output.say(`Note: ${note}.`);
  const at = session.stackOption;
  session.output.say(
    checkpoint === null
      ? `Next: ratchet create ${modelId} --examples FILE${at}`
      : `Next: answer with it (ratchet predict ${modelId}${at} < inputs.jsonl), then bring in judged traces ` +
          `(ratchet ingest ${modelId} traces.jsonl${at}).`,
  );
  return exitCodes.done;
}

function settingsFrom(options: z.infer<typeof optionsSchema>): Partial<Settings> {
  const parsed = settingsSchema.safeParse({
    ...Object.fromEntries(options.set),
    ...(options.targetScore === undefined ? {} : { targetScore: options.targetScore }),
    ...(options.maxIterations === undefined ? {} : { maxIterations: options.maxIterations }),
    ...(options.caution === undefined ? {} : { caution: options.caution }),
    ...(options.critical === undefined ? {} : { critical: options.critical }),
  });
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', `Settings: ${describeIssues(parsed.error)}.`, {
    mend: `Settings are: ${settingNames.join(', ')}.`,
  });
}

function counted(labels: readonly string[], { facet, facets }: TaskWords): readonly string[] {
  return labels.length === 0 ? [] : [`${plural(labels.length, facet, facets)} (${shorten(labels)})`];
}

function shorten(labels: readonly string[]): string {
  const shown = labels.slice(0, 8).map((label) => printableLine(label, 60));
  return labels.length > 8 ? `${shown.join(', ')}, …` : shown.join(', ');
}
