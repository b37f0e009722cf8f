import { signalNames } from '../domain/drift/drift-words.ts';
import type { Model } from '../domain/models/model.ts';
import type { Ports } from '../ports/ports.ts';
import { readDrift, tracesDigest } from './drift-record.ts';

/** Of the traces that show how the champion's traffic has changed, by their id: what they show, in words. */
export async function tellingTraces(
  model: Model,
  ports: Pick<Ports, 'lineage' | 'objects'>,
): Promise<(traceId: string) => { readonly drift?: string }> {
  const control = await ports.lineage.getControl(model.modelId);
  const state = await readDrift(model.modelId, control?.championId ?? null, ports);
  const shown = new Map(
    (state?.alarms ?? []).flatMap(({ signal, telling }) =>
      telling.map((trace) => [trace, signalNames[signal].toLowerCase()] as const),
    ),
  );
  if (shown.size === 0) return () => ({});
  return (traceId) => {
    const drift = shown.get(tracesDigest(model, traceId));
    return drift === undefined ? {} : { drift };
  };
}
