import { describe, expect, it } from 'vitest';
import { gateCandidate } from '../../../../shared/domain/evaluation/gate.ts';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { gateMargin } from '../../../../shared/loop/report/gate-margin.ts';

/** What the gate says that the bound must lie above, in points. */
function asked(caution: 'strict' | 'normal' | 'bold', margin: number | null): string | undefined {
  const verdict = gateCandidate({
    settings: { ...defaultSettings, caution },
    margin,
    pairs: { groups: 100, gained: ['a', 'b'], lost: ['c'] },
    memory: [],
    facets: [],
    evidence: { failures: 100, records: 100 },
    fit: null,
  });
  return verdict.rules.find(({ rule }) => rule === 'gain')?.detail.match(/above −([\d.]+) is needed/)?.[1];
}

describe('the margin that the report shows', () => {
  it.each([
    ['normal', null],
    ['bold', null],
    ['normal', 0.01],
    ['strict', null],
  ] as const)('is the gate’s own: %s, asked for %s', (caution, margin) => {
    const shown = gateMargin({ caution }, margin);
    expect(shown === null ? undefined : (100 * shown).toFixed(2)).toBe(asked(caution, margin));
  });
});
