import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { idProblem } from '../../shared/domain/base/ids.ts';
import { inList } from '../../shared/domain/base/quoted.ts';
import type { TaskWords } from '../../shared/domain/base/task-kind.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import { badEntries } from '../../shared/domain/models/bad-entries.ts';
import { watchedTrainer } from '../../shared/domain/models/endpoint.ts';
import { type Settings, settingsSchema } from '../../shared/domain/models/settings.ts';
import { parseFieldMap } from '../../shared/intake/normalise/field-map.ts';
import { describeIssues } from '../../shared/intake/parse-json-line.ts';
import type { CreatedFromTraces, FromTracesRequest } from '../../shared/operations/create-from-traces.ts';
import { type CreateResult, createModel } from '../../shared/operations/create-model.ts';
import type { FirstEvaluation } from '../../shared/operations/evaluate-first.ts';
import { kindOf } from '../../shared/ports/kind-of.ts';
import { leavesUndecided } from '../../shared/ports/leaves-undecided.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { collected, commaSeparated, countingNumber, dollars, fraction, wholeNumber } from '../arguments.ts';
import { backEndNames } from '../back-end-names.ts';
import { BadLineReporter, badLinesTold } from '../bad-lines.ts';
import { asksChat, hasChat } from '../chat-at-hand.ts';
import { endpointOf } from '../endpoint-of.ts';
import { evaluationLines } from '../evaluation-lines.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { firstWriter } from '../first-writer.ts';
import { inputName, openInput } from '../open-input.ts';
import { person } from '../person.ts';
import { printableLine } from '../printable.ts';
import { commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { settingValues } from '../setting-values.ts';
import { trainerOptions } from '../trainer-options.ts';

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
with --examples trains its first checkpoint later. Where there are no examples but judged traffic:
  $ ratchet create spam-filter --labels ham,spam
  $ ratchet ingest spam-filter traces.jsonl
  $ ratchet create spam-filter --from-traces
What the traces were judged to be trains; they stay evidence, as each is kept from one of the models that are averaged.

Where there are texts and nothing else:
  $ ratchet create support --inputs unlabelled.jsonl --to clusters.jsonl    # alike texts together, a line a cluster
  $ ratchet create support --from-clusters clusters.jsonl                   # once "label" is filled in
With a chat model and --describe TEXT, the first proposes labels, and the second lets agents write examples of labels that
have few texts, each after one of them and with its label (at most agentTurnsColdStart turns, and --budget USD).
The clusters can be named in a browser instead, by keys: ratchet serve, and its page /#/models/MODEL/clusters.
A label may be given to several clusters; clusters without one, and texts taken out of a line, are left out.

The accuracy that is told comes from models that have not seen what they answer. Settings for --set:
  ${settingNames.filter((name) => name !== 'critical').join(', ')}.`;

const optionsSchema = z.object({
  task: z.enum([...taskKinds.keys()]),
  labels: z.array(z.string()).default([]),
  label: z.array(z.string()).default([]),
  fromTraces: z.boolean().default(false),
  inputs: z.string().optional(),
  describe: z.string().max(4_000).optional(),
  budget: z.number().positive().optional(),
  clusters: z.int(),
  to: z.string().optional(),
  force: z.boolean().default(false),
  fromClusters: z.string().optional(),
  evaluate: z.boolean(),
  examples: z.string().optional(),
  format: z.string().optional(),
  map: z.array(z.string()).default([]),
  keepLabelVariants: z.boolean().default(false),
  badLines: z.int(),
  trainer: z.string().optional(),
  predictor: z.string().optional(),
  analyst: z.string(),
  judge: z.string(),
  secondOpinion: z.string().optional(),
  deployTo: z.string().optional(),
  endpoint: z.string().optional(),
  endpointModel: z.string().optional(),
  endpointOption: z.array(z.string()).default([]),
  foundation: z.string().optional(),
  trainerOption: z.array(z.string()).default([]),
  seed: z.int(),
  targetScore: z.number().optional(),
  maxIterations: z.int().optional(),
  caution: settingsSchema.shape.caution.unwrap().optional(),
  critical: z.array(z.string()).optional(),
  set: z.array(z.string()).default([]),
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
    .option(
      '--labels <a,b,…>',
      'labels, separated by commas; one with a comma in it in "double quotes"',
      commaSeparated,
    )
    .option('--label <name>', 'a label, whatever it holds; may be repeated', collected)
    .option(
      '--examples <file>',
      '{"input", "output"} a line, or a table with such columns (also text and label); entities also as CoNLL, spaCy, ' +
        'Label Studio, Doccano or GLiNER have them; also .gz and .zst; "-" is stdin',
    )
    .option('--format <name>', 'what the file of examples is, where its content does not tell')
    .option(
      '--map <field=path>',
      'where the input or the output is in an example, such as input=utterance or output=intent; may be given again',
      collected,
    )
    .option('--keep-label-variants', 'keep labels apart that differ only in case, blanks or Unicode form')
    .option('--bad-lines <n>', 'how many lines that cannot be used to tell of', wholeNumber, badLinesTold)
    .option('--from-traces', 'train the first checkpoint on the judged traces that were ingested')
    .option('--inputs <file>', 'texts without labels: sort them into clusters to name; {"input"} or a text a line')
    .option(
      '--describe <text>',
      'what the model is for: with --inputs a chat model proposes labels by it, with --from-clusters its agents write examples of labels with few texts',
    )
    .option('--budget <usd>', 'dollars that the chat model may cost, by the prices configured', dollars)
    .option('--clusters <n>', 'about how many clusters; more than there are meanings do no harm', countingNumber, 20)
    .option('--to <file>', 'the file of clusters that --inputs writes (MODEL-clusters.jsonl)')
    .option('--force', 'replace the file of clusters that is there')
    .option('--from-clusters <file>', 'train the first checkpoint on the clusters that have a label')
    .option('--no-evaluate', 'do not measure the first checkpoint by cross-validation')
    .option('--trainer <name>', 'the back end that trains (the first that there is for the task)')
    .option('--predictor <name>', 'the back end that answers (the first that the trainer names)')
    .option('--analyst <name>', 'the back end that sorts failures and probes for their causes', defaultBackEnds.analyst)
    .option(
      '--judge <name>',
      'the back end that judges answers which come without a judgement: rule, or llm, which asks the chat model and counts once it agrees with people',
      defaultBackEnds.judge,
    )
    .option(
      '--second-opinion <name>',
      'the judge that is asked about suspect judgements: committee (two or three votes of the chat model) or llm; none by default',
    )
    .option(
      '--foundation <name>',
      'what training starts from, where the trainer has that option; of embedded: use-lite (default), a pretrained ' +
        'sentence encoder that knows English; none, for any language; hf:NAME or a folder, a sentence encoder of your own',
    )
    .option(
      '--trainer-option <name=value...>',
      'any other option of the trainer, for example method=lora or epochs=20 of gliner2',
    )
    .option(
      '--endpoint <url>',
      "where the model is deployed already, to be watched: any endpoint of OpenAI's protocol, up to and including /v1, " +
        'or sagemaker://NAME; ' +
        'nothing is trained then unless --trainer says what by; a key comes from RATCHET_ENDPOINT_KEY',
    )
    .option('--endpoint-model <name>', 'as the endpoint calls the model')
    .option(
      '--endpoint-option <name=value...>',
      'how it is asked: system, maxTokens, concurrency, retries, timeoutSeconds, prices=INPUT,CACHED,OUTPUT, …; of SageMaker batch, region',
    )
    .option(
      '--deploy-to <target>',
      'where the reference of each new champion is written, after a promotion or a rollback: the full path of a file, ' +
        's3://BUCKET/KEY, or a URL that takes PUT; or the endpoint that answers with it, sagemaker://NAME',
    )
    .option('--seed <n>', 'fixes all that is drawn at random', wholeNumber, 1)
    .option('--target-score <fraction>', 'score at which a run looks for nothing better (0.96)', fraction)
    .option('--max-iterations <n>', 'train-and-evaluate rounds a run (6)', countingNumber)
    .addOption(
      new Option(
        '--caution <degree>',
        'how sure a gain must be: normal (default), surely no loss beyond 0.25 points; bold, 0.5 points; strict, proven better',
      ).choices(['strict', 'normal', 'bold']),
    )
    .option('--critical <a,b,…>', 'labels that may lose nothing net, separated by commas', commaSeparated)
    .option('--set <name=value...>', 'any other setting of the model, for example enoughFailures=10 or reportShare=0.1')
    .addHelpText('after', help)
    .action((model: string, options: unknown, command: Command) =>
      run(command, async (session) =>
        createWith(
          model,
          { ...optionsSchema.parse(options), ofTask: await taskOptionsOf(options, session) },
          command,
          session,
        ),
      ),
    );
  for (const { name, values, takes, about, kind } of taskOptions) {
    const told = `of the task ${kind}: ${about}`;
    create.addOption(
      values === undefined
        ? new Option(`--${name} <${takes ?? 'text'}>`, told)
        : new Option(`--${name} <choice>`, `${told} (${values[0]})`).choices(values),
    );
  }
}

/** The examples, as a file has them or as people named clusters of texts. */
async function opened(path: string, options: CreateOptions, session: Session): Promise<AsyncIterable<Uint8Array>> {
  const bytes = await openInput(path, session.io.stdin);
  if (options.fromClusters === undefined) return bytes;
  const { examplesOfClusters } = await import('../../shared/intake/named-clusters.ts');
  return examplesOfClusters(bytes, inputName(path));
}

/** What is chosen of the task; of a file its text. @throws RatchetError InvalidInput for a file that cannot be read */
async function taskOptionsOf(given: unknown, { io }: Session): Promise<Readonly<Record<string, string>>> {
  const chosen: [string, string][] = [];
  for (const [name, value] of Object.entries(taskOptionsSchema.parse(given))) {
    if (value === undefined) continue;
    const isFile = taskOptions.some((option) => option.name === name && option.takes === 'file');
    chosen.push([name, isFile ? await text(await openInput(value, io.stdin)) : value]);
  }
  return Object.fromEntries(chosen);
}

interface CreateOptions extends z.infer<typeof optionsSchema> {
  readonly ofTask: Readonly<Record<string, string>>;
}

/** @throws RatchetError InvalidInput */
function refuseTwoSources(command: Command): void {
  const sources = {
    inputs: '--inputs',
    examples: '--examples',
    fromClusters: '--from-clusters',
    fromTraces: '--from-traces',
  } as const;
  const given = Object.entries(sources).flatMap(([name, flag]) =>
    command.getOptionValueSource(name) === 'cli' ? [flag] : [],
  );
  if (given.length <= 1) return;
  throw new RatchetError('InvalidInput', `Both ${given.join(' and ')} are given.`, {
    mend:
      given[0] === sources.inputs
        ? 'Give --inputs alone: it only writes clusters to be named, and trains nothing.'
        : 'Train the first checkpoint on one of them; the other counts in the first run, once it is ingested.',
  });
}

async function createWith(
  modelId: string,
  options: CreateOptions,
  command: Command,
  session: Session,
): Promise<ExitCode> {
  const problem = idProblem(modelId);
  if (problem !== null) {
    throw new RatchetError('InvalidInput', `${JSON.stringify(modelId.slice(0, 120))} cannot name a model.`, {
      mend: `For a model's name ${problem}.`,
    });
  }
  refuseTwoSources(command);
  if (options.inputs !== undefined) {
    const { offerClusters } = await import('../offer-clusters.ts');
    return offerClusters(modelId, options.inputs, options, session);
  }
  const path = options.fromClusters ?? options.examples;
  const settings = settingsFrom(options);
  const map = parseFieldMap(options.map, 'examples');
  const examples = path === undefined ? null : await opened(path, options, session);
  if (options.describe !== undefined && options.fromClusters === undefined) {
    throw new RatchetError(
      'InvalidInput',
      '--describe is of texts that have no labels yet, or of clusters with names.',
      {
        mend: 'Give it with --inputs FILE, or with --from-clusters FILE.',
      },
    );
  }
  const endpoint = endpointOf(options);
  const badLines = new BadLineReporter(session.output, options.badLines, ' (tell of more with --bad-lines N)');
  const { ports } = await session.open({ create: true });
  const write = await firstWriter(options, session, ports);
  if ((await ports.lineage.getModel(modelId)) !== undefined) tellWhatIsFixed(options, command, session);
  session.progress.stageStarted('train', 'first checkpoint');
  const onProgress = (done: number, total: number) => session.progress.stageProgress('train', done, total, 'steps');
  const onFetch = (file: string, done: number, total: number) =>
    session.progress.stageProgress(
      'train',
      megabytes(done),
      Math.max(megabytes(done), megabytes(total)),
      `MB of ${file}`,
    );
  const common = { modelId, seed: options.seed, by: person(), onProgress };
  const result: Created = options.fromTraces
    ? { ...(await fromTraces(common, ports)), refused: 0 }
    : await createModel(
        {
          ...common,
          task: options.task,
          labels: [...options.labels, ...options.label],
          examples,
          ...(path === undefined ? {} : { examplesName: inputName(path) }),
          examplesFormat: options.format ?? null,
          examplesMap: map,
          keepVariants: options.keepLabelVariants,
          options: options.ofTask,
          backEnds: backEndNames(
            { ...options, trainer: options.trainer ?? (endpoint === null ? undefined : watchedTrainer) },
            options.task,
            ports,
          ),
          ...(endpoint === null ? {} : { endpoint }),
          ...(options.deployTo === undefined ? {} : { deployTo: options.deployTo }),
          trainerOptions: trainerOptions(options.trainerOption, options.foundation),
          settings,
          ...(write === null ? {} : { write }),
          onFetch,
          onBadLine: (bad) => badLines.add({ ...bad, file: path === undefined ? '' : inputName(path) }),
        },
        ports,
      ).finally(() => badLines.end());
  session.progress.stageFinished('train', '');
  if (result.checkpoint !== null) {
    const { forgetClusters } = await import('../../shared/operations/kept-clusters.ts');
    await forgetClusters(modelId, ports);
  }
  const evaluation = options.evaluate && endpoint === null ? await evaluated(result, ports, session) : null;

  const { model, checkpoint, dataset, refused } = result;
  const { knownFacets, words } = kindOf(model, ports);
  const labels = knownFacets(model.task);
  const trained = dataset?.manifest.examples ?? 0;
  const notes = [...(result.labelNotes ?? []), ...(dataset?.manifest.notes ?? [])];
  await session.output.result(
    commandResult('create', {
      model: modelId,
      task: model.task.kind,
      labels: [...labels],
      checkpoint: checkpoint?.checkpointId ?? null,
      dataset: dataset?.datasetId ?? null,
      examples: trained,
      refused,
      evaluation: evaluation === null ? null : { ...evaluation, worst: [...evaluation.worst] },
      notes,
    }),
    [
      `Model ${modelId}: ${[model.task.kind, ...counted(labels, words)].join(', ')}.`,
      ...(checkpoint === null
        ? []
        : [
            endpoint === null
              ? `Checkpoint ${checkpoint.checkpointId}, trained on ${plural(trained, 'example')}${madeOf(result)}, is the champion.`
              : `Checkpoint ${checkpoint.checkpointId}, what answers at ${printableLine(options.endpoint ?? '', 300)}, is the champion. Nothing was asked of it yet.`,
          ]),
      ...(evaluation === null ? [] : evaluationLines(evaluation, words)),
    ],
  );
  for (const note of notes) session.output.say(`Note: ${note}.`);
  if (asksChat(model, ports) && !(await hasChat(session)))
    session.output.say(
      'Note: no chat model is configured, so its judges say nothing and its agents do nothing until RATCHET_CHAT_URL and RATCHET_CHAT_MODEL are set.',
    );
  if (leavesUndecided(model, ports))
    session.output.say(
      `Note: an answer that differs from the right one stays undecided, as the judge ${model.judge} cannot tell whether it is as good; what people say of a recorded answer counts while the champion gives that same answer. To have a chat model judge, set RATCHET_CHAT_URL and RATCHET_CHAT_MODEL and create the model under another name with --judge llm.`,
    );
  const at = session.stackOption;
  session.output.say(
    checkpoint === null
      ? `Next: ratchet create ${modelId} --examples FILE${at}, or bring in judged traces (ratchet ingest ${modelId} ` +
          `traces.jsonl${at}) and then: ratchet create ${modelId} --from-traces${at}`
      : options.fromTraces
        ? `Next: find the wrong judgements among them, and what it still gets wrong: ratchet run ${modelId}${at}`
        : `Next: answer with it (ratchet predict ${modelId}${at} < inputs.jsonl), then bring in judged traces ` +
          `(ratchet ingest ${modelId} traces.jsonl${at}).`,
  );
  return exitCodes.done;
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

