import type { RandomStream } from '../../../shared/ports/random.ts';
import { between, type Edit, pick } from './edit.ts';
import { around, put } from './edited.ts';

// biome-ignore format: a table
const subjects = ['photosynthesis', 'the french revolution', 'black holes', 'medieval castles', 'the periodic table', 'plate tectonics', 'jazz harmony', 'the roman senate', 'coral reefs', 'quantum tunnelling', 'greek tragedy', 'game theory', 'volcanoes', 'the silk road', 'cubism'];
// biome-ignore format: a table
const people = ['napoleon', 'marie curie', 'cleopatra', 'isaac newton', 'frida kahlo', 'genghis khan', 'virginia woolf', 'archimedes'];
const sums = (random: RandomStream) =>
  `${between(12, 98, random)} times ${between(12, 98, random)} minus ${between(3, 40, random)}`;

/** A request that has nothing to do with the task: schoolwork, essays, riddles. */
export const offDomain: Edit = (_text, random) => [put(schoolwork(random))];

const schoolwork = (random: RandomStream): string =>
  pick(
    [
      () => `write an essay of ${between(2, 9, random)}00 words on ${pick(subjects, random)}`,
      () => `which chemical bonds hold ${pick(['salt', 'diamond', 'water', 'ozone', 'methane'], random)} together`,
      () => `in which century did ${pick(people, random)} live and what did they write about ${pick(subjects, random)}`,
      () => `prove that the square root of ${between(2, 19, random)} is irrational`,
      () =>
        `a train leaves at noon at ${between(40, 120, random)} km per hour, another one later, solve ${sums(random)}`,
      () => `compare ${pick(subjects, random)} with ${pick(subjects, random)} in a table`,
      () => `what is the plot of act ${between(1, 5, random)} of hamlet and its themes`,
      () => `how do ${pick(['bees', 'whales', 'ants', 'bats', 'owls', 'squids'], random)} navigate in the dark`,
      () => `compose a limerick about ${pick(people, random)} and ${pick(subjects, random)}`,
      () => `explain ${pick(subjects, random)} to a ten year old`,
      () => `who won the chess championship of ${between(1900, 2015, random)} and with which opening`,
      () => `describe the anatomy of a ${pick(['frog', 'crayfish', 'pigeon', 'beetle'], random)} for my biology class`,
    ],
    random,
  )();

// biome-ignore format: a table
const wonders = ['are you a real person', 'who trained you', 'what model are you running on', 'do you store what i type', 'how do you decide what to answer', 'are you alive', 'how large is your training set', 'do you get tired', 'can you be switched off', 'are you better than other assistants', 'how often are you updated', 'is a human reading this', 'do you remember me', 'what are your weights', 'why do you make mistakes'];
// biome-ignore format: a table
const wonderLeads = ['', 'by the way ', 'honest question, ', 'tell me, ', 'i was wondering, ', 'hey ', 'just curious: '];

/** A question about the model itself. */
export const metaQuestion: Edit = (_text, random) => [
  put(`${pick(wonderLeads, random)}${pick(wonders, random)}${pick(['?', '', ' or what', ' exactly'], random)}`),
];

// biome-ignore format: a table
const leanings = ['same as last time please', 'and the other one?', 'do it again but with the second one', 'no, the one i told you about', 'like we agreed on the phone', 'what about the rest of them', 'change that to the earlier one', 'yes that one, as before', 'go on from where we stopped', 'use the usual one', 'it still does not work, try the other way', 'the thing from yesterday again'];
// biome-ignore format: a table
const leaningLeads = ['as i said in my last message, ', 'following up on our chat, ', 'like the one you did on monday, ', 'same problem as before, ', 'regarding what your colleague told me, '];

/** Cannot be understood without a conversation that the model does not see. */
export const assumedContext: Edit = (text, random) =>
  random.below(3) === 0
    ? around(text, pick(leaningLeads, random))
    : [put(`${pick(leanings, random)}${pick(['', ' thanks', ' please', ', ok?'], random)}`)];

// biome-ignore format: a table
const modalities = ['in the picture i sent', 'see the attached photo', 'as shown in the screenshot', 'listen to this voice note', 'in the video below', 'according to the chart on the left', 'look at my scan', 'this is what the camera shows', 'from the file i uploaded', 'the diagram says it all'];

/** Points at a picture, a recording or a file that is not there. */
export const missingModality: Edit = (text, random) =>
  random.below(2) === 0
    ? around(text, `${pick(modalities, random)}, `)
    : [
        put(
          `${pick(['what is this', 'is this right', 'can you read that', 'what should i do about it'], random)}? ${pick(modalities, random)}`,
        ),
      ];

const consonants = 'bcdfghjklmnpqrstvwxz';
const keys = ['asdfghjkl', 'qwertyuiop', 'zxcvbnm', 'jkl;', 'dfgh'];

/** No language at all. */
export const gibberish: Edit = (_text, random) => {
  const word = () => {
    switch (random.below(4)) {
      case 0:
        return Array.from({ length: between(4, 9, random) }, () => pick([...consonants], random)).join('');
      case 1:
        return Array.from({ length: between(4, 10, random) }, () => pick([...pick(keys, random)], random)).join('');
      case 2:
        return pick(['x', 'a', 'j', '.', 'ha'], random).repeat(between(4, 9, random));
      default:
        return Array.from(
          { length: between(3, 6, random) },
          () => `${pick([...consonants], random)}${pick([...'aeiou'], random)}`,
        ).join('');
    }
  };
  return [put(Array.from({ length: between(1, 6, random) }, word).join(' '))];
};

/** Nothing, or next to nothing. */
export const empty: Edit = (_text, random) => [
  put(pick(['', ' ', '.', '?', '-', '\n', 'x', 'n/a', '...', 'test', 'null'], random)),
];
