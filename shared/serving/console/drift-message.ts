import { driftHeadline, findingWords, signalNames } from '../../domain/drift/drift-words.ts';
import { lookAtDrift } from '../../operations/drift.ts';
import type { Ports } from '../../ports/ports.ts';
import type { DriftMessage } from './messages.ts';

/** Whether the champion's traffic has changed. @throws RatchetError UnknownModel */
export async function driftMessage(modelId: string, ports: Ports): Promise<DriftMessage> {
  const drift = await lookAtDrift(modelId, ports);
  if (drift === null) return { drift: null };
  const { traces, counted, findings, points } = drift;
  return {
    drift: {
      headline: driftHeadline(drift),
      traces,
      counted,
      signals: findings.map((finding) => ({
        name: signalNames[finding.signal],
        words: findingWords(finding, (label) => label),
        level: finding.level,
        seenAt: finding.seenAt,
        levels: points.map(({ at, levels }) => ({ at, level: levels[finding.signal] })),
      })),
    },
  };
}
