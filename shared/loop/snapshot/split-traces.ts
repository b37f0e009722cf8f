import { z } from 'zod';
import { partSize, partsOf } from '../../domain/base/part-size.ts';
import { formatCount, plural } from '../../domain/base/wording.ts';
import { diagnosisPart } from '../../domain/diagnosis/diagnosis-part.ts';
import { evidenceOf } from '../../domain/evaluation/evidence-record.ts';
import { countByFold } from '../../domain/evaluation/few-fold-models.ts';
import { honestModel } from '../../domain/models/fold-models.ts';
import { keptOutBy, peopleDigest, type RolledBack } from '../../domain/models/rolled-back.ts';
import { isUsableRecord, type SplitRecord, trains, triagedRecordSchema } from '../../domain/traces/trace-record.ts';
import { shortOfTrainer, shortOfTrainerWords } from '../../operations/short-of-trainer.ts';
import { readJsonl, writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { isUndecidedRecord, leavesUndecided } from '../../ports/leaves-undecided.ts';
import { answersOnRecord } from '../engine/answers-on-record.ts';
import { type NotCovered, withMoreMoney } from '../engine/not-covered.ts';
import type { Stage } from '../engine/stage.ts';
import { unlearntParts } from '../engine/unlearnt-parts.ts';
import { mostShards, shortReason } from '../state/limits.ts';
import { preparedSchema, readPlan } from '../state/run-plan.ts';
import { type Split, type shardSchema, splitSchema } from '../state/split.ts';
import { stageHead } from '../state/stage-head.ts';
import { triagedSchema } from '../state/triaged.ts';

const mostNamed = 5;

const inputSchema = z.strictObject({ ...stageHead, prepared: preparedSchema, triaged: triagedSchema });

/** Puts aside what candidates are weighed by, and divides the records for the diagnosis, in shards. */
export const splitTraces: Stage<z.infer<typeof inputSchema>, Split> = {
  name: 'split-traces',
  input: inputSchema,
  output: splitSchema,
  async run({ prepared, triaged }, { ports, key }) {
    const plan = await readPlan(prepared, ports);
    const { model, champion, rolledBack = [] } = plan;
    const records = (await readJsonl(ports.objects, triaged.triagedKey, triagedRecordSchema)).map(
      (record): SplitRecord => ({ ...record, part: diagnosisPart(record.groupId, model.splitSalt) }),
    );
    const recordsKey = key('records.jsonl');
    await writeJsonl(ports.objects, recordsKey, records);

    const evidence = evidenceOf(records, (record) => honestModel(record, champion) !== null);
    const evidenceKey = key('evidence.jsonl');
    await writeJsonl(ports.objects, evidenceKey, evidence);
    const kept = evidence.filter((record) => record.kept);

    const usable = records.filter(isUsableRecord).filter(trains);
    const discovery = usable.filter((record) => record.part === 'discovery');
    const shards: z.infer<typeof shardSchema>[] = [];
    const size = partSize(discovery.length, model.settings.shardSize, mostShards);
    for (const [index, shard] of partsOf(discovery, size).entries()) {
      const shardId = `shard-${String(index).padStart(4, '0')}`;
      const shardKey = key(`${shardId}.jsonl`);
      await writeJsonl(ports.objects, shardKey, shard);
      shards.push({ shardId, key: shardKey, records: shard.length });
    }

    const failures = usable.filter((record) => record.verdict === 'fail').length;
    const { enoughFailures, enoughRecords } = model.settings;
    const people = peopleDigest(records, kindOf(model, ports));
    const keptOut = keptOutBy(rolledBack, people);
    const unlearnt = await unlearntParts(plan, records, ports);
    const { notAsked = 0, notAskedUsd = null } = triaged;
    const short = shortOfTrainer(countByFold(kept), model, ports);
    const onRecord = answersOnRecord(plan, ports);
    const missing = [
      ...(unlearnt.length > 0 ? [`no example of ${namedFirst(unlearnt)} since the split`] : []),
      ...(failures < enoughFailures
        ? [`${failures} failures after triage with a known right answer, ${enoughFailures} are needed`]
        : []),
      ...(short !== null ? [shortOfTrainerWords(short, kept.length, model)] : []),
      ...(short === null && kept.length < enoughRecords
        ? [`${kept.length} records of evidence, ${enoughRecords} are needed`]
        : []),
    ].join('; ');
    return {
      recordsKey,
      evidence: {
        key: evidenceKey,
        size: kept.length,
        right: kept.filter(({ right }) => right).length,
        ...(short !== null && { more: short.more }),
      },
      shards,
      failures,
      enoughEvidence: missing === '' && keptOut === null && notAsked === 0,
      reason:
        notAsked > 0
          ? notCovered({ asked: records.length, notAsked, notAskedUsd, budgetUsd: plan.run.budgetUsd ?? null })
          : reasonOf(
              missing === '' || !leavesUndecided(model, ports) ? missing : missing + undecidedOf(records, model.judge),
              keptOut,
            ),
      people,
      ...(onRecord && { onRecord }),
      keptOut: keptOut === null ? null : withoutDigest(keptOut),
    };
  },
};

/** Why the run ends here, in a sentence; null where it goes on. */
function reasonOf(missing: string, keptOut: RolledBack | null): string | null {
  if (keptOut !== null) {
    const { by, reason, checkpointId } = keptOut;
    return shortReason(
      `Rolled back by ${by}: ${reason} (checkpoint ${checkpointId}). No person's judgement has changed the evidence since.`,
    );
  }
  return missing === '' ? null : `Too little evidence: ${missing}.`;
}

/** What the budget covered of the champion's answers, and what to do. */
function notCovered({ asked, notAsked, ...money }: NotCovered): string {
  const { budgetUsd } = money;
  const budget = budgetUsd === null ? 'The budget' : `The budget of $${budgetUsd}`;
  return `${budget} does not cover the champion’s answers: it was asked about ${formatCount(asked)} of ${plural(asked + notAsked, 'trace')}, and about ${formatCount(notAsked)} not. Run again ${withMoreMoney(money)}, or without one; ratchet run --plan tells the most that a run may cost.`;
}

/** `; 200 judged traces are undecided, …`; empty where none is. */
function undecidedOf(records: readonly SplitRecord[], judge: string): string {
  const open = records.filter(isUndecidedRecord).length;
  return open === 0
    ? ''
    : `; ${open} judged traces are undecided, as the judge ${judge} cannot tell whether another answer than the right one is as good (--judge llm could)`;
}

function namedFirst(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function withoutDigest({ checkpointId, by, reason, at }: RolledBack): Split['keptOut'] {
  return { checkpointId, by, reason, at };
}
