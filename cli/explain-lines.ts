import type { Output } from '../shared/domain/base/output.ts';
import type { TaskKind } from '../shared/domain/base/task-kind.ts';
import { percent, plural } from '../shared/domain/base/wording.ts';
import { printableLine } from './printable.ts';
import type { CommandResult } from './results.ts';

type Explained = CommandResult<'explain'>;
type Kind = Pick<TaskKind, 'show'>;

/** How many datasets are told of one by one. */
const mostDatasets = 10;

/** An explanation for people. All of a trace is untrusted, and cut to a line each. */
export function explainLines(found: Explained, kind: Kind): readonly string[] {
  return [
    ...textLines(found, kind),
    ...stepLines(found),
    ...answerLines(found, kind),
    ...neighbourLines(found, kind),
    ...triageLines(found, kind),
    ...trainingLines(found, kind),
    ...checkpointLines(found, kind),
  ].map((line) => printableLine(line, 300));
}

function textLines({ trace, input }: Explained, kind: Kind): string[] {
  const text = `  ${input}`;
  if (trace === null) return ['Text:', text];
  const by = trace.checkpoint === null ? '' : ` by checkpoint ${trace.checkpoint}`;
  return [
    `Trace ${trace.traceId} of ${trace.timestamp}, answered ${kind.show(trace.recorded)}${by}:`,
    text,
    ...trace.judgements.map(({ verdict, expected, judge, judgedAt, leftOpen }) => {
      const right = expected === null ? '' : `, right is ${kind.show(expected)}`;
      const reason = judge.reason === '' ? '' : `: ${judge.reason}`;
      const open = leftOpen ? ', left open by a change of labels' : '';
      return `  judged ${verdict ?? 'open'}${right} by ${judge.kind} judge ${judge.id} at ${judgedAt}${open}${reason}`;
    }),
  ];
}

function stepLines({ mistake }: Explained): string[] {
  if (mistake === null) return [];
  const who = mistake.who === null ? '' : ` (${mistake.who})`;
  return [`On the way to it, at step ${mistake.step + 1}${who}: ${mistake.cause}. ${mistake.why}`];
}

function answerLines({ model, answer, why, whyParts, notAsked = [] }: Explained, kind: Kind): string[] {
  if (answer === null) {
    const [first] = notAsked;
    return first === undefined
      ? ['There is no champion to ask.']
      : [
          `${notAsked.join(', ')} ${notAsked.length === 1 ? 'is' : 'are'} not asked for this, since each answer may cost something. To ask: ratchet predict ${model}`,
        ];
  }
  const said = `The champion ${answer.checkpoint} answers ${kind.show(answer.output)} (${percent(answer.confidence)}).`;
  if (whyParts !== null) return [said, ...whyParts.flatMap((one, at) => partLines(one, at, kind))];
  if (why === null) {
    return [said, ...(answer.output === null ? [] : ['  Its back end cannot tell which words that comes from.'])];
  }
  const runnerUp = kind.show(why.against);
  return [
    said,
    `Why, against ${runnerUp} (log-odds ${signed(why.logOdds)}; ${why.method}):`,
    ...why.parts
      .slice(0, 10)
      .map(({ text, contribution }) => `  ${signed(contribution).padStart(6)}  ${printableLine(text, 60)}`),
  ];
}

/** Why one part of an answer is there, or a right one is not. */
function partLines(
  { output, logOdds, method, parts }: NonNullable<Explained['whyParts']>[number],
  at: number,
  kind: Kind,
): string[] {
  const words = parts.filter(({ contribution }) => Math.abs(contribution) >= 0.005).slice(0, 6);
  return [
    `${logOdds < 0 ? 'Why hardly' : 'Why'} ${printableLine(kind.show(output), 120)} (log-odds ${signed(logOdds)}${at === 0 ? `; ${method}` : ''}):`,
    ...words.map(({ text, contribution }) => `  ${signed(contribution).padStart(6)}  ${printableLine(text, 60)}`),
  ];
}

function neighbourLines({ neighbours }: Explained, kind: Kind): string[] {
  if (neighbours.length === 0) return [];
  return [
    'Training examples most like it:',
    ...neighbours.map(({ input, output, similarity, from, same }) => {
      const which = same ? ', this very text' : '';
      return `  ${similarity.toFixed(2)}  ${kind.show(output)}  ${printableLine(input, 120)}  (${from}${which})`;
    }),
  ];
}

function triageLines({ trace, lastRun, place }: Explained, kind: Kind): string[] {
  if (trace === null) return [];
  if (lastRun === null) return ['No run has triaged it yet.'];
  const { run, verdict, expected, triage, cluster } = lastRun;
  const right = expected === null ? '' : `, right is ${kind.show(expected)}`;
  const name = triage.kind === 'none' ? triage.category : `${triage.category} (${triage.kind})`;
  return [
    `Run ${run}: the champion of then ${verdictWords[verdict]}${right}.`,
    `  triage: ${name}: ${triage.reason}`,
    cluster === null
      ? '  in no cluster of failures'
      : `  cluster ${cluster.clusterId}: ${cluster.title} (${plural(cluster.size, 'trace')}, cause ${cluster.cause})`,
    ...(place === null ? [] : [`  ${placeWords[place.use]}${foldsOf(place.folds)}`]),
  ];
}

const verdictWords = {
  pass: 'had it right',
  fail: 'had it wrong',
  unknown: 'gave an answer that nothing on record judges',
};
const placeWords = {
  evidence: 'is evidence',
  report: 'is kept for the report',
  none: 'is no evidence, since models may have seen it or what is near it',
};

function foldsOf(folds: readonly number[]): string {
  return folds.length === 0
    ? ', and trains everywhere'
    : `, kept from the models of ${folds.length === 1 ? 'fold' : 'folds'} ${folds.join(', ')}`;
}

function trainingLines({ training, leftOut }: Explained, kind: Kind): string[] {
  if (training.length === 0) return ['It has trained nothing.'];
  const more = training.length - mostDatasets;
  return [
    'What it did to training:',
    ...training.slice(0, mostDatasets).map(({ dataset, run, iteration, slice, weight, output, from, checkpoints }) => {
      const when = run === null ? 'first examples' : `run ${run}, iteration ${iteration}`;
      const trained = checkpoints.length === 0 ? 'no checkpoint' : checkpoints.join(', ');
      return `  dataset ${dataset} (${when}): ${slice} for ${kind.show(output)}, weight ${weight.toFixed(2)}, of ${from}; trained ${trained}`;
    }),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(leftOut.datasets > 0 ? [`  ${plural(leftOut.datasets, 'older dataset')} not looked at`] : []),
  ];
}

function checkpointLines({ checkpoints, leftOut }: Explained, kind: Kind): string[] {
  if (checkpoints.length === 0) return [];
  return [
    'Checkpoints:',
    ...checkpoints.map(({ checkpoint, output, confidence, champion, unseen, right }) => {
      const mark = right === null ? ' ' : right ? '✔' : '✘';
      const notes = [
        ...(champion ? ['champion'] : []),
        unseen ? 'by a model that has not seen it' : 'it may have seen it',
      ];
      return `  ${mark} ${checkpoint}: ${answered(output, kind)} (${percent(confidence)}), ${notes.join(', ')}`;
    }),
    ...(leftOut.checkpoints > 0 ? [`  ${plural(leftOut.checkpoints, 'older checkpoint')} not asked`] : []),
  ];
}

function answered(output: Output | null, kind: Kind): string {
  return printableLine(kind.show(output), 80);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
