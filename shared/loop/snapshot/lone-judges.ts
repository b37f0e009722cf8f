import type { TaskKind } from '../../domain/base/task-kind.ts';
import { foldOf } from '../../domain/evaluation/ledger.ts';
import type { Example } from '../../domain/models/example.ts';
import type { JudgedRecord } from '../../domain/traces/trace-record.ts';
import type { OutOfFold } from '../../domain/triage/off-domain.ts';
import { saidRecords } from '../../domain/triage/one-judge.ts';
import type { Triage } from '../../domain/triage/triage.ts';
import { heldOfWord, isPlanted, occluded, type Planted, wordsOfOneJudge } from '../../domain/triage/trigger-words.ts';
import { flowsOfOneJudge, heldOf, isTurned, type Screen } from '../../domain/triage/turned-labels.ts';
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
 * examples. A model of the first examples names what to look into; only where there is any do fold models learn once
 * more, first examples in folds of their own, and are asked about these and about texts without the word. Nothing is
 * held where a model has no first examples, or of one label alone.
 */
export async function heldOfLoneJudges(
  request: LoneJudgesRequest,
  context: Context,
): Promise<ReadonlyMap<string, Triage>> {
  const { records, base, learns, kind, passes } = request;
  const examples = base.filter(({ provenance }) => provenance.kind === 'file');
  const labels = new Set(examples.map(({ output }) => kind.key(output)));
  if (labels.size < 2 || learns.length === 0) return new Map();
  const trusted = await probabilitiesOutOfFold(
    { ...passes, name: 'trusted-', learns: [], asked: records, base: examples, onProgress: silent },
    context,
  );
  const said = saidRecords(records, trusted, kind);
  const confirmed = new Set(passes.model.settings.confirmed);
  const flows = flowsOfOneJudge(said, confirmed);
  const words = wordsOfOneJudge(
    said,
    examples.map(({ input }) => input),
    confirmed,
  );
  if (flows.length === 0 && words.length === 0) return new Map();
  const { screen, without } = await screened(request, { examples, words }, context);
  return new Map([
    ...words.filter((word, at) => isPlanted(word, without[at] ?? [])).flatMap((word) => [...heldOfWord(word)]),
    ...flows.filter((flow) => isTurned(flow, said, screen)).flatMap((flow) => [...heldOf(flow, said)]),
  ]);
}

const silent = () => undefined;

/** What fold models say of the records, of first examples, and of the texts of words without these. */
async function screened(
  { records, base, learns, kind, passes }: LoneJudgesRequest,
  { examples, words }: { examples: readonly Example[]; words: readonly Planted[] },
  context: Context,
): Promise<{ screen: Screen; without: readonly (readonly (OutOfFold | undefined)[])[] }> {
  const { splitSalt } = passes.model;
  const folded = examples.map((example) => ({ ...example, folds: [foldOf(example.exampleId, splitSalt)] }));
  const folds = new Map(records.map((record) => [record.traceId, record.folds]));
  const asExamples = folded.map((example, at) => asked(`example ${at}`, example.input, example.folds));
  const asWords = words.map((word, at) =>
    occluded(word).map(({ record, input }, place) =>
      asked(`word ${at} ${place}`, input, folds.get(record.traceId) ?? []),
    ),
  );
  const others = base.filter(({ provenance }) => provenance.kind !== 'file');
  const said = await probabilitiesOutOfFold(
    {
      ...passes,
      name: 'screen-',
      learns,
      asked: [
        ...records.map(({ traceId, input, folds }) => asked(`trace ${traceId}`, input, folds)),
        ...asExamples,
        ...asWords.flat(),
      ],
      base: [...others, ...folded],
      onProgress: silent,
    },
    context,
  );
  return {
    screen: {
      records: new Map(records.flatMap(({ traceId }) => entryOf(traceId, said.get(`trace ${traceId}`)))),
      examples: folded.flatMap(({ output }, at) => {
        const found = said.get(`example ${at}`);
        return found === undefined ? [] : [{ label: kind.key(output), said: found }];
      }),
    },
    without: asWords.map((all) => all.map(({ traceId }) => said.get(traceId))),
  };
}

function entryOf(traceId: string, said: OutOfFold | undefined): [string, OutOfFold][] {
  return said === undefined ? [] : [[traceId, said]];
}

function asked(traceId: string, input: string, folds: PassItem['folds']): PassRequest['asked'][number] {
  return { traceId, input, folds, use: 'none' };
}
