import { plural } from '../shared/domain/base/wording.ts';
import type { Judgement } from '../shared/domain/traces/judgement.ts';
import type { LoggedTrace } from '../shared/ports/trace-log.ts';
import { columns } from './columns.ts';
import { printableLine } from './printable.ts';

const longest = 160;

/** What a trace would be stored as, field by field, for people; what is absent has no line. */
export function sampleLines({ trace, judgements }: LoggedTrace): readonly string[] {
  const { traceId, timestamp, input, output, confidence, steps = [], metadata = {} } = trace;
  const rows = [
    ['  input', inWords(input)],
    ['  output', output === null ? 'none' : inWords(output)],
    ...(confidence === undefined ? [] : [['  confidence', String(confidence)]]),
    ...judgements.map((judgement) => ['  judged', judged(judgement)]),
    ...(steps.length === 0 ? [] : [['  steps', plural(steps.length, 'step')]]),
    ...Object.entries(metadata).map(([name, value]) => [`  metadata.${name}`, inWords(value)]),
  ];
  return ['', `Trace ${printableLine(traceId)} of ${timestamp}`, ...columns(rows)];
}

function judged({ verdict, expected, judge, judgedAt }: Judgement): string {
  const said = [
    ...(verdict === null ? [] : [verdict]),
    ...(expected === undefined ? [] : [`right is ${inWords(expected)}`]),
  ].join(', ');
  const reason = judge.reason === '' ? '' : `: ${inWords(judge.reason)}`;
  return `${said}, by ${judge.kind} ${printableLine(judge.id, 60)} at ${judgedAt}${reason}`;
}

function inWords(value: unknown): string {
  return printableLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), longest);
}
