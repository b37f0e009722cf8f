import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { metricsNamespace, type RatchetFunction } from './ratchet-function.ts';
import type { Serving } from './serving.ts';

const fiveMinutes = Duration.minutes(5);

interface AlarmsProps {
  readonly config: Config;
  readonly stateMachine: StateMachine;
  readonly deadLetters: IQueue;
  readonly ingestDrop: RatchetFunction;
  readonly startRun: RatchetFunction;
  readonly watchChampion: RatchetFunction;
  readonly runEnded: RatchetFunction;
  readonly serving: Serving | undefined;
}

/** What a person has to know of, and what to do then in each description. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  readonly #props: AlarmsProps;
  readonly #action: SnsAction | undefined;

  constructor(scope: Construct, props: AlarmsProps) {
    super(scope, 'Alarms');
    this.#props = props;
    const { config, stateMachine, deadLetters } = props;
    this.#action = config.alarmEmail === undefined ? undefined : this.#mailTo(config.alarmEmail);
    const minutes = { period: fiveMinutes, statistic: 'Sum' };
    const mend =
      'Its record says why and how to mend it (ratchet report RUN); redrive the execution, or start another.';
    // Not by the machine's own metric: an execution that was refused because another run works ends as failed too.
    this.#add('failed-runs', `A run failed. ${mend}`, this.#total('RunFailed', props.runEnded, fiveMinutes), 0);
    this.#add('timed-out-runs', `A run took more than a week. ${mend}`, stateMachine.metricTimedOut(minutes), 0);
    this.#add(
      'stuck-leases',
      'A lease expired and nobody gave it back: see the log of run-ended and the dead letters. The next run takes it over, unless its owner still runs.',
      this.#total('StuckLease', props.startRun),
      0,
    );
    this.#add(
      'quarantine',
      'Many lines of the last drops were refused: quarantine/ in the trace bucket has them with their reasons.',
      this.#total('LinesQuarantined', props.ingestDrop),
      config.quarantineAlarmLines,
    );
    this.#add(
      'refused-drops',
      'A dropped file could not be ingested at all: quarantine/_drops/ and ingests/ in the trace bucket say why. Mend it, then drop it again.',
      this.#total('DropsRefused', props.ingestDrop),
      0,
    );
    this.#add(
      'dead-letters',
      'Events could not be worked on: each message in the queue holds the event and the error. Mend it, then send the event again.',
      deadLetters.metricApproximateNumberOfMessagesVisible({ ...minutes, statistic: 'Maximum' }),
      0,
    );
    for (const { spec, function: watched } of [props.ingestDrop, props.startRun, props.watchChampion, props.runEnded]) {
      const { name } = spec;
      this.#add(
        `${name}-errors`,
        `${name} failed; it is tried twice more. See its log.`,
        watched.metricErrors(minutes),
        0,
      );
    }
    if (props.serving !== undefined) this.#addServing(props.serving);
  }

  #addServing({ serve, settleJournal, serverErrors }: Serving): void {
    const minutes = { period: fiveMinutes, statistic: 'Sum' };
    this.#add(
      'serving-faults',
      'Requests were answered with 500 or above: the log of serve says why.',
      serverErrors(minutes),
      0,
    );
    this.#add(
      'serving-throttles',
      'Requests were turned away as too many came at once: give serving more slots (serving.concurrency), or ask for a higher limit of the account.',
      serve.function.metricThrottles(minutes),
      0,
    );
    this.#add(
      'settle-journal-errors',
      'What was answered over HTTP is kept in the journal bucket but does not come into the trace log: see the log of settle-journal. The next minute tries again.',
      settleJournal.function.metricErrors(minutes),
      0,
    );
  }

  #add(name: string, alarmDescription: string, metric: IMetric, threshold: number): void {
    const alarm = new Alarm(this, name, {
      alarmName: `${this.#props.config.name}-${name}`,
      alarmDescription,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#action !== undefined) alarm.addAlarmAction(this.#action);
    this.all.push(alarm);
  }

  /**
   * Per hour or other period, over all models: which there are is not known here, so the function's log is counted instead of its
   * metrics.
   */
  #total(metric: string, { logGroup }: RatchetFunction, period = Duration.hours(1)): IMetric {
    return new MetricFilter(this, metric, {
      logGroup,
      filterPattern: FilterPattern.numberValue(`$.${metric}`, '>', 0),
      metricNamespace: `${metricsNamespace}/${this.#props.config.name}`,
      metricName: metric,
      metricValue: `$.${metric}`,
    }).metric({ statistic: 'Sum', period });
  }

  #mailTo(address: string): SnsAction {
    const topic = new Topic(this, 'Topic', { displayName: `Ratchet: ${this.#props.config.name}`, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(address));
    // A policy of its own, even one that only denies, replaces the default one, which lets the account's alarms
    // publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return new SnsAction(topic);
  }
}
