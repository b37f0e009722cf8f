import type { Labelled } from '../../../../bench/adaptft/perturbations/corpus.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const labels: Readonly<Record<string, readonly string[]>> = {
  weather: [
    'will it rain in {} tomorrow',
    'what is the weather like in {} today',
    'how cold does it get in {} at night',
    'tell me the forecast for {} please',
  ],
  music: [
    'play something by {} for me',
    'add this song by {} to my list',
    'who sings the new track called {}',
    'please skip the album from {}',
  ],
  travel: [
    'book me a flight to {} on monday',
    'how do i get to {} by train',
    'find a cheap hotel in {} for two',
    'do i need a visa for {} this year',
  ],
};
const names = [
  'oslo',
  'madrid',
  'lima',
  'cairo',
  'delhi',
  'quebec',
  'perth',
  'dublin',
  'athens',
  'nairobi',
  'boston',
  'tokyo',
  'vienna',
  'prague',
  'havana',
];

/** Made-up requests of three labels, each different. */
export const requests: readonly Labelled[] = Object.entries(labels).flatMap(([output, patterns]) =>
  patterns.flatMap((pattern) =>
    names.map((name) => ({ input: pattern.replace('{}', name), output: labelOutput(output) })),
  ),
);
