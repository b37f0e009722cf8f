import { RatchetError } from '../../domain/base/errors.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Checkpoint } from '../../domain/models/checkpoint.ts';
import { type AnswersToday, answersToday, answerToday } from '../../ports/answer-today.ts';
import { encodeJsonl } from '../../ports/documents.ts';
import type { ExportedFile, ExportedModel } from '../../ports/exporter.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Prediction } from '../../ports/predictor.ts';
import { unknownModel } from '../../ports/unknown-model.ts';
import { chooseCheckpoint } from '../choose-checkpoint.ts';
import { testInputs } from './test-inputs.ts';

export interface ExportRequest {
  readonly modelId: string;
  /** Null for the champion. */
  readonly checkpointId: string | null;
}

export interface ExportResult {
  readonly checkpointId: string;
  readonly files: readonly ExportedFile[];
  /** What could not be exported, with the reason. */
  readonly leftOut: readonly string[];
}

/**
 * A checkpoint as files that answer without this program: weights, readers, test cases with this program's answers, and
 * what is on record of it. No text of a trace is among them, but for what an artifact holds of it (`Predictor.holds`).
 * @throws RatchetError UnknownModel, NoChampion, UnknownCheckpoint; InvalidInput when its predictor cannot be exported
 */
export async function exportModel({ modelId, checkpointId }: ExportRequest, ports: Ports): Promise<ExportResult> {
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw await unknownModel(modelId, ports);
  const checkpoint = await chooseCheckpoint(modelId, checkpointId, ports);
  const { predictor } = checkpoint.served;
  const exporter = ports.exporters?.get(predictor);
  if (exporter === undefined) {
    throw new RatchetError(
      'InvalidInput',
      `What the predictor ${predictor} answers with cannot be exported as a folder.`,
      {
        mend:
          `Checkpoints of these can: ${[...(ports.exporters?.keys() ?? [])].join(', ') || 'none here'}. ` +
          `What a model was trained on, and judged traces, go out as a file: ratchet export ${modelId} --examples --format jsonl --to FILE, or --traces.`,
      },
    );
  }
  const today = answersToday(checkpoint, model, ports);
  const nameOf = (label: string) => today?.reading.closestName(label) ?? label;
  const exported = await exporter.export(checkpoint, nameOf);
  const { answers, unanswered } = await testAnswers(checkpoint, today, exported, ports);
  const kind = kindOf(model, ports);
  const known = kind.knownFacets(model.task);
  const before = kind.knownFacets(checkpoint.task).map(nameOf);
  const relabelled =
    today === null
      ? ''
      : exported.usage === undefined
        ? relabelledWords(known, before, kind.words)
        : `\n\nThe ${kind.words.facets} were changed after the checkpoint was trained: the model says those of then, in the order of \`labels\` in \`model.json\`; \`labelsNow\` has what each is called today.`;
  const control = await ports.lineage.getControl(modelId);
  const cases = testInputs.map((input, index) => ({
    input,
    output: answers?.[index]?.output ?? null,
    confidence: answers?.[index]?.confidence ?? 0,
  }));
  const header = {
    schemaVersion: 1,
    model: modelId,
    task: kind.kind,
    checkpoint: checkpoint.checkpointId,
    champion: control?.championId === checkpoint.checkpointId,
    trainedAt: checkpoint.createdAt,
    exportedAt: new Date(ports.clock.now()).toISOString(),
    lineage: { parent: checkpoint.parentId, dataset: checkpoint.datasetId, run: checkpoint.runId },
    trainer: checkpoint.trainer,
    configuration: checkpoint.configuration,
    seed: checkpoint.seed,
    scores: checkpoint.scores,
    tolerance: exported.tolerance,
    licences: exported.licences,
    ...(today === null ? {} : { labelsToday: known }),
    ...exported.header,
  };
  const text = (content: string) => new TextEncoder().encode(content);
  return {
    checkpointId: checkpoint.checkpointId,
    leftOut: [...exported.leftOut, ...unanswered],
    files: [
      ...exported.files,
      { name: 'model.json', body: text(`${JSON.stringify(header, null, 2)}\n`) },
      ...(answers === null ? [] : [{ name: 'test-cases.jsonl', body: encodeJsonl(cases) }]),
      { name: 'README.md', body: text(readme(modelId, checkpoint.checkpointId, exported, relabelled)) },
    ],
  };
}

/** What the checkpoint answers to the test inputs; null where others answer it, and do not now, with the reason. */
async function testAnswers(
  checkpoint: Checkpoint,
  today: AnswersToday | null,
  { answersElsewhere = false }: ExportedModel,
  ports: Ports,
): Promise<{ readonly answers: readonly Prediction[] | null; readonly unanswered: readonly string[] }> {
  const inputs = testInputs.map((input) => input.toWellFormed());
  try {
    return { answers: await answerToday(checkpoint, today, inputs, ports, { keepSplit: true }), unanswered: [] };
  } catch (error) {
    if (!answersElsewhere || !(error instanceof RatchetError)) throw error;
    return { answers: null, unanswered: [`test-cases.jsonl, as nobody answers: ${error.message}`.replace(/\.$/, '')] };
  }
}

/** Of folders with readers. */
const readersUsage = `This folder stands alone: nothing else is needed to answer with it.

    node predict.mjs < texts.jsonl         # {"input": "..."} a line in, {"input", "output", "confidence"} a line out
    python3 predict.py < texts.jsonl
    node predict.mjs --check               # answers test-cases.jsonl, and says whether all is as expected
    python3 predict.py --check

In JavaScript, in Node 18 or later and in browsers: \`import { load } from './predict.mjs'\`, then
\`(await load()).predict('some text')\`. In Python 3.9 or later: \`from predict import load\`, then \`load().predict("some text")\`.`;

function readme(
  modelId: string,
  checkpointId: string,
  { usage = readersUsage, answers, layout, licences }: ExportedModel,
  relabelled: string,
): string {
  return `# ${modelId}

Checkpoint \`${checkpointId}\`, exported by Ratchet. ${usage}

${answers}${relabelled}

${layout}
## Licences

${licences.map((licence) => `- ${licence}`).join('\n')}

Labels, entity types and weights are yours. \`model.json\` has what is on record of the checkpoint.
`;
}

/** What a reader of the folder has to know of labels that changed after the checkpoint was trained. */
function relabelledWords(
  today: readonly string[],
  answered: readonly string[],
  { facets }: Pick<TaskKind['words'], 'facets'>,
): string {
  const split = [...new Set(answered)].filter((label) => !today.includes(label));
  const unheard = today.filter((label) => !answered.includes(label));
  const list = (labels: readonly string[]) => labels.map((label) => JSON.stringify(label)).join(', ');
  return [
    `\n\nThe ${facets} were changed after the checkpoint was trained: it answers by those that the model had when it was exported.`,
    ...(split.length > 0 ? [`It still says ${list(split)}, which was split and which it cannot tell apart.`] : []),
    ...(unheard.length > 0 ? [`It never says ${list(unheard)}, which it was not taught.`] : []),
  ].join(' ');
}
