import { expect, test } from 'vitest';
import { embeddedTrainerFacts } from '../../../../../shared/adapters/backends/embedded/facts.ts';
import { labelOutput } from '../../../../../shared/tasks/classification/label.ts';

const german = [
  'Wo ist mein Paket',
  'Ich möchte mein Geld zurück',
  'Bitte kündigen Sie den Vertrag',
  'Wann kommt die Rechnung',
  'Das Gerät ist kaputt',
];
const english = [
  'where is my parcel',
  'i want my money back',
  'please cancel the contract',
  'when will it arrive',
  'this is broken',
];
const japanese = ['荷物はどこですか', '返金してください', '解約したいです', '請求書をお願いします', '壊れました'];

const examplesOf = (inputs: readonly string[]) => inputs.map((input) => ({ input, output: labelOutput('any') }));

test('the encoder is said to know English alone where most examples are in other languages', () => {
  const concerns = embeddedTrainerFacts.concerns?.({}, examplesOf([...german, ...japanese, ...english.slice(0, 2)]));
  expect(concerns).toHaveLength(1);
  expect(concerns?.[0]).toMatch(
    /^83 % of the examples .* not in English but in German, Japanese; .*--foundation none, or an encoder/,
  );
});

test('nothing is said of English, of few texts, of texts that tell no language, and without the encoder', () => {
  const concern = (foundation: string, inputs: readonly string[]) =>
    embeddedTrainerFacts.concerns?.({ foundation }, examplesOf(inputs));
  expect(concern('use-lite', [...english, ...german])).toEqual([]);
  expect(concern('use-lite', german.slice(0, 3))).toEqual([]);
  expect(concern('use-lite', ['iPhone 15', 'AB-1234', 'DHL', 'xyz', '42', 'PayPal'])).toEqual([]);
  expect(concern('none', german)).toEqual([]);
});
