import { RatchetError } from '../domain/base/errors.ts';
import type { LabelChange } from '../domain/base/label-change.ts';
import { nearestName } from '../domain/base/nearest-name.ts';
import { quoted } from '../domain/base/quoted.ts';
import { normalisedText } from '../domain/base/text.ts';

/** What the names of a kind of task are, and how messages call them. */
export interface NameRules {
  /** `a label`, `an entity type`. */
  readonly one: string;
  /** `label`, `entity type`. */
  readonly name: string;
  /** `labels`, `entity types`. */
  readonly several: string;
  /** Whether a text can be a name as it stands, without a blank at either end. */
  readonly isName: (text: string) => boolean;
  /** Whether outputs are read as a name that they have but for case, blanks or Unicode form. */
  readonly readsVariants: boolean;
}

/** What a name of before is called today. */
export interface TranslatedName {
  /** Null where it was split. */
  readonly name: string | null;
  /** Whether it was merged with others. */
  readonly joined: boolean;
}

/**
 * The names of a task after a change.
 * @param before the changes that it had already, oldest first
 * @throws RatchetError InvalidInput for a change that cannot be, or after which what is stored could not be read
 */
export function changedNames(
  names: readonly string[],
  change: LabelChange,
  before: readonly LabelChange[],
  rules: NameRules,
): ReadonlySet<string> {
  const next = new Set(names);
  switch (change.how) {
    case 'add':
      for (const name of change.labels) addNew(name, next, rules);
      break;
    case 'rename':
      remove(change.from, next, rules);
      if (next.has(change.to)) throw thereAlready(change.to, `To make one of two ${rules.several}, merge them.`, rules);
      addNew(change.to, next, rules);
      break;
    case 'merge':
      merge(change, next, before, rules);
      break;
    case 'split':
      remove(change.from, next, rules);
      checkParts(change, rules);
      for (const name of change.into) next.add(checked(name, rules));
      break;
  }
  checkUnambiguous(next, [...before, change], rules);
  return next;
}

/** Reads a name through changes, oldest first. */
export function translateName(before: string, changes: readonly LabelChange[]): TranslatedName {
  let name = before;
  let joined = false;
  for (const change of changes) {
    if (change.how === 'rename' && change.from === name) name = change.to;
    if (change.how === 'split' && change.from === name) return { name: null, joined };
    if (change.how === 'merge' && (change.labels.includes(name) || change.aliases.includes(name))) {
      name = change.into;
      joined ||= change.labels.length > 1;
    }
  }
  return { name, joined };
}

/** Whether some change made one of several names. */
export function joinsNames(changes: readonly LabelChange[]): boolean {
  return changes.some((change) => change.how === 'merge' && change.labels.length > 1);
}

function addNew(name: string, names: Set<string>, rules: NameRules): void {
  if (names.has(checked(name, rules))) {
    throw thereAlready(name, `Give each new ${rules.name} once, and none that is there.`, rules);
  }
  const form = normalisedText(name);
  const variant = rules.readsVariants ? [...names].find((known) => normalisedText(known) === form) : undefined;
  if (variant !== undefined) {
    throw refused(
      `${quoted(name)} is the ${rules.name} ${quoted(variant)} but for case, blanks or Unicode form, and is read as that.`,
      'Choose another name.',
    );
  }
  names.add(name);
}

function remove(name: string, names: Set<string>, { several }: NameRules): void {
  if (names.delete(name)) return;
  const nearest = nearestName(name, [...names]);
  throw refused(
    `${quoted(name)} is none of the model's ${names.size} ${several}.`,
    nearest === null ? 'See which there are: ratchet labels MODEL' : `The nearest one is ${quoted(nearest)}.`,
  );
}

function merge(
  { labels: merged, aliases, into }: LabelChange & { how: 'merge' },
  names: Set<string>,
  before: readonly LabelChange[],
  rules: NameRules,
): void {
  const taken = new Set(names);
  for (const name of merged) remove(name, names, rules);
  for (const alias of aliases) {
    if (translateName(alias, before).name === alias && !taken.has(alias)) continue;
    throw refused(`${quoted(alias)} has a meaning already.`, 'See what was changed before: ratchet labels MODEL');
  }
  if ([...merged, ...aliases].every((name) => name === into)) {
    throw refused(
      `There is nothing to merge into ${quoted(into)}.`,
      `Name the ${rules.several} that are to become one.`,
    );
  }
  if (names.has(into)) throw new Error(`merged into ${into}, which is not among what is merged`);
  names.add(checked(into, rules));
}

function checkParts({ from, into }: LabelChange & { how: 'split' }, { several }: NameRules): void {
  if (new Set(into).size === into.length && into.length > 1 && !into.includes(from)) return;
  throw refused(
    `${quoted(from)} cannot be split into ${into.map(quoted).join(', ')}.`,
    `Name two or more different ${several}, and none of them as before: what was judged so far says the old name, and nobody could tell it from the new one.`,
  );
}

/**
 * What is stored says only a name, and nobody knows when it was meant: so a name that was given up may not come back
 * with another meaning.
 */
function checkUnambiguous(names: ReadonlySet<string>, changes: readonly LabelChange[], { one }: NameRules): void {
  for (const name of names) {
    const { name: today } = translateName(name, changes);
    if (today === name) continue;
    throw refused(
      `${quoted(name)} was ${one} before: what is on record under this name is read as ${today === null ? `${one} that was split` : quoted(today)}.`,
      'Choose a name that the model never had.',
    );
  }
}

function checked(name: string, { one, several, isName }: NameRules): string {
  if (isName(name)) return name;
  throw refused(
    `${JSON.stringify(name.slice(0, 120))} cannot be ${one}.`,
    `${several.charAt(0).toUpperCase()}${several.slice(1)} have 1 to 200 characters, and no blank at either end.`,
  );
}

function thereAlready(name: string, mend: string, { one }: NameRules): RatchetError {
  return refused(`There is ${one} ${quoted(name)} already.`, mend);
}

function refused(message: string, mend: string): RatchetError {
  return new RatchetError('InvalidInput', message, { mend });
}
