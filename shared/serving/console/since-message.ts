import { modelStatus } from '../../operations/model-status.ts';
import { missingToCompare } from '../../operations/since-promotion.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Since } from './messages.ts';

/** The champion beside its predecessor on judged traces that neither has seen. @throws RatchetError UnknownModel */
export async function sinceMessage(modelId: string, ports: Ports): Promise<Since> {
  const { since } = await modelStatus(modelId, ports);
  if (since === null) return { compared: null };
  const { judged, champion, predecessor, gained, lost } = since;
  return { compared: { judged, champion, predecessor, gained, lost, missing: missingToCompare(since) } };
}
