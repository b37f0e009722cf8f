import { z } from 'zod';
import {
  type SagemakerConfiguration,
  sagemakerConfigurationSchema,
} from '../adapters/backends/sagemaker/sagemaker-configuration.ts';
import { RatchetError } from '../domain/base/errors.ts';

/** The variable that says, as JSON, where training jobs run on SageMaker. */
const sagemakerVariable = 'RATCHET_SAGEMAKER';

/**
 * Where training jobs run on SageMaker.
 * @param text JSON; undefined or empty where none is configured
 * @returns null where none is configured
 * @throws RatchetError InvalidInput, with all that is wrong
 */
export function readSagemakerConfiguration(text: string | undefined): SagemakerConfiguration | null {
  if (text === undefined || text.trim() === '') return null;
  const read = sagemakerConfigurationSchema.safeParse(parsed(text));
  if (read.success) return read.data;
  throw invalid(`\n${z.prettifyError(read.error)}`, read.error);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('It is no JSON.', error);
  }
}

function invalid(reason: string, cause: unknown): RatchetError {
  return new RatchetError('InvalidInput', `The configuration of SageMaker is wrong. ${reason}`, {
    cause,
    mend: `Correct the variable ${sagemakerVariable}; docs/back-ends.md tells its fields.`,
  });
}
