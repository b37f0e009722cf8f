import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { analystContract } from './analyst-contract.ts';

analystContract('statistical', createStatisticalAnalyst);
