import { exitCodes } from '../exit-codes.ts';
/** The codes with what they mean, for the reference. */
export function describeExitCodes(): readonly (readonly [string, string])[] {
  return [
    [`${exitCodes.done}`, 'done'],
    [
      `${exitCodes.fault}`,
      'a fault: of the disk, of AWS, of damaged data, of a lease that another run holds; `doctor`: there is a problem',
    ],
    [`${exitCodes.badInput}`, 'bad usage, or input of which nothing could be used'],
    [`${exitCodes.kept}`, 'the run ended and the champion stayed, too little evidence included'],
    [
      '128 + n',
      'stopped by signal n (130: Ctrl-C); the same command goes on from there; a run on a stack goes on by itself',
    ],
  ];
}
