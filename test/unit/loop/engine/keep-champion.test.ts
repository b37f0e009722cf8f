import { expect, test } from 'vitest';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { keepChampion } from '../../../../shared/loop/engine/keep-champion.ts';
import type { GatedCandidate } from '../../../../shared/loop/state/gate-result.ts';
import type { IterationRecord } from '../../../../shared/loop/state/iteration.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { gated } from '../../../helpers/gated-candidate.ts';
import { sampleCheckpoint } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';

const champion = sampleCheckpoint({ checkpointId: 'c1' });
const detail = 'No move is left.';

/** What is kept after iterations with these candidates. */
async function kept(iterations: readonly (readonly GatedCandidate[])[]) {
  const ports = memoryPorts();
  const records: IterationRecord[] = [];
  for (const [at, candidates] of iterations.entries()) {
    const gateKey = `gate-${at}.json`;
    await writeJson(ports.objects, gateKey, { candidates });
    const best = candidates[0]?.candidate ?? { candidateId: 'none', checkpointId: 'none', key: 'none' };
    const past = { kind: 'first', move: 'first', score: 0.8, rolledBack: false, decision: 'refused' } as const;
    records.push({ ...past, iteration: at + 1, best, gateKey });
  }
  return keepChampion(records, detail, { champion }, ports);
}

test('where nothing was tried the reason is why the search ended, and nobody is chosen', async () => {
  const nobody = { next: 'keep', reason: detail, chosen: null, answersKey: null };
  expect(await kept([])).toEqual(nobody);
  expect(await kept([[]])).toEqual(nobody);
});

test('the best of all iterations is told, with the rules that held it back and no others', async () => {
  const worse = gated('worse', { gained: 5, lost: 4, score: 0.81 }, defaultSettings);
  const best = gated('best', { gained: 40, lost: 34, score: 0.82, forgets: 30 }, defaultSettings);
  const worst = gated('worst', { gained: 1, lost: 4, score: 0.79 }, defaultSettings);
  const given = await kept([[worse], [best, worst]]);
  expect(given).toMatchObject({ next: 'keep', chosen: best.candidate, answersKey: 'best-answers.jsonl' });
  const [failed, passed] = [false, true].map((is) => best.verdict.rules.filter((rule) => rule.passed === is));
  expect(failed?.length).toBeGreaterThan(1);
  expect(passed?.length).toBeGreaterThan(0);
  expect(given.reason).toBe(`${detail} The champion c1 stays: ${failed?.map((rule) => rule.detail).join(' ')}`);
});
