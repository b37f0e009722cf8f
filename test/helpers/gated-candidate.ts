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
  /** Records, gained and lost ones of the label `spam`, where the gate looks at it. */
  readonly spam?: readonly [records: number, gained: number, lost: number];
  /** Patterns of the failures that remain. */
  readonly remaining?: readonly string[];
}

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

/** A candidate as the gate leaves it, with the verdict that the gate gives it. */
export function gated(
  candidateId: string,
  { gained, lost, score, forgets = 0, fallen = false, spam, remaining = ['p'] }: Made,
  settings: Settings,
): GatedCandidate {
  const [records, better, worse] = spam ?? (fallen ? [9, 0, 2] : []);
  const request = {
    settings,
    margin: null,
    pairs: { groups: 500, gained: ids('g', gained), lost: ids('l', lost) },
    memory: [{ scope: 'preceding' as const, size: 100, right: 100, lost: ids('m', forgets), gained: [] }],
    facets: records === undefined ? [] : [{ facet: 'spam', records, gained: better ?? 0, lost: worse ?? 0 }],
    evidence: { failures: 100, records: 500 },
    fit: null,
  };
  return {
    candidate: { candidateId, checkpointId: `checkpoint ${candidateId}`, key: `${candidateId}.json` },
    score,
    championScore: 0.8,
    answersKey: `${candidateId}-answers.jsonl`,
    remaining: remaining.map((key) => ({ key, title: 'spam for ham', facets: ['ham'], count: 3 })),
    excess: { spurious: 0, missed: 0 },
    request,
    verdict: gateCandidate(request),
  };
}
