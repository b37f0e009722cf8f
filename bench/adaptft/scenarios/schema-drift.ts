import type { LabelChange, LabelReading } from '../../../shared/domain/base/label-change.ts';
import type { Random } from '../../../shared/ports/random.ts';
import { relabelling } from '../../../shared/tasks/classification/label-changes.ts';

/**
 * Labels that a person changes as a stage's traffic begins. Texts carry the finest labels there ever are, the atoms; what
 * an atom is called hangs on the stage, from 0.
 */
export interface SchemaDrift {
  /** What is changed as a stage begins; nothing at the first one. */
  changesAt(stage: number): readonly LabelChange[];
  /** The labels of a stage, sorted. */
  labelsAt(stage: number): readonly string[];
  nameAt(atom: string, stage: number): string;
  /** How names of any earlier stage read at this one. */
  readingAt(stage: number): LabelReading;
}

/** So many labels are renamed, so many split in two, so many pairs merged. */
const each = 3;
const renamedFrom = 1;
const splitFrom = 2;
const mergedFrom = 3;

/** Three labels are renamed at the second stage, three split in two at the third, three pairs merged at the fourth. */
export function schemaDrift(atoms: readonly string[], seed: number, random: Random): SchemaDrift {
  const drawn = random.stream(seed, 'adaptft/schema-drift').shuffle(atoms);
  if (drawn.length < 5 * each) throw new Error(`${drawn.length} labels are too few to rename, split and merge`);
  const renamed = drawn.slice(0, each);
  const split = pairsOf(drawn.slice(each, 3 * each), '-or-');
  const merged = pairsOf(drawn.slice(3 * each, 5 * each), '-and-');
  const byStage: readonly (readonly LabelChange[])[] = [
    [],
    renamed.map((from) => ({ how: 'rename', from, to: newName(from) })),
    split.map(({ name, parts }) => ({ how: 'split', from: name, into: parts })),
    merged.map(({ name, parts }) => ({ how: 'merge', labels: parts, aliases: [], into: name })),
  ];
  const nameAt = (atom: string, stage: number): string => {
    if (stage >= renamedFrom && renamed.includes(atom)) return newName(atom);
    const whole = split.find(({ parts }) => parts.includes(atom));
    if (stage < splitFrom && whole !== undefined) return whole.name;
    const one = merged.find(({ parts }) => parts.includes(atom));
    return stage >= mergedFrom && one !== undefined ? one.name : atom;
  };
  return {
    changesAt: (stage) => byStage[stage] ?? [],
    labelsAt: (stage) => [...new Set(atoms.map((atom) => nameAt(atom, stage)))].sort(),
    nameAt,
    readingAt: (stage) => relabelling.reading(byStage.slice(0, stage + 1).flat()),
  };
}

function newName(atom: string): string {
  return `new-${atom}`;
}

function pairsOf(atoms: readonly string[], between: string): { name: string; parts: readonly string[] }[] {
  return Array.from({ length: atoms.length / 2 }, (_, at) => {
    const parts = atoms.slice(2 * at, 2 * at + 2).sort();
    return { name: parts.join(between), parts };
  });
}
