import type { TraceFormat } from '../../ports/trace-format.ts';
import { ratchetFormat } from './ratchet.ts';

/**
 * The formats that need no package beyond this layer's, those that are surest of their content first: the first that
 * recognises a file reads it. Ratchet's own is last, since others are JSON lines too.
 */
export const allFormats: readonly TraceFormat[] = [ratchetFormat];
