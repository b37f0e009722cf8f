import type { LabelChange, LabelReading } from '../../domain/base/label-change.ts';
import type { Relabelling } from '../../domain/base/task-kind.ts';
import { changedNames, joinsNames, type NameRules, type TranslatedName, translateName } from '../name-changes.ts';
import { type Entity, entitiesOf, entitiesOutput, entityLabelSchema } from './entity.ts';
import { type ExtractionSpec, withTypes } from './extraction-spec.ts';

/** How the types of an extraction change. */
export const relabelling: Relabelling<ExtractionSpec> = { withChange, reading: typeReading };

const rules: NameRules = {
  one: 'an entity type',
  name: 'entity type',
  several: 'entity types',
  isName: (text) => entityLabelSchema.safeParse(text).data === text,
  readsVariants: false,
};

function withChange(task: ExtractionSpec, change: LabelChange, before: readonly LabelChange[]): ExtractionSpec {
  return withTypes(task, changedNames(task.labels, change, before, rules));
}

/** Reads the type of each entity; an output is open where one of its types was split. */
function typeReading(changes: readonly LabelChange[]): LabelReading {
  const known = new Map<string, TranslatedName>();
  const typeOf = (label: string): TranslatedName => {
    const translated = known.get(label) ?? translateName(label, changes);
    // What comes from outside may be any text: only so many are kept.
    if (known.size < 20_000) known.set(label, translated);
    return translated;
  };
  return {
    translate(output) {
      const read = entitiesOf(output).map((entity) => ({ entity, type: typeOf(entity.label) }));
      const isSame = read.every(({ entity, type }) => type.name === entity.label);
      const closest = isSame
        ? output
        : entitiesOutput(read.map(({ entity, type }): Entity => ({ ...entity, label: type.name ?? entity.label })));
      return {
        output: read.some(({ type }) => type.name === null) ? null : closest,
        closest,
        joined: read.some(({ type }) => type.joined),
      };
    },
    closestName: (label) => typeOf(label).name ?? label,
    joins: joinsNames(changes),
  };
}
