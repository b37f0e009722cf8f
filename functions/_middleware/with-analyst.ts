import { createStatisticalAnalyst } from '../../shared/adapters/statistical-analyst/statistical-analyst.ts';
import type { PortsPart } from './cloud-ports.ts';

/** The statistical analyst. */
export const withAnalyst: PortsPart = () => ({ analyst: createStatisticalAnalyst() });
