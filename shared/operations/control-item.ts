import { RatchetError } from '../domain/base/errors.ts';
import type { Control } from '../domain/models/control.ts';
import type { Ports } from '../ports/ports.ts';

/** How often a compare-and-set is tried against writers that come in between. */
const attempts = 20;

/**
 * Changes the control item by compare-and-set, reading it anew when another writer was quicker.
 * @param change the item to write, or null to leave it as it is
 * @throws RatchetError UnknownModel, StaleVersion, and whatever `change` throws
 */
export async function updateControl(
  modelId: string,
  ports: Ports,
  change: (control: Control) => Control | null,
): Promise<Control> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const control = await readControl(modelId, ports);
    const next = change(control);
    if (next === null) return control;
    if (await ports.lineage.compareAndSetControl(control.version, next)) return next;
  }
  throw new RatchetError(
    'StaleVersion',
    `The control item of ${modelId} changed ${attempts} times while it was being written.`,
  );
}

/** A model's control item. @throws RatchetError UnknownModel */
export async function readControl(modelId: string, ports: Ports): Promise<Control> {
  const control = await ports.lineage.getControl(modelId);
  if (control === undefined) throw new RatchetError('UnknownModel', `There is no model named ${modelId}.`);
  return control;
}
