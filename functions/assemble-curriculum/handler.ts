import { assembleCurriculum } from '../../shared/stages/assemble-curriculum.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(assembleCurriculum);
