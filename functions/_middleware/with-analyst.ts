import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import type { PortsPart } from './cloud-ports.ts';

/** The statistical analyst. */
export const withAnalyst: PortsPart = () => ({ analyst: createStatisticalAnalyst() });
