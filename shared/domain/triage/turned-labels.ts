import { wilsonInterval } from '../base/statistics.ts';
import type { OutOfFold } from './off-domain.ts';
import { groupsIn, probabilityOf, type SaidRecord, topOf } from './one-judge.ts';
import type { Triage } from './triage.ts';

/** Fewer near-duplicate groups turn no label. */
const fewestGroups = 5;
/** A share, surely more than which of a label's texts must be said to be another. */
const leastShare = 0.1;
/** So many groups of another judge's, and such a part of the first one's share, bear a flow out. */
const bornOutBy = { groups: 3, share: 0.5 } as const;
/** From here on the judge's texts of the two labels can be told from each other (area under the ROC curve). */
const tellable = 0.7;

/** What one judge makes of the texts that the first examples of a label are like. */
export interface Flow {
  readonly judge: string;
  /** The label by the first examples, and the one that the judge gives. */
  readonly from: string;
  readonly to: string;
  /** Near-duplicate groups that the judge turns, and those that it leaves or turns. */
  readonly turned: number;
  readonly of: number;
}

/** How a person writes that a flow is meant. */
export function confirmationOf({ from, to }: Pick<Flow, 'from' | 'to'>): string {
  return `${from} > ${to}`;
}

/**
 * The flows that rest on one judge alone: of the texts that a model of the first examples calls `from`, the judge says
 * `to` of surely more than a tenth, as against `from`, and no other judge bears that out. Whether that is wrong is not
 * said yet: where first examples are few, their model errs too (see `isTurned`).
 * @param confirmed flows that people have said to be meant, see {@link confirmationOf}
 */
export function flowsOfOneJudge(records: readonly SaidRecord[], confirmed: ReadonlySet<string>): readonly Flow[] {
  const flows: Flow[] = [];
  for (const [from, region] of Map.groupBy(records, ({ trusted }) => topOf(trusted).label)) {
    const judges = new Set(region.flatMap((record) => record.judges));
    const own = (judge: string, label: string) =>
      groupsIn(region.filter((record) => record.given === label && record.judges.includes(judge)));
    for (const to of new Set(region.map(({ given }) => given))) {
      if (to === from || confirmed.has(confirmationOf({ from, to }))) continue;
      const counts = [...judges].map((judge) => {
        const turned = own(judge, to);
        return { judge, from, to, turned, of: turned + own(judge, from) };
      });
      for (const flow of counts) {
        if (flow.turned < fewestGroups) continue;
        if (wilsonInterval(flow.turned, flow.of, 0.9).lower <= leastShare) continue;
        if (counts.some((other) => other.judge !== flow.judge && bearsOut(other, flow))) continue;
        flows.push(flow);
      }
    }
  }
  return flows;
}

function bearsOut(other: Flow, { turned, of }: Flow): boolean {
  return other.turned >= bornOutBy.groups && other.turned / other.of >= (bornOutBy.share * turned) / of;
}

/** A first example, and what a model says of it that has not seen it. */
export interface AskedExample {
  readonly label: string;
  readonly said: OutOfFold;
}

/** What models say out of fold that learn from all that was judged and from the other first examples. */
export interface Screen {
  readonly records: ReadonlyMap<string, OutOfFold>;
  readonly examples: readonly AskedExample[];
}

/**
 * Whether first examples can bear witness of two labels: models of the others tell those of the one from those of the
 * other. Two names of one thing they cannot tell apart, nor a label that has none.
 */
export function canWitness({ from, to }: Pick<Flow, 'from' | 'to'>, examples: readonly AskedExample[]): boolean {
  const leans = (label: string) =>
    examples.flatMap((one) => (one.label === label ? [lean(one.said, { from, to })] : []));
  const area = areaUnderCurve(leans(to), leans(from));
  return area !== null && area >= tellable;
}

/**
 * Whether the judge turns the label: what it turns cannot be told from what it leaves, nor from the first examples. Where
 * first examples were few and the judge says what their model does not know, it can.
 */
export function isTurned(flow: Flow, records: readonly SaidRecord[], screen: Screen): boolean {
  const area = separation(flow, records, screen);
  return area !== null && area < tellable;
}

/** What is held of a turned label, by trace id: all that the judge turns and the first examples are nearer to `from`. */
export function heldOf(flow: Flow, records: readonly SaidRecord[]): ReadonlyMap<string, Triage> {
  const { judge, from, to, turned, of } = flow;
  return new Map(
    records.flatMap(({ traceId, given, judges, trusted }): [string, Triage][] => {
      const [one, other] = [probabilityOf(trusted, from), probabilityOf(trusted, to)];
      if (given !== to || !judges.includes(judge) || one <= other) return [];
      const reason =
        `${judge} alone says ${JSON.stringify(to)} of ${turned} in ${of} texts that are like the first examples of ` +
        `${JSON.stringify(from)} and cannot be told from the others; held until another judge says so too, or ` +
        `ratchet settings MODEL confirmed=${JSON.stringify(confirmationOf(flow))}`;
      const suspect = { likely: from, probability: one / (one + other) };
      const alone = { judge, from, word: null, to, turned, of };
      return [[traceId, { category: 'suspect-judgement', kind: 'turned-label', reason, suspect, alone }]];
    }),
  );
}

/**
 * The area under the ROC curve by which the turned texts can be told from others of `from`, by what models say out of
 * fold of `to` against `from`: one half where the judge turns texts that are like those it leaves, or like the first
 * examples; near 1 where first examples were few and what the judge says is a topic of its own. Null where there is
 * nothing to compare.
 */
function separation({ judge, from, to }: Flow, records: readonly SaidRecord[], screen: Screen): number | null {
  const region = records.filter(({ trusted }) => topOf(trusted).label === from);
  const scores = (of: readonly SaidRecord[]) =>
    of.flatMap(({ traceId }) => {
      const said = screen.records.get(traceId);
      return said === undefined ? [] : [lean(said, { from, to })];
    });
  const turned = scores(region.filter(({ given, judges }) => given === to && judges.includes(judge)));
  const left = [
    ...scores(region.filter(({ given }) => given === from)),
    ...screen.examples.filter(({ label }) => label === from).map(({ said }) => lean(said, { from, to })),
  ];
  return areaUnderCurve(turned, left);
}

function lean(said: OutOfFold, { from, to }: Pick<Flow, 'from' | 'to'>): number {
  return Math.log(atLeast(probabilityOf(said, to)) / atLeast(probabilityOf(said, from)));
}

/** How often one of the first is above one of the second, ties by half; null where there are none of either. */
function areaUnderCurve(first: readonly number[], second: readonly number[]): number | null {
  if (first.length === 0 || second.length === 0) return null;
  const ascending = second.toSorted((a, b) => a - b);
  const below = (value: number, isBelow: (other: number) => boolean) => {
    let [from, to] = [0, ascending.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBelow(ascending[middle] ?? value)) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const sum = first.reduce((total, value) => {
    return total + (below(value, (other) => other < value) + below(value, (other) => other <= value)) / 2;
  }, 0);
  return sum / (first.length * second.length);
}

/** No probability counts as smaller than this. */
function atLeast(p: number): number {
  return Math.max(1e-6, p);
}
