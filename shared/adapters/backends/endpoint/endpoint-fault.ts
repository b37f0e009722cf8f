import { RatchetError } from '../../../domain/base/errors.ts';

const longestMessage = 400;

/** A fault of an endpoint in its own words, cut to a line of bearable length. @param name of the endpoint, for people */
export function endpointFault(
  fault: 'EndpointUnavailable' | 'EndpointRefused',
  name: string,
  said: string,
  cause: unknown,
): RatchetError {
  const words = said.replaceAll(/\s+/g, ' ').trim().slice(0, longestMessage);
  const what = fault === 'EndpointUnavailable' ? 'does not answer' : 'refuses the request';
  return new RatchetError(fault, `The endpoint ${name} ${what}: ${words === '' ? 'no reason given' : words}`, {
    cause,
  });
}
