import { createStatisticalAnalyst } from '../../shared/adapters/analysts/statistical/statistical-analyst.ts';
import { taskKinds } from '../../shared/tasks/task-kinds.ts';
import { analystContract } from './analyst-contract.ts';

analystContract('statistical', () => createStatisticalAnalyst({ tasks: taskKinds }));
