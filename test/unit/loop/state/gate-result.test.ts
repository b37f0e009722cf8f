import { expect, test } from 'vitest';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { byNetGain, type GatedCandidate } from '../../../../shared/loop/state/gate-result.ts';
import { gated } from '../../../helpers/gated-candidate.ts';

const candidate = (id: string, gained: number, lost: number, score = 0.9) =>
  gated(id, { gained, lost, score }, defaultSettings);
const inOrder = (...candidates: readonly GatedCandidate[]) =>
  candidates.toSorted(byNetGain).map(({ candidate: { candidateId } }) => candidateId);

test('the best candidate is what gains most over what it loses, then by score, by what it loses, by id', () => {
  expect(inOrder(candidate('a', 20, 15), candidate('b', 10, 1))).toEqual(['b', 'a']);
  expect(inOrder(candidate('a', 10, 1, 0.8), candidate('b', 10, 1, 0.9))).toEqual(['b', 'a']);
  expect(inOrder(candidate('a', 12, 3), candidate('b', 10, 1))).toEqual(['b', 'a']);
  expect(inOrder(candidate('b', 10, 1), candidate('a', 10, 1))).toEqual(['a', 'b']);
  expect(inOrder(candidate('a', 10, 1), candidate('b', 10, 1))).toEqual(['a', 'b']);
});

test('where parts are counted, the gain is of parts', () => {
  const partly = (one: GatedCandidate, net: number): GatedCandidate => ({
    ...one,
    verdict: { ...one.verdict, partly: { more: 1, less: 1 }, net },
  });
  expect(inOrder(partly(candidate('a', 20, 1), 0.01), partly(candidate('b', 10, 1), 0.02))).toEqual(['b', 'a']);
  expect(inOrder(partly(candidate('a', 20, 1), 0.01), candidate('b', 7, 1))).toEqual(['b', 'a']);
});
