import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { compareText, wordKey } from '../../domain/base/text.ts';
import { type Condition, meets, textsWithin } from '../../domain/erasure/condition.ts';
import { ErasedText } from '../../domain/erasure/erased-text.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import type { Model } from '../../domain/models/model.ts';
import { nearDuplicatesOf } from '../../domain/similarity/near-duplicates.ts';
import type { Judgement } from '../../domain/traces/judgement.ts';
import { readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import type { LoggedTrace } from '../../ports/trace-log.ts';
import { answersInRuns } from './answers-in-runs.ts';

export type Selection =
  | { readonly by: 'ids'; readonly traceIds: readonly string[] }
  | { readonly by: 'condition'; readonly condition: Condition };

export interface ChosenTraces {
  readonly ids: readonly string[];
  /** Named ids that no trace of the log has. */
  readonly unknown: readonly string[];
  readonly inputs: readonly string[];
  readonly judgements: number;
  readonly text: ErasedText;
  readonly wordKeys: ReadonlySet<string>;
  /** Ids of traces that stay and say nearly the same, sorted. */
  readonly nearDuplicates: readonly string[];
}

const everything = 2 ** 31 - 1;
/** Shorter values of metadata are codes rather than what a person said. */
const tellingValue = 5;

/** Finds what is meant in the log, and what of it others say too. */
export async function chooseTraces(model: Model, selection: Selection, ports: Ports): Promise<ChosenTraces> {
  const logged = await ports.traceLog.read(model.modelId, { limit: everything, retracted: true });
  const named = selection.by === 'ids' ? new Set(selection.traceIds.map((id) => id.toWellFormed())) : new Set<string>();
  const isMeant = ({ trace, judgements }: LoggedTrace): boolean =>
    selection.by === 'ids' ? named.has(trace.traceId) : meets(selection.condition, trace, judgements);
  const { meant = [], others = [] } = Object.groupBy(logged, (one) => (isMeant(one) ? 'meant' : 'others'));
  const found = new Set(meant.map(({ trace }) => trace.traceId));
  const unknown = [...named].filter((id) => !found.has(id));
  const waiting = [...(await ports.traceLog.judgementsOf(model.modelId, unknown)).values()].flat();
  const firstInputs = await firstExamples(model, ports);
  const inputs = meant.map(({ trace }) => trace.input);
  const keptInputs = [...others.map(({ trace }) => trace.input), ...firstInputs];
  const kind = kindOf(model, ports);
  const answers = await answersInRuns(model, new Set([...found, ...unknown]), ports);
  const text = new ErasedText({
    ids: [...found, ...unknown],
    texts: [...meant.flatMap((one) => textsOf(one, kind)), ...saidIn(waiting), ...answers.own],
    kept: [
      ...others.flatMap((one) => textsOf(one, kind)),
      ...firstInputs,
      ...answers.others,
      ...kind.knownFacets(model.task),
      kind.show(null),
    ],
  });
  const keptKeys = new Set(keptInputs.map(wordKey));
  const near = nearDuplicatesOf(
    others.map(({ trace }) => trace.input),
    inputs,
    'any',
  );
  return {
    ids: [...found, ...unknown],
    unknown,
    inputs,
    judgements: meant.reduce((sum, { judgements }) => sum + judgements.length, 0) + waiting.length,
    text,
    wordKeys: new Set(inputs.map(wordKey).filter((key) => !keptKeys.has(key))),
    nearDuplicates: near.flatMap(({ index }) => others[index]?.trace.traceId ?? []).sort(compareText),
  };
}

/** All that a trace and its judgements say in words. */
function textsOf({ trace, judgements }: LoggedTrace, kind: TaskKind): readonly string[] {
  const values = textsWithin(trace.metadata).filter((value) => value.length >= tellingValue);
  return [
    trace.input,
    ...textsWithin(trace.output),
    ...textsWithin(trace.steps),
    ...values,
    ...saidIn(judgements),
    ...[trace.output, ...judgements.map(({ expected }) => expected ?? null)].flatMap((output) => shown(output, kind)),
  ].filter((text) => text !== '');
}

/** An output as files of runs show it, where that is more than its texts: a label is its own name. */
function shown(output: Output | null, kind: TaskKind): readonly string[] {
  return output === null || !kind.anchored || kind.facets(output).length === 0 ? [] : [kind.show(output)];
}

function saidIn(judgements: readonly Judgement[]): readonly string[] {
  return judgements.flatMap(({ expected, judge }) => [...textsWithin(expected), judge.reason]);
}

/** Inputs that came with the file a model was created with: no trace's, though a trace may say the same. */
async function firstExamples({ modelId }: Model, ports: Ports): Promise<readonly string[]> {
  const datasets = (await ports.lineage.listDatasets(modelId)).filter(({ mode }) => mode === 'initial');
  const examples = await Promise.all(datasets.map(({ key }) => readJsonl(ports.objects, key, exampleSchema)));
  return examples.flat().flatMap(({ input, provenance }) => (provenance.kind === 'file' ? [input] : []));
}
