import { RatchetError } from '../../../../domain/base/errors.ts';
import type { Embedding, Encoder, EncoderChoice, LocatedEncoder } from './encoder.ts';
import { type FindOptions, findFoundation } from './find-foundation.ts';
import { readFolder } from './read-folder.ts';

/** Measures how wide an encoder's embeddings are, by embedding a text. */
export type Probe = (encoder: LocatedEncoder) => Promise<number>;

/** Finds the encoders that models are trained on, and holds them to what was pinned. */
export class Foundations {
  readonly #options: FindOptions | null;
  readonly #located = new Map<string, Promise<LocatedEncoder>>();

  /** @param options null where none can be used, as in functions */
  constructor(options: FindOptions | null) {
    this.#options = options;
  }

  /** Finds a foundation for a new model. @throws RatchetError FoundationMissing, InvalidInput */
  async pin(
    foundation: string,
    choice: EncoderChoice,
    probe: Probe,
    onFetch?: FindOptions['onFetch'],
  ): Promise<Encoder> {
    const options = this.#checked(foundation);
    const directory = await findFoundation(foundation, choice.variant, {
      ...options,
      ...(onFetch === undefined ? {} : { onFetch }),
    });
    const { directory: _place, ...found } = await readFolder(directory, choice);
    return { ...found, width: await probe({ directory, ...found }) };
  }

  /**
   * Where an encoder lies that a model has pinned; looked up once.
   * @throws RatchetError FoundationMissing where it is not there, or no longer what it was
   */
  locate({ foundation, encoder }: Embedding): Promise<LocatedEncoder> {
    if (encoder === undefined) {
      throw new RatchetError(
        'InvalidInput',
        `The configuration names the foundation ${foundation} and does not pin it.`,
      );
    }
    const located =
      this.#located.get(encoder.digest) ??
      this.#find(foundation, encoder).catch((error: unknown) => {
        this.#located.delete(encoder.digest);
        throw error;
      });
    this.#located.set(encoder.digest, located);
    return located;
  }

  async #find(foundation: string, { digest, width: _width, ...pinned }: Encoder): Promise<LocatedEncoder> {
    const directory = await findFoundation(foundation, pinned.variant, this.#checked(foundation));
    const { digest: found, ...encoder } = await readFolder(directory, pinned);
    if (found === digest) return encoder;
    throw new RatchetError(
      'FoundationMissing',
      `The foundation ${foundation} in ${directory} has changed since the model was made: its digest is ${found.slice(0, 12)}…, not ${digest.slice(0, 12)}….`,
      { mend: 'Put back what was there. A model on the new one is another model: ratchet create NAME --foundation …' },
    );
  }

  #checked(foundation: string): FindOptions {
    if (this.#options !== null) return this.#options;
    throw new RatchetError(
      'InvalidInput',
      `The foundation ${foundation} cannot be used with a deployed stack: ONNX Runtime and an encoder's weights are larger than the 250 MB that a function of AWS Lambda may have.`,
      { mend: 'Take --foundation use-lite or none with --stack, or work in a workspace.' },
    );
  }
}
