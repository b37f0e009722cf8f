import type { Foundation } from '../../../shared/adapters/backends/embedded/embedded-configuration.ts';
import type { Json } from '../../../shared/domain/base/json.ts';
import type { TaskSpec } from '../../../shared/domain/base/task-spec.ts';
import type { BackEndNames } from '../../../shared/domain/models/model.ts';
import type { Random } from '../../../shared/ports/random.ts';
import type { JudgeName, WrongOutput } from '../logs/judge.ts';
import type { TextRules } from '../perturbations/text-rules.ts';

/** A kind of task as the benchmark runs it: what becomes of its outputs, how judges err on them, and what trains it. */
export interface BenchTask extends TextRules {
  readonly backEnds: BackEndNames;
  /** What a model's trainer is told, and the configuration that its first checkpoint and every rival gets. */
  trainerOptions(foundation: Foundation): Json;
  configuration(foundation: Foundation): Json;
  spec(labels: readonly string[]): TaskSpec;
  /**
   * Gives wrong outputs.
   * @param random streams of the scenario's own
   * @param others labels of another product, which the model does not know
   */
  wrongOutputs(
    judge: JudgeName,
    labels: readonly string[],
    seed: number,
    random: Random,
    others: readonly string[],
  ): WrongOutput;
}
