import { join } from 'node:path';
import { createBackEnds } from '../../shared/composition/create-back-ends.ts';
import { chatOfDeployment } from './chat-of-deployment.ts';
import type { PortsPart } from './cloud-ports.ts';

/** All back ends; the weights of the embedded one come from a layer. What is heavy is loaded when it is first used. */
export const withBackEnds: PortsPart = ({ ports, budgets, cacheDirectory }) =>
  createBackEnds({
    objects: ports.objects,
    cacheDirectory: join(cacheDirectory, 'embeddings'),
    clock: ports.clock,
    budgets,
    chat: async () => chatOfDeployment(ports.clock),
    // The build writes the worker threads' code beside the function's own.
    workerFile: new URL('./worker.js', import.meta.url),
  }).backEnds;
