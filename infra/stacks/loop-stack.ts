import { Arn, ArnFormat, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Architecture, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type Config, stateMachineName } from '../config.ts';
import { Alarms } from '../constructs/alarms.ts';
import type { Assets } from '../constructs/assets.ts';
import { ImprovementLoop } from '../constructs/improvement-loop.ts';
import { Overview } from '../constructs/overview.ts';
import { RatchetFunction } from '../constructs/ratchet-function.ts';
import { Serving } from '../constructs/serving.ts';
import { TraceQueries, type TraceQueriesProps } from '../constructs/trace-queries.ts';
import { Triggers } from '../constructs/triggers.ts';
import {
  eventFunctions,
  type FunctionSpec,
  type LayerName,
  servingFunctions,
  stageFunctions,
} from '../function-specs.ts';
import type { DataStack } from './data-stack.ts';

interface LoopStackProps extends StackProps {
  readonly config: Config;
  readonly data: DataStack;
  readonly assets: Assets;
}

/** The loop and all that sets it going. Holds no data: it can be deleted and made again at any time. */
export class LoopStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, assets, ...props }: LoopStackProps) {
    super(scope, id, {
      ...props,
      description: "Ratchet's improvement loop: functions, state machine, triggers, alarms.",
    });
    const name = stateMachineName(config);
    const arn = (service: string, resource: string, resourceName: string, arnFormat: ArnFormat): string =>
      Arn.format({ service, resource, resourceName, arnFormat }, this);
    const arns = {
      stateMachineArn: arn('states', 'stateMachine', name, ArnFormat.COLON_RESOURCE_NAME),
      executionsArn: arn('states', 'execution', `${name}:*`, ArnFormat.COLON_RESOURCE_NAME),
      eventBusArn: arn('events', 'event-bus', 'default', ArnFormat.SLASH_RESOURCE_NAME),
    };
    const layers: Readonly<Record<LayerName, LayerVersion>> = {
      duckdb: this.#layer('duckdb', config, assets),
      'use-lite': this.#layer('use-lite', config, assets),
    };
    const traceQueries = hasAthena(config) ? new TraceQueries(this, 'TraceQueries', queriesOf(config)) : undefined;
    const make = (spec: FunctionSpec): RatchetFunction =>
      new RatchetFunction(this, {
        config,
        spec,
        data,
        code: assets.functionCode(spec.name),
        layers: spec.layers.map((name) => layers[name]),
        traceQueries,
        ...arns,
      });
    const stages = new Map(stageFunctions.map((spec) => [spec.name, make(spec)]));
    const ingestDrop = make(eventFunctions.ingestDrop);
    const startRun = make(eventFunctions.startRun);
    const watchChampion = make(eventFunctions.watchChampion);
    const runEnded = make(eventFunctions.runEnded);

    const { stateMachine } = new ImprovementLoop(this, { config, stages });
    const events = {
      ingestDrop: ingestDrop.function,
      startRun: startRun.function,
      watchChampion: watchChampion.function,
      runEnded: runEnded.function,
    };
    const { deadLetters } = new Triggers(this, {
      config,
      traces: data.traces,
      stateMachineArn: stateMachine.stateMachineArn,
      ...events,
    });
    const serving =
      config.serving === undefined
        ? undefined
        : new Serving(this, {
            config,
            serving: config.serving,
            serve: make(servingFunctions.serve),
            settleJournal: make(servingFunctions.settleJournal),
          });
    const invoked = { ingestDrop, startRun, watchChampion, runEnded };
    const watched = { config, stateMachine, ingestDrop, watchChampion, runEnded, serving };
    const { all: alarms } = new Alarms(this, { ...watched, ...invoked, deadLetters });
    const { dashboard } = new Overview(this, { ...watched, stages, alarms });

    const outputs = {
      TraceBucketName: data.traces.bucketName,
      ArtifactBucketName: data.artifacts.bucketName,
      JournalBucketName: data.journal.bucketName,
      TableName: data.table.tableName,
      StateMachineArn: stateMachine.stateMachineArn,
      DashboardUrl: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboard.dashboardName}`,
      ...(serving === undefined ? {} : { ServingUrl: serving.url }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  #layer(name: LayerName, { architecture }: Config, assets: Assets): LayerVersion {
    return new LayerVersion(this, `Layer-${name}`, {
      description: name === 'duckdb' ? `DuckDB for ${architecture}` : 'Universal Sentence Encoder Lite',
      code: assets.layerCode(name, architecture),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64],
    });
  }
}

function hasAthena({ traceQueries, traceLog }: Config): boolean {
  return traceQueries === 'athena' || traceLog === 'athena';
}

function queriesOf({ name, traceQueries, traceLog, traceQueryGigabytes: gigabytes = 10 }: Config): TraceQueriesProps {
  return {
    name,
    ...(traceQueries === 'athena' ? { agents: { bytesLimit: Math.round(gigabytes * 1e9) } } : {}),
    ...(traceLog === 'athena' ? { log: true } : {}),
  };
}
