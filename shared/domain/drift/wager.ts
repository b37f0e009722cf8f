import { z } from 'zod';

/** Bettors on one change of a stream of p-values, and what they have. It begins with {@link newWager}. */
export const wagerSchema = z.strictObject({
  /** p-values so far. */
  seen: z.int().nonnegative(),
  /** Natural logarithm of the whole wealth; 0 at first. */
  logWealth: z.number(),
  /** The highest that it ever was. */
  highest: z.number(),
  /** Share of the wealth that waits for a change. */
  waiting: z.number().min(0).max(1),
  /** Shares of the wealth that are staked, by bettor: first those on small p-values, then those on large ones. */
  staked: z.array(z.number().min(0)),
});
export type Wager = z.infer<typeof wagerSchema>;

/** `rise`: only on the watched score growing, which makes p-values small; `both`: on its falling too. */
export type Sides = 'rise' | 'both';

/** So many p-values are let pass first: among few, ranks say little. */
const letPass = 50;
/**
 * Bettors on each side: on p-values below a place coming oftener than they should, by odds. What they get for one below it,
 * and for one above, is what makes a fair bet of that.
 */
const bettors = [0.03, 0.1, 0.3].flatMap((below) =>
  [1.6, 3.5].map((odds) => {
    const mass = (odds * below) / (1 - below + odds * below);
    return { below, hit: mass / below, miss: (1 - mass) / (1 - below) };
  }),
);
const belows = Float64Array.from(bettors, ({ below }) => below);
const hits = Float64Array.from(bettors, ({ hit }) => hit);
const misses = Float64Array.from(bettors, ({ miss }) => miss);
const bets = bettors.length;

/** Nothing is staked yet. */
export function newWager(sides: Sides): Wager {
  return {
    seen: 0,
    logWealth: 0,
    highest: 0,
    waiting: 1,
    staked: Array<number>(sides === 'rise' ? bets : 2 * bets).fill(0),
  };
}

/**
 * Bets on p-values, one after the other. While they are independent and uniform on [0, 1], the wealth is a test martingale:
 * the chance that it ever reaches 1 / α, however often one looks, is at most α (Ville 1939). Of what waits for a change, the
 * nth part is staked with the nth p-value, so that a change at any time is found at a price that grows as its logarithm: a
 * mixture over the time of the change with weights like 1 / n² (after Vovk, Petej, Nouretdinov, Ahlberg, Carlsson and
 * Gammerman 2021, "Retrain or not retrain: conformal test martingales for change-point detection", PMLR 152). What is
 * staked is divided among bettors on few or many p-values being smaller, or larger, by little or by much.
 * @param ps above 0 and below 1
 */
export function betOn(wager: Wager, ps: Float64Array): Wager {
  const staked = Float64Array.from(wager.staked);
  let { seen, logWealth, highest, waiting } = wager;
  for (const p of ps) {
    seen += 1;
    if (seen <= letPass) continue;
    const part = waiting / seen;
    const each = part / staked.length;
    waiting -= part;
    let whole = waiting;
    for (let at = 0; at < staked.length; at += 1) {
      const isOnSmall = at < bets;
      const bettor = isOnSmall ? at : at - bets;
      const isHit = (isOnSmall ? p : 1 - p) < (belows[bettor] ?? 0);
      const won = ((staked[at] ?? 0) + each) * ((isHit ? hits[bettor] : misses[bettor]) ?? 1);
      staked[at] = won;
      whole += won;
    }
    for (let at = 0; at < staked.length; at += 1) staked[at] = (staked[at] ?? 0) / whole;
    waiting /= whole;
    logWealth += Math.log(whole);
    if (logWealth > highest) highest = logWealth;
  }
  return { seen, logWealth, highest, waiting, staked: [...staked] };
}
