import { partsSince, partsWithoutExample } from '../../domain/curriculum/parts-without-example.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import { labelChangesOf } from '../../domain/models/model-change.ts';
import { isUsableRecord, type TriagedRecord, trains } from '../../domain/traces/trace-record.ts';
import { readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RunPlan } from '../state/run-plan.ts';

/**
 * What labels that the champion could answer were split into, where nothing that may train is about it: a candidate
 * would forget the old label and never give the new one. A label that came with no example in another way is none of
 * these: the champion could not answer it either.
 */
export async function unlearntParts(
  { model, champion, parentExamplesKey }: Pick<RunPlan, 'model' | 'champion' | 'parentExamplesKey'>,
  records: readonly TriagedRecord[],
  ports: Pick<Ports, 'objects' | 'tasks'>,
): Promise<readonly string[]> {
  const kind = kindOf(model, ports);
  const parts = partsSince(kind.knownFacets(champion.task), labelChangesOf(model));
  if (parts.length === 0) return [];
  const examples = await readJsonl(ports.objects, parentExamplesKey, exampleSchema);
  const judged = records.filter(isUsableRecord).filter(trains);
  const outputs = [...examples.map(({ output }) => output), ...judged.map(({ expected }) => expected)];
  return partsWithoutExample(parts, outputs, kind);
}
