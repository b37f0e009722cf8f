import type { RandomStream } from '../../shared/ports/random.ts';
import type { Entity } from '../../shared/tasks/extraction/entity.ts';
import * as words from './word-lists.ts';

export const entityTypes = ['city', 'order', 'person', 'product', 'street'] as const;
type EntityType = (typeof entityTypes)[number];

/** What is new about a text: nothing, the words and forms, how much it names, how it is written, that it names nothing. */
export const textKinds = ['as before', 'new forms', 'many at once', 'lower case', 'no entity'] as const;
export type TextKind = (typeof textKinds)[number];

export interface OrderText {
  readonly input: string;
  readonly output: readonly Entity[];
  readonly kind: TextKind;
}

const plainTemplates = [
  'please send it to {street} in {city}',
  'my name is {person} and order {order} has not come',
  'where is order {order}?',
  'I would like to return the {product} from order {order}',
  '{person} ordered a {product}',
  'the new address is {street}, {city}',
  'I have moved to {city}',
  'can you deliver the {product} to {street}?',
  'order {order} came without the {product}',
  'this is {person} from {city}',
];

const crowdedTemplates = [
  'hello, {person} here: the {product} of {order} should go to {street}, {city}, not to {street}',
  '{order} and {order} are both for {person}, {street}, {city}',
  'the {product} and the {product} in {order} are for {person} in {city}',
  'please split {order}: the {product} to {street} in {city}, the {product} to {person} at {street}',
  'I am {person}, I live at {street} in {city} and wait for the {product} from {order}',
];

/** Nothing is named here, though words and numbers look like it. */
const emptyTemplates = [
  'thank you, that is all for {weekday}',
  'how do I change the street on my account before {weekday}?',
  'I have {number} questions about returns',
  'your hotline kept me waiting for {number} minutes on {weekday}',
  'can I order without an account in {month}?',
  'May I pay on {weekday}?',
  'is there a shop in my city that opens at {number}?',
  'Please call me back before {number} o’clock',
  'do you deliver on {weekday}?',
  'I would like to speak to a Manager on {weekday}',
  'the {month} offer was {number} pounds cheaper',
  'what does delivery cost from {number} pounds?',
  'we are away from {weekday} to {weekday}',
  'the voucher of {month} does not work',
  'sorry, I meant {number} days, not {number}',
  'my parcel says Return to Sender since {weekday}',
  'No, the other one, as I wrote on {weekday}',
  'I ordered by phone, the {month} offer for {number} pounds',
  'nobody was here on {weekday} at {number}',
  'are you open in {month}?',
  'Could you explain the charge of {number} pounds in {month}?',
  'it is {number} days late',
];

/** Which templates and words a text may be made of: fresh text also has such as nobody has seen. */
export type Wording = 'seen' | 'all';

/** The part of each list that is seen before fresh text is. */
const seenShare = 0.7;

/** Makes a text of a kind; its entities are where they are said to be. */
export function makeText(kind: TextKind, wording: Wording, random: RandomStream): OrderText {
  const pick = <T>(list: readonly T[]): T =>
    list[random.below(wording === 'all' ? list.length : Math.ceil(seenShare * list.length))] as T;
  const isNew = kind === 'new forms' || (kind !== 'as before' && random.next() < 0.5);
  const templates = kind === 'no entity' ? emptyTemplates : kind === 'many at once' ? crowdedTemplates : plainTemplates;
  const pieces = pick(templates).split(/[{}]/u);
  let input = '';
  const output: Entity[] = [];
  pieces.forEach((piece, at) => {
    // Every other piece is the name of what stands there.
    const text = at % 2 === 0 ? piece : wordsFor(piece, isNew, pick, random);
    const written = kind === 'lower case' ? text.toLowerCase() : text;
    if (at % 2 === 1 && isType(piece)) {
      output.push({ label: piece, start: input.length, end: input.length + written.length, text: written });
    }
    input += written;
  });
  return { input, output, kind };
}

type Pick = <T>(list: readonly T[]) => T;

function isType(name: string): name is EntityType {
  return entityTypes.some((type) => type === name);
}

function wordsFor(name: string, isNew: boolean, pick: Pick, random: RandomStream): string {
  switch (name) {
    case 'person':
      return isNew
        ? `${pick(words.newPeople)} ${pick(words.newFamilies)}`
        : `${pick(words.people)} ${pick(words.families)}`;
    case 'city':
      return pick(isNew ? words.newCities : words.cities);
    case 'product':
      return pick(isNew ? words.newProducts : words.products);
    case 'street':
      return isNew ? newStreet(pick, random) : `${1 + random.below(180)} ${streetName(pick)}`;
    case 'order':
      return isNew ? newOrder(random) : `${letter(random)}${letter(random)}-${digits(5, random)}`;
    case 'weekday':
      return words.weekdays[random.below(words.weekdays.length)] ?? '';
    case 'month':
      return words.months[random.below(words.months.length)] ?? '';
    default:
      return String(2 + random.below(40));
  }
}

/** German and French forms, and flats. */
function newStreet(pick: Pick, random: RandomStream): string {
  switch (random.below(3)) {
    case 0:
      return `${pick(words.germanStreets)} ${1 + random.below(90)}`;
    case 1:
      return `${1 + random.below(90)}, ${pick(words.frenchStreets)}`;
    default:
      return `Flat ${1 + random.below(20)}, ${1 + random.below(180)} ${streetName(pick)}`;
  }
}

/** The numbers of three newer shops. */
function newOrder(random: RandomStream): string {
  switch (random.below(3)) {
    case 0:
      return `#2026/${digits(6, random)}`;
    case 1:
      return `ORD.${digits(2, random)}.${digits(4, random)}`;
    default:
      return `${digits(3, random)}-${digits(7, random)}-${letter(random)}`;
  }
}

function streetName(pick: Pick): string {
  return `${pick(words.streetWords)} ${pick(words.streetKinds)}`;
}

function letter(random: RandomStream): string {
  return words.letters[random.below(words.letters.length)] ?? '';
}

function digits(count: number, random: RandomStream): string {
  return Array.from({ length: count }, () => random.below(10)).join('');
}
