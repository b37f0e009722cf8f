import { analyzeFailures } from '../../shared/loop/diagnosis/analyze-failures.ts';
import { stageFunction } from '../_middleware/stage-function.ts';
import { withQueryingAgents } from '../_middleware/with-querying-agents.ts';

export const handler = stageFunction(analyzeFailures, withQueryingAgents);
