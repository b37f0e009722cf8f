import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  type LayerVersion,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Config, servingAccess, stateMachineName } from '../config.ts';
import { type FunctionSpec, leastRoom } from '../function-specs.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import { chatEnvironment, grantChat, secretsExtension } from './chat-access.ts';
import { lineageStatements } from './lineage-access.ts';
import { acknowledgeKeyPatterns, objectStatements } from './object-access.ts';
import type { TraceQueries } from './trace-queries.ts';

interface RatchetFunctionProps {
  readonly config: Config;
  readonly spec: FunctionSpec;
  readonly data: DataStack;
  readonly code: Code;
  readonly layers: readonly LayerVersion[];
  /** Composed, not referred to: the state machine needs the functions, which must not need it in turn. */
  readonly stateMachineArn: string;
  readonly executionsArn: string;
  readonly eventBusArn: string;
  /** Athena's part of the deployment, where it has one. */
  readonly traceQueries: TraceQueries | undefined;
}

/** A Lambda function with a role and a log group of its own; the role holds what its spec names and nothing else. */
export class RatchetFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly spec: FunctionSpec;

  constructor(scope: Construct, { config, spec, data, code, layers, traceQueries, ...arns }: RatchetFunctionProps) {
    super(scope, spec.name);
    this.spec = spec;
    const functionName = `${config.name}-${spec.name}`;
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${functionName}: ${spec.does}`,
    });
    this.logGroup.grantWrite(role);
    for (const statement of [
      ...(spec.traces === undefined ? [] : objectStatements(data.traces, spec.traces)),
      ...(spec.artifacts === undefined ? [] : objectStatements(data.artifacts, spec.artifacts)),
      ...(spec.journal === undefined ? [] : objectStatements(data.journal, spec.journal)),
      ...lineageStatements(data.table, spec.lineage),
      ...(spec.describesExecutions === true ? [allow('states:DescribeExecution', arns.executionsArn)] : []),
      ...(spec.startsExecutions === true ? [allow('states:StartExecution', arns.stateMachineArn)] : []),
      ...(spec.putsEvents === true ? [putEvents(arns.eventBusArn)] : []),
    ]) {
      role.addToPolicy(statement);
    }
    if (spec.chats === true) grantChat(role, config);
    const asks = traceQueries?.of(spec);
    if (asks !== undefined) traceQueries?.grant(role, data.traces, asks);
    if (spec.traces !== undefined) acknowledgeKeyPatterns(role, data.traces, spec.traces);
    if (spec.artifacts !== undefined) acknowledgeKeyPatterns(role, data.artifacts, spec.artifacts);
    if (spec.journal !== undefined) acknowledgeKeyPatterns(role, data.journal, spec.journal);
    if (spec.describesExecutions === true) {
      const executions = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution';
      const reason = 'Executions of the one state machine; their names are made when they start.';
      acknowledgeWildcard(role, `${executions}:${stateMachineName(config)}:*`, reason);
    }
    acknowledgeWildcard(role, '*', "X-Ray's actions, and nothing else, know no resources.");
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: spec.does,
      role,
      code,
      layers: [...layers],
      ...(spec.chats === true ? secretsExtension(config) : {}),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: Math.min(spec.memoryMb, config.memoryLimitMb),
      timeout: Duration.seconds(spec.timeoutSeconds),
      ...reservedConcurrency(spec, config),
      ephemeralStorageSize: Size.mebibytes(spec.diskMb),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
      environment: {
        RATCHET_TRACE_BUCKET: data.traces.bucketName,
        RATCHET_ARTIFACT_BUCKET: data.artifacts.bucketName,
        RATCHET_TABLE: data.table.tableName,
        ...(spec.journal === undefined ? {} : { RATCHET_JOURNAL_BUCKET: data.journal.bucketName }),
        ...(spec.serves === true ? servingEnvironment(config) : {}),
        ...(spec.startsExecutions === true ? { RATCHET_STATE_MACHINE_ARN: arns.stateMachineArn } : {}),
        ...(spec.chats === true ? chatEnvironment(config) : {}),
        ...(spec.boundsSnapshots === true ? roomEnvironment(config) : {}),
        ...(asks === undefined ? {} : traceQueries?.environment(asks)),
        POWERTOOLS_SERVICE_NAME: functionName,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
      },
    });
  }
}

function reservedConcurrency(
  { reservesConcurrency: by }: FunctionSpec,
  { ingestConcurrency, serving }: Config,
): { reservedConcurrentExecutions?: number } {
  const slots = by === 'ingesting' ? ingestConcurrency : by === 'serving' ? serving?.concurrency : undefined;
  return slots === undefined ? {} : { reservedConcurrentExecutions: slots };
}

/** How the function that answers knows who asks. */
function servingEnvironment(config: Config): Record<string, string> {
  const names = config.serving?.signsForOthers ?? [];
  return {
    RATCHET_SERVING_ACCESS: servingAccess(config),
    ...(names.length === 0 ? {} : { RATCHET_SIGNS_FOR_OTHERS: names.join('\n') }),
  };
}

/** What a call of a stage has at hand, for the function that bounds what a run looks at. */
function roomEnvironment({ memoryLimitMb }: Config): Record<string, string> {
  const { memoryMb, timeoutSeconds } = leastRoom(memoryLimitMb);
  return { RATCHET_STAGE_MEMORY_MB: String(memoryMb), RATCHET_STAGE_SECONDS: String(timeoutSeconds) };
}

/** Of the metrics that functions write. */
export const metricsNamespace = 'Ratchet';

/** The source of Ratchet's own events. */
export const eventSource = 'ratchet';

function allow(action: string, resource: string): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [resource] });
}

/** Only events of Ratchet's own: the default bus carries those of other systems too. */
function putEvents(busArn: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['events:PutEvents'],
    resources: [busArn],
    conditions: { StringEquals: { 'events:source': eventSource } },
  });
}
