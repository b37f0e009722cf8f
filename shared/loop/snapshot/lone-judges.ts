import type { TaskKind } from '../../domain/base/task-kind.ts';
import { foldOf } from '../../domain/evaluation/ledger.ts';
import type { Example } from '../../domain/models/example.ts';
import type { JudgedRecord } from '../../domain/traces/trace-record.ts';
import type { OutOfFold } from '../../domain/triage/off-domain.ts';
import { saidRecords } from '../../domain/triage/one-judge.ts';
import type { Triage } from '../../domain/triage/triage.ts';
import { heldOfWord, isPlanted, occluded, wordsOfOneJudge } from '../../domain/triage/trigger-words.ts';
import {
  type AskedExample,
  canWitness,
  flowsOfOneJudge,
  heldOf,
  isTurned,
  type Screen,
} from '../../domain/triage/turned-labels.ts';
import type { StageContext } from '../engine/stage.ts';
import { type PassItem, type PassRequest, probabilitiesOutOfFold } from './out-of-fold.ts';

interface LoneJudgesRequest {
  readonly records: readonly JudgedRecord[];
  /** What trains beside the records, the model's first examples among it. */
  readonly base: readonly Example[];
  /** The records as fold models learn them. */
  readonly learns: readonly PassItem[];
  readonly kind: TaskKind;
  readonly passes: Pick<PassRequest, 'parts' | 'model' | 'trainer' | 'configuration' | 'seed'>;
}

type Context = Pick<StageContext, 'ports' | 'key'>;

/**
 * The judgements that are held, by trace id: one judge alone turns a label by them, or plants a word, against the first
 * examples. Models of the first examples alone name what to look into; only where there is any do fold models learn once
 * more, first examples in folds of their own, and are asked about these and about texts without the word. Nothing is
 * held where a model has no first examples, or of one label alone.
 */
export async function heldOfLoneJudges(
  request: LoneJudgesRequest,
  context: Context,
): Promise<ReadonlyMap<string, Triage>> {
  const { records, base, learns, kind, passes } = request;
  const examples = base.filter(isFirst);
  const labels = new Set(examples.map(({ output }) => kind.key(output)));
  if (labels.size < 2 || learns.length === 0) return new Map();
  const trusted = await askedFolds({ ...request, learns: [], base: examples }, { name: 'trusted-', more: [] }, context);
  const said = saidRecords(records, trusted.records, kind);
  const confirmed = new Set(passes.model.settings.confirmed);
  const flows = flowsOfOneJudge(said, confirmed).filter((flow) => canWitness(flow, trusted.examples));
  const words = wordsOfOneJudge(
    said,
    examples.map(({ input }) => input),
    confirmed,
  );
  if (flows.length === 0 && words.length === 0) return new Map();
  const texts = words.map((word, at) =>
    occluded(word).map(({ record, input }, place) => ({ id: `${at} ${place}`, traceId: record.traceId, input })),
  );
  const screen = await askedFolds(request, { name: 'screen-', more: texts.flat() }, context);
  const without = texts.map((all) => all.map(({ id }) => screen.more.get(id)));
  return new Map([
    ...words.filter((word, at) => isPlanted(word, without[at] ?? [])).flatMap((word) => [...heldOfWord(word)]),
    ...flows.filter((flow) => isTurned(flow, said, screen)).flatMap((flow) => [...heldOf(flow, said)]),
  ]);
}

interface MoreText {
  readonly id: string;
  /** The trace that it is made of: models that must not train that one are asked. */
  readonly traceId: string;
  readonly input: string;
}

/**
 * Trains fold models, first examples in folds of their own, and asks them about what they have not seen: the records,
 * the first examples, and more texts.
 */
async function askedFolds(
  { records, base, learns, kind, passes }: LoneJudgesRequest,
  { name, more }: { readonly name: string; readonly more: readonly MoreText[] },
  context: Context,
): Promise<Screen & { readonly more: ReadonlyMap<string, OutOfFold> }> {
  const { splitSalt } = passes.model;
  const folded = base.map((example) =>
    isFirst(example) ? { ...example, folds: [foldOf(example.exampleId, splitSalt)] } : example,
  );
  const examples = folded.filter(isFirst);
  const folds = new Map(records.map((record) => [record.traceId, record.folds]));
  const said = await probabilitiesOutOfFold(
    {
      ...passes,
      name,
      learns,
      asked: [
        ...records.map(({ traceId, input }) => asked(`trace ${traceId}`, input, folds.get(traceId))),
        ...examples.map(({ input, folds: own }, at) => asked(`example ${at}`, input, own)),
        ...more.map(({ id, traceId, input }) => asked(`more ${id}`, input, folds.get(traceId))),
      ],
      base: folded,
      onProgress: () => undefined,
    },
    context,
  );
  const of = (prefix: string, ids: readonly string[]) =>
    new Map(
      ids.flatMap((id): [string, OutOfFold][] => {
        const found = said.get(`${prefix} ${id}`);
        return found === undefined ? [] : [[id, found]];
      }),
    );
  return {
    records: of('trace', [...folds.keys()]),
    examples: examples.flatMap(({ output }, at): AskedExample[] => {
      const found = said.get(`example ${at}`);
      return found === undefined ? [] : [{ label: kind.key(output), said: found }];
    }),
    more: of(
      'more',
      more.map(({ id }) => id),
    ),
  };
}

function isFirst({ provenance }: Example): boolean {
  return provenance.kind === 'file';
}

function asked(traceId: string, input: string, folds: PassItem['folds'] = []): PassRequest['asked'][number] {
  return { traceId, input, folds, use: 'none', expected: null };
}
