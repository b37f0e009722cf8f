import type { StageContext } from '../../shared/loop/engine/stage.ts';
import type { Ports } from '../../shared/ports/ports.ts';

/** The context of a stage that is called by itself, with all the time it takes. @param key where its files go */
export function stageContext(ports: Ports, key: (file: string) => string = (file) => file): StageContext {
  return {
    ports,
    key,
    deadline: Number.POSITIVE_INFINITY,
    handle: null,
    execute: async (stage) => {
      throw new Error(`stage ${stage} is not within reach`);
    },
  };
}
