import type { Output } from '../../domain/base/output.ts';
import type { ExplainedPart, Explanation, Prediction } from '../../ports/predictor.ts';

export interface OcclusionRequest {
  readonly input: string;
  /** Identity of an output. */
  readonly key: (output: Output) => string;
  /** Answers with all alternatives that there are, so that answer and runner-up are always among them. */
  readonly predict: (inputs: readonly string[]) => Promise<readonly Prediction[]>;
}

/** Parts that are left out one after the other, at most: each is an answer more. */
const mostParts = 60;
/** Parts that are told of, at most. */
const mostTold = 20;
/** No probability is taken for smaller, so that log-odds stay finite. */
const leastProbability = 1e-9;

const method =
  'each word is left out, wherever it stands, and its contribution is what the log-odds of the answer against the runner-up lose by that';

/**
 * Explains an answer by occlusion (Zeiler and Fergus 2014), which asks nothing of a model but its probabilities. Words
 * that only tell together share what they lose, so contributions need not add up to the log-odds. Of long inputs,
 * stretches of several words are left out together.
 */
export async function explainByOcclusion({ input, key, predict }: OcclusionRequest): Promise<Explanation | null> {
  const parts = partsOf(input);
  const [whole, ...without] = await predict([input, ...parts.map((part) => part.without)]);
  const [answer, runnerUp] = whole?.alternatives ?? [];
  if (answer === undefined || runnerUp === undefined) return null;
  const oddsOf = (prediction: Prediction | undefined): number => {
    // No answer: nothing of the input is left, and nothing speaks for either.
    if (prediction === undefined || prediction.output === null) return 0;
    const probability = (output: Output): number =>
      prediction.alternatives.find((one) => key(one.output) === key(output))?.confidence ?? 0;
    const log = (output: Output): number => Math.log(Math.max(leastProbability, probability(output)));
    return log(answer.output) - log(runnerUp.output);
  };
  const logOdds = oddsOf(whole);
  const told = parts
    .map(({ text, start }, at): ExplainedPart => ({ text, start, contribution: logOdds - oddsOf(without[at]) }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.start - b.start);
  return { method, output: answer.output, against: runnerUp.output, logOdds, parts: told.slice(0, mostTold) };
}

interface Part {
  readonly text: string;
  readonly start: number;
  /** The input without it. */
  readonly without: string;
}

/** A word of a text, or a run of signs. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

function partsOf(input: string): readonly Part[] {
  const spans = spansOf(input);
  const words = Map.groupBy(spans, ({ start, end }) => input.slice(start, end).toLowerCase());
  const groups = words.size <= mostParts ? [...words.values()] : stretches(spans);
  return groups.flatMap((group): Part[] => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ text: input.slice(first.start, first.end), start: first.start, without: withoutSpans(input, group) }];
  });
}

/** Words, and runs of signs between them, in the order of the text. */
export function spansOf(input: string): readonly Span[] {
  const spans: (Span & { readonly isWord: boolean })[] = [];
  for (const { segment, index, isWordLike = false } of segmenter.segment(input)) {
    if (segment.trim() === '') continue;
    const last = spans.at(-1);
    const span = { start: index, end: index + segment.length, isWord: isWordLike };
    if (last !== undefined && !isWordLike && !last.isWord && last.end === index) {
      spans[spans.length - 1] = { ...span, start: last.start };
    } else {
      spans.push(span);
    }
  }
  return spans;
}

/** Neighbouring spans as one each, as many as may be left out. */
function stretches(spans: readonly Span[]): readonly (readonly Span[])[] {
  const size = Math.ceil(spans.length / mostParts);
  return Array.from({ length: Math.ceil(spans.length / size) }, (_, at) => {
    const part = spans.slice(at * size, (at + 1) * size);
    return [{ start: part[0]?.start ?? 0, end: part.at(-1)?.end ?? 0 }];
  });
}

function withoutSpans(input: string, spans: readonly Span[]): string {
  let kept = '';
  let from = 0;
  for (const { start, end } of spans) {
    kept += input.slice(from, start);
    from = end;
  }
  return kept + input.slice(from);
}
