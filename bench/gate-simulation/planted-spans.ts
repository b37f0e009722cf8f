import type { GateRequest } from '../../shared/domain/evaluation/gate.ts';
import { type PairedRecord, pairUp } from '../../shared/domain/evaluation/pairs.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import type { Counted } from './planted.ts';

/** A tagger whose true worth is known, and the traffic that it is judged by. Shares are fractions. */
export interface PlantedSpans {
  readonly name: string;
  /** By how much its true entity F1 is above the champion's; below zero it is worse. */
  readonly better: number;
  /** Share of the wanted entities that only one of the two has right, in truth. */
  readonly churn: number;
  /** Share of the wanted entities that the champion has right. */
  readonly right: number;
  /** Entities of a record that has any, on average; each record draws 1 to twice as many less one. */
  readonly entities: number;
  /** Share of the records that have none; the champion answers one all the same in a tenth of them. */
  readonly empty: number;
  /** Independent records. */
  readonly pairs: number;
}

const falseAlarms = 0.1;

/** F1 of the champion: a wrong entity is one answered at a wrong place, so that as many are answered as wanted. */
export function championF1({ right, entities, empty }: Pick<PlantedSpans, 'right' | 'entities' | 'empty'>): number {
  const wanted = (1 - empty) * entities;
  return (2 * right * wanted) / (2 * wanted + empty * falseAlarms);
}

/** How much more of the wanted entities the candidate has right, in truth: what makes F1 better by so much. */
export function shareGained(planted: PlantedSpans): number {
  return (planted.better * planted.right) / championF1(planted);
}

/** What was counted of one candidate, with the F1 of both. */
export type CountedSpans = Counted & Required<Pick<GateRequest, 'score'>>;

/** An answer to a record: entities that are right, and those that are wanted or answered. */
interface Answered {
  readonly right: number;
  readonly wanted: number;
  readonly answered: number;
}

/** Draws one count of a candidate, every record and every entity by itself. */
export function drawSpans(planted: PlantedSpans, random: RandomStream): CountedSpans {
  const net = shareGained(planted);
  const lost = (planted.churn - net) / 2 / planted.right;
  const mended = (planted.churn + net) / 2 / (1 - planted.right);
  if (lost < 0 || mended < 0 || lost > 1 || mended > 1) throw new Error(`${planted.name} cannot be planted`);
  const drawn = Array.from({ length: planted.pairs }, () =>
    random.next() < planted.empty ? alarms(random) : spans(planted, lost, mended, random),
  );
  const records = drawn.flatMap(([champion, candidate], at): PairedRecord[] => {
    if (champion.wanted + champion.answered + candidate.answered === 0) return [];
    const [before, after] = [credit(champion), credit(candidate)];
    const whole = { before: before === 1, after: after === 1 };
    const id = String(at);
    return [{ exampleId: id, groupId: id, ...whole, change: after - before, facets: [{ facet: 'entity', ...whole }] }];
  });
  const { groups, gained, lost: gone, changes, facets } = pairUp(records);
  const score = {
    metric: 'entity F1',
    champion: f1(drawn.map(([champion]) => champion)),
    candidate: f1(drawn.map(([, candidate]) => candidate)),
  };
  return { pairs: { groups, gained, lost: gone, changes }, memory: [], facets, score };
}

/** Champion and candidate on a record that wants nothing: a fifth of the alarms are other ones. */
function alarms(random: RandomStream): [Answered, Answered] {
  const champion = random.next() < falseAlarms;
  const same = random.next() < 0.8;
  const candidate = same ? champion : random.next() < falseAlarms;
  return [nothing(champion), nothing(candidate)];
}

function nothing(alarmed: boolean): Answered {
  return { right: 0, wanted: 0, answered: Number(alarmed) };
}

function spans(planted: PlantedSpans, lost: number, mended: number, random: RandomStream): [Answered, Answered] {
  const wanted = 1 + Math.floor(random.next() * (2 * planted.entities - 1));
  let [before, after] = [0, 0];
  for (let entity = 0; entity < wanted; entity += 1) {
    const was = random.next() < planted.right;
    const is = was ? random.next() >= lost : random.next() < mended;
    before += Number(was);
    after += Number(is);
  }
  return [
    { right: before, wanted, answered: wanted },
    { right: after, wanted, answered: wanted },
  ];
}

function credit({ right, wanted, answered }: Answered): number {
  return wanted + answered === 0 ? 1 : (2 * right) / (wanted + answered);
}

function f1(answers: readonly Answered[]): number {
  const sum = (count: (one: Answered) => number) => answers.reduce((total, one) => total + count(one), 0);
  return (2 * sum(({ right }) => right)) / sum(({ wanted, answered }) => wanted + answered);
}
