import { RatchetError } from '../domain/base/errors.ts';
import type { LabelChange } from '../domain/base/label-change.ts';
import { nearestName } from '../domain/base/nearest-name.ts';
import { quoted } from '../domain/base/quoted.ts';
import { leaseKeepsOut } from '../domain/models/control.ts';
import type { Model } from '../domain/models/model.ts';
import { labelChangesOf, withModelChange } from '../domain/models/model-change.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { changeModel } from './change-model.ts';
import { leaseHeld } from './lease.ts';
import { type LabelMaterial, type LabelSurvey, readLabelMaterial, surveyLabels } from './survey-labels.ts';
import { countLetIn } from './traffic-today.ts';

/** A change as a person asks for it. Of a merge, what the task does not know has to stand in judgements. */
export type LabelWish =
  | { readonly how: 'add'; readonly labels: readonly string[] }
  | { readonly how: 'rename'; readonly from: string; readonly to: string }
  | { readonly how: 'merge'; readonly labels: readonly string[]; readonly into: string }
  | { readonly how: 'split'; readonly from: string; readonly into: readonly string[] };

export interface LabelRequest {
  readonly modelId: string;
  readonly wish: LabelWish;
  /** Who changes them. */
  readonly by: string;
  /** Only says what would change. */
  readonly dryRun: boolean;
}

export interface LabelResult {
  /** As it is now, or would be. */
  readonly model: Model;
  readonly before: LabelSurvey;
  readonly after: LabelSurvey;
}

export type LabelPorts = Pick<Ports, 'lineage' | 'objects' | 'traceLog' | 'tasks' | 'clock' | 'owners'>;

/**
 * Changes the labels of a model. Nothing that is stored is written anew: traces, datasets and frozen records are read
 * through the changes from here on, and so are the champion's answers. Critical labels follow. Entered in the model's
 * record. Refused while a run is active, but for added labels: its candidates would answer by labels that are no more.
 * @throws RatchetError UnknownModel, InvalidInput, LeaseHeld
 */
export async function changeLabels(request: LabelRequest, ports: LabelPorts): Promise<LabelResult> {
  const { modelId, wish, by, dryRun } = request;
  const present = await ports.lineage.getModel(modelId);
  if (present === undefined) throw await unknownModel(modelId, ports);
  const material = await readLabelMaterial(present, ports);
  const before = surveyLabels(present, material, ports);
  if (wish.how !== 'add' && !dryRun) await refuseWhileActive(modelId, ports);
  const next = (model: Model) => changed(model, wish, by, material, ports);
  if (dryRun) {
    const { model, change } = next(present);
    const after: Model = { ...present, ...model, changes: withModelChange(present.changes, change) };
    return { model: after, before, after: surveyLabels(after, material, ports) };
  }
  const model = await changeModel(modelId, ports, async (current) => next(current));
  return { model, before, after: surveyLabels(model, material, ports) };
}

function changed(model: Model, wish: LabelWish, by: string, material: LabelMaterial, ports: LabelPorts) {
  const kind = kindOf(model, ports);
  const { relabelling, words } = kind;
  if (relabelling === undefined) {
    throw new RatchetError(
      'InvalidInput',
      `The ${words.facets} of a task of the kind ${kind.kind} cannot be changed.`,
      {
        mend: 'Create a new model from examples that have the new ones: ratchet create MODEL --examples FILE.',
      },
    );
  }
  const known = kind.knownFacets(model.task);
  const change = changeOf(wish, known, surveyLabels(model, material, ports));
  const task = relabelling.withChange(model.task, change, labelChangesOf(model));
  const critical = criticalAfter(model.settings.critical, change);
  const entry = { at: new Date(ports.clock.now()).toISOString(), by, what: 'labels' as const, change };
  const after = { task, changes: withModelChange(model.changes, entry) };
  const letIn = countLetIn(model, after, material.traces, ports);
  return {
    model: { task, settings: { ...model.settings, critical } },
    change: letIn.judged === 0 ? entry : { ...entry, letIn },
  };
}

function changeOf(wish: LabelWish, known: readonly string[], { held }: LabelSurvey): LabelChange {
  if (wish.how !== 'merge') return wish;
  const { into } = wish;
  const given = [...new Set(wish.labels)];
  const labels = given.filter((label) => known.includes(label));
  const aliases = given.filter((label) => !known.includes(label));
  const unheard = aliases.find((label) => !held.some((one) => one.label === label));
  if (unheard !== undefined) throw unknownLabel(unheard, known, held);
  if (known.includes(into)) return { how: 'merge', labels: [...new Set([...labels, into])], aliases, into };
  if (labels.length > 0) return { how: 'merge', labels, aliases, into };
  const nearest = nearestName(into, known);
  throw new RatchetError('InvalidInput', `${quoted(into)} is none of the model's ${known.length} labels.`, {
    mend: nearest === null ? 'Add it first: ratchet labels MODEL add NAME' : `The nearest one is ${quoted(nearest)}.`,
  });
}

function unknownLabel(label: string, known: readonly string[], held: LabelSurvey['held']): RatchetError {
  const nearest = nearestName(label, [...known, ...held.map((one) => one.label)]);
  return new RatchetError(
    'InvalidInput',
    `${quoted(label)} is none of the model's ${known.length} labels, and no judgement says it.`,
    { mend: nearest === null ? 'See which there are: ratchet labels MODEL' : `The nearest one is ${quoted(nearest)}.` },
  );
}

/** Critical labels under their new names: what a critical one was merged into, and all that it was split into. */
function criticalAfter(critical: readonly string[], change: LabelChange): readonly string[] {
  const after = critical.flatMap((label) => {
    if (change.how === 'rename' && change.from === label) return [change.to];
    if (change.how === 'merge' && change.labels.includes(label)) return [change.into];
    return change.how === 'split' && change.from === label ? change.into : [label];
  });
  return [...new Set(after)];
}

async function refuseWhileActive(modelId: string, { lineage, owners, clock }: LabelPorts): Promise<void> {
  const lease = (await lineage.getControl(modelId))?.lease ?? null;
  if (lease !== null && leaseKeepsOut(lease, clock.now(), await owners.stateOf(lease.owner))) {
    throw leaseHeld(modelId, lease, clock.now());
  }
}
