import { RatchetError } from '../domain/base/errors.ts';

/** A fault of a predictor that is about one of some inputs, and not about all that it could be asked. */
export class InputFault extends RatchetError {
  /** Where these stand among the inputs that were asked about. */
  readonly places: readonly number[];

  constructor({ name, message, mend, cause }: RatchetError, places: readonly number[]) {
    super(name, message, { cause, mend });
    this.places = places;
  }
}

const mostNamed = 3;

/**
 * Waits for answers, and names in a fault the inputs that it is about.
 * @param nameOf an input by its place, such as `trace t-1`
 * @throws RatchetError as the answers do
 */
export async function namingInputs<T>(answers: Promise<T>, nameOf: (place: number) => string): Promise<T> {
  try {
    return await answers;
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    const { name, message, mend, cause, places } = error;
    const named = places.slice(0, mostNamed).map(nameOf).join(', ');
    const others = places.length > mostNamed ? ` and ${places.length - mostNamed} others` : '';
    const about = places.length === 1 ? named : `one of ${named}${others}`;
    throw new RatchetError(name, `${message.replace(/[\s.]*$/, '')}. It was asked about ${about}.`, { cause, mend });
  }
}
