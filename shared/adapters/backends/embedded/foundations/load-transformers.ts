import { RatchetError } from '../../../../domain/base/errors.ts';

/** What runs encoders of one's own; a package that only those need who have one. */
export const transformersPackage = '@huggingface/transformers';

/** @throws RatchetError FoundationMissing where the package is not installed, or cannot run here */
export async function loadTransformers(): Promise<typeof import('@huggingface/transformers')> {
  try {
    const transformers = await import('@huggingface/transformers');
    transformers.env.allowRemoteModels = false;
    transformers.env.useFSCache = false;
    return transformers;
  } catch (cause) {
    throw new RatchetError(
      'FoundationMissing',
      `A foundation of one's own needs the package ${transformersPackage}, which cannot be loaded here.`,
      {
        cause,
        mend: `Install it beside Ratchet: npm install ${transformersPackage}@4. Or take --foundation use-lite.`,
      },
    );
  }
}