async function fromTraces(request: FromTracesRequest, ports: Ports): Promise<CreatedFromTraces> {
  const { createFromTraces } = await import('../../shared/operations/create-from-traces.ts');
  return createFromTraces(request, ports);
}

/** With the judged traces that it was made of, if it was. */
type Created = CreateResult & { readonly judged?: number };

function madeOf({ judged, dataset }: Created): string {
  if (judged === undefined) return '';
  const left = Object.entries(dataset?.manifest.leftOut ?? {}).filter(([, count]) => count > 0);
  const apart = left.length === 0 ? '' : `, left out: ${left.map(([why, count]) => `${count} ${why}`).join(', ')}`;
  return ` of ${plural(judged, 'judged trace')}${apart}`;
}

/** How the first checkpoint does on its own examples; a fault of that is told and takes nothing back. */
async function evaluated(
  { checkpoint, dataset }: Created,
  ports: Ports,
  session: Session,
): Promise<FirstEvaluation | null> {
  if (checkpoint === null || dataset === null) return null;
  session.progress.stageStarted('evaluate', 'the model is there, this measures it; leave it out with --no-evaluate');
  session.io.onStop?.('The model is there; only how it does was not measured.');
  try {
    const { evaluateFirst } = await import('../../shared/operations/evaluate-first.ts');
    const onProgress = (done: number, total: number) =>
      session.progress.stageProgress('evaluate', done, total, 'steps');
    const evaluation = await evaluateFirst({ checkpoint, dataset, onProgress }, ports);
    session.progress.stageFinished('evaluate', '');
    return evaluation;
  } catch (error) {
    session.progress.stageFailed('evaluate', error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** Options that only count when a model is registered. */
const fixedOptions = {
  task: '--task',
  trainer: '--trainer',
  predictor: '--predictor',
  analyst: '--analyst',
  judge: '--judge',
  deployTo: '--deploy-to',
  foundation: '--foundation',
  targetScore: '--target-score',
  maxIterations: '--max-iterations',
  caution: '--caution',
  critical: '--critical',
  set: '--set',
};

function tellWhatIsFixed(
  { fromTraces: isFromTraces }: z.infer<typeof optionsSchema>,
  command: Command,
  session: Session,
): void {
  const names = { ...fixedOptions, ...(isFromTraces ? { labels: '--labels', label: '--label' } : {}) };
  const given = Object.entries(names).flatMap(([name, flag]) =>
    command.getOptionValueSource(name) === 'cli' ? [flag] : [],
  );
  if (given.length > 0)
    session.output.say(`Note: the model is registered already, so ${given.join(', ')} changes nothing.`);
}

function settingsFrom(options: z.infer<typeof optionsSchema>): Partial<Settings> {
  const set = settingValues(options.set);
  const own = Object.entries({
    targetScore: options.targetScore,
    maxIterations: options.maxIterations,
    caution: options.caution,
    critical: options.critical,
  }).filter(([, value]) => value !== undefined);
  const twice = own.find(([name]) => Object.hasOwn(set, name))?.[0];
  if (twice !== undefined) {
    const flag = `--${twice.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new RatchetError('InvalidInput', `${flag} and --set ${twice}=${String(set[twice])} are the same setting.`, {
      mend: 'Give one of them.',
    });
  }
  const parsed = settingsSchema.safeParse({ ...set, ...Object.fromEntries(own) });
  if (parsed.success) return parsed.data;
  const [bad] = badEntries(parsed.error, set);
  if (bad !== undefined) {
    const [name, entries] = bad;
    throw new RatchetError('InvalidInput', `${name}: ${entries.join(', ')}.`, { mend: 'Give another value.' });
  }
  const isUnknown = parsed.error.issues.some(({ code }) => code === 'unrecognized_keys');
  throw new RatchetError('InvalidInput', `Settings: ${describeIssues(parsed.error)}.`, {
    mend: isUnknown ? `Settings are: ${settingNames.join(', ')}.` : 'Give another value.',
  });
}

function counted(labels: readonly string[], { facet, facets }: TaskWords): readonly string[] {
  return labels.length === 0 ? [] : [`${plural(labels.length, facet, facets)} (${shorten(labels)})`];
}

function shorten(labels: readonly string[]): string {
  const shown = labels.slice(0, 8).map((label) => printableLine(inList(label), 60));
  return labels.length > 8 ? `${shown.join(', ')}, …` : shown.join(', ');
}
