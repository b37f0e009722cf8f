import { gateCandidate } from '../../shared/domain/evaluation/gate.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import type { GatedCandidate } from '../../shared/loop/state/gate-result.ts';

/** How a candidate does at the gate. */
export interface Made {
  readonly gained: number;
  readonly lost: number;
  readonly score: number;
  /** Frozen records that it forgets. */
  readonly forgets?: number;
  readonly fallen?: boolean;
}

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

/** A candidate as the gate leaves it, with the verdict that the gate gives it. */
export function gated(
  candidateId: string,
  { gained, lost, score, forgets = 0, fallen = false }: Made,
  settings: Settings,
): GatedCandidate {
  const request = {
    settings,
    margin: null,
    pairs: { groups: 500, gained: ids('g', gained), lost: ids('l', lost) },
    memory: [{ scope: 'preceding' as const, size: 100, right: 100, lost: ids('m', forgets), gained: [] }],
    facets: fallen ? [{ facet: 'spam', records: 9, gained: 0, lost: 2 }] : [],
    evidence: { failures: 100, records: 500 },
    fit: null,
  };
  return {
    candidate: { candidateId, checkpointId: `checkpoint ${candidateId}`, key: `${candidateId}.json` },
    score,
    championScore: 0.8,
    answersKey: `${candidateId}-answers.jsonl`,
    remaining: [{ key: 'p', title: 'spam for ham', facets: ['ham'], count: 3 }],
    excess: { spurious: 0, missed: 0 },
    request,
    verdict: gateCandidate(request),
  };
}
