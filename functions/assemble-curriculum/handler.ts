import { assembleCurriculum } from '../../shared/loop/curriculum/assemble-curriculum.ts';
import { stageFunction } from '../_middleware/stage-function.ts';

export const handler = stageFunction(assembleCurriculum);
