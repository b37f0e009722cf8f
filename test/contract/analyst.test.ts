import { createStatisticalAnalyst } from '../../shared/adapters/statistical-analyst/statistical-analyst.ts';
import { analystContract } from './analyst-contract.ts';

analystContract('statistical', createStatisticalAnalyst);
