import { join } from 'node:path';
import { type BackEndOptions, createBackEnds } from '../../shared/composition/create-back-ends.ts';
import type { BackEnds } from '../../shared/ports/back-ends.ts';
import { chatOfDeployment } from './chat-of-deployment.ts';
import type { Cloud, PortsPart } from './cloud-ports.ts';

/** All back ends; the weights of the embedded one come from a layer. What is heavy is loaded when it is first used. */
export const withBackEnds: PortsPart = (cloud) => backEndsWith(cloud, {});

/** All back ends of a function, with what only some functions have. */
export function backEndsWith(
  { ports, budgets, cacheDirectory }: Cloud,
  more: Pick<BackEndOptions, 'traceQuery'>,
): BackEnds {
  return createBackEnds({
    objects: ports.objects,
    cacheDirectory: join(cacheDirectory, 'embeddings'),
    clock: ports.clock,
    budgets,
    chat: async () => chatOfDeployment(ports.clock),
    // The build writes the worker threads' code beside the function's own.
    workerFile: new URL('./worker.js', import.meta.url),
    ...more,
  }).backEnds;
}
