import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  readAskedBy,
  readEnvironment,
  readRoom,
  readStateMachineArn,
} from '../../functions/_middleware/environment.ts';
import { stageFunctions } from '../../infra/function-specs.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import { synthesized } from './synthesized.ts';

const schedules = JSON.stringify([
  { modelId: 'spam', expression: 'rate(1 day)' },
  { modelId: '*', expression: 'cron(0 3 * * ? *)' },
]);
const { data, loop } = synthesized({ schedules, alarmEmail: 'ops@example.com' });
const functions = Object.values(loop.findResources('AWS::Lambda::Function')).map((found) => found.Properties);
const definition: unknown = JSON.parse(
  readFileSync(new URL('../../infra/state-machines/improvement-loop.asl.json', import.meta.url), 'utf8'),
);

/** The Task states of a definition, Maps and Parallels included. */
function taskStates(
  node: unknown,
): readonly { readonly name: string; readonly Resource: string; readonly TimeoutSeconds: number }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    value?.Type === 'Task' ? [{ name, ...value }] : taskStates(value),
  );
}

describe('the state machine', () => {
  const [machine] = Object.values(loop.findResources('AWS::StepFunctions::StateMachine')).map(
    (found) => found.Properties,
  );

  it('is the file, with the ARN of the function of the same name behind each Task state', () => {
    expect(JSON.parse(machine.DefinitionString)).toEqual(definition);
    const functionOf = new Map(
      Object.entries(loop.findResources('AWS::Lambda::Function')).map(([id, found]) => [
        id,
        found.Properties.FunctionName,
      ]),
    );
    for (const { name, Resource } of taskStates(definition)) {
      const [id] = machine.DefinitionSubstitutions[Resource.slice(2, -1)]['Fn::GetAtt'];
      expect(functionOf.get(id)).toBe(`ratchet-${name}`);
    }
    expect(Object.keys(machine.DefinitionSubstitutions)).toHaveLength(taskStates(definition).length);
  });

  it('has a function for every stage of the catalogue', () => {
    expect(stageFunctions.map(({ name }) => name).sort()).toEqual([...stateHandlers.keys()].sort());
  });

  it('gives no function more time than the state that waits for it', () => {
    for (const { name, TimeoutSeconds } of taskStates(definition)) {
      const timeout = functions.find(({ FunctionName }) => FunctionName === `ratchet-${name}`)?.Timeout;
      expect(timeout).toBeGreaterThan(0);
      expect(timeout).toBeLessThanOrEqual(TimeoutSeconds);
    }
  });

  it('is a standard one, traced, logged in full but for what is in its states', () => {
    expect(machine).toMatchObject({
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
  });
});

describe('every function', () => {
  it('runs on Node.js 24 for arm64, traced, with structured logs', () => {
    loop.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: Match.objectLike({ LogFormat: 'JSON' }),
    });
  });

  it('is built for x86_64 where the context says so, its layers too', () => {
    const other = synthesized({ architecture: 'x86_64' }).loop;
    other.allResourcesProperties('AWS::Lambda::Function', { Architectures: ['x86_64'] });
    other.allResourcesProperties('AWS::Lambda::LayerVersion', { CompatibleArchitectures: ['x86_64'] });
  });

  it('finds the environment that it reads', () => {
    for (const { FunctionName, Environment } of functions) {
      const variables = Object.fromEntries(
        Object.entries<unknown>(Environment.Variables).map(([key, value]) => [key, asName(value)]),
      );
      expect(Object.values(readEnvironment(variables))).not.toContain('');
      expect(variables.POWERTOOLS_SERVICE_NAME).toBe(FunctionName);
      if (FunctionName === 'ratchet-start-run')
        expect(readStateMachineArn(variables)).toContain('ratchet-improvement-loop');
    }
  });

  it('bounds what a run looks at by what its smallest large stage has, whatever the account allows', () => {
    for (const memoryLimitMb of ['3008', '2048', '10240']) {
      const found = Object.values(synthesized({ memoryLimitMb }).loop.findResources('AWS::Lambda::Function'));
      const named = (name: string) =>
        found.find(({ Properties }) => Properties.FunctionName === `ratchet-${name}`)?.Properties;
      const large = [named('triage-traces'), named('train-candidates')];
      const room = readRoom(named('prepare-run').Environment.Variables);
      expect(room.mebibytes).toBe(Math.min(...large.map(({ MemorySize }) => MemorySize)));
      expect(room.seconds).toBe(Math.min(...large.map(({ Timeout }) => Timeout)));
      expect(room.processors).toBeCloseTo(room.mebibytes / 1_769);
    }
  });

  it('shares the concurrency of the account, of which a deployment may keep some for ingesting', () => {
    const reserved = (found: typeof functions) =>
      found.flatMap(({ FunctionName, ReservedConcurrentExecutions: slots }) =>
        slots === undefined ? [] : [[FunctionName, slots]],
      );
    // A new account has ten slots, and AWS lets none of them be kept.
    expect(reserved(functions)).toEqual([]);
    const kept = synthesized({ ingestConcurrency: '2' }).loop.findResources('AWS::Lambda::Function');
    expect(reserved(Object.values(kept).map((found) => found.Properties))).toEqual([['ratchet-ingest-drop', 2]]);
  });

  it('gets no more memory than new accounts may have, unless the limit is raised', () => {
    const most = (found: readonly { MemorySize: number }[]) => Math.max(...found.map(({ MemorySize }) => MemorySize));
    expect(most(functions)).toBe(3008);
    const raised = synthesized({ memoryLimitMb: '10240' }).loop.findResources('AWS::Lambda::Function');
    expect(most(Object.values(raised).map((found) => found.Properties))).toBe(5308);
  });
});

/** A reference of a template as some name. */
function asName(value: unknown): string {
  return typeof value === 'string' ? value : `arn:${JSON.stringify(value)}`;
}

describe('logs', () => {
  it('are kept for 90 days, and by no other group than those of this stack', () => {
    loop.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    loop.resourceCountIs('AWS::Logs::LogGroup', functions.length + 1);
  });
});

describe('events', () => {
  const rules = Object.values(loop.findResources('AWS::Events::Rule')).map((found) => found.Properties);

  it('of a drop, of new traces, of a finished run and of an execution that ended each invoke one function', () => {
    expect(rules.map(({ EventPattern }) => EventPattern['detail-type'][0]).sort()).toEqual([
      'Drift Seen',
      'Object Created',
      'Run Finished',
      'Run Finished',
      'Step Functions Execution Status Change',
      'Traces Ingested',
      'Traces Ingested',
    ]);
    loop.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        detail: { bucket: { name: [Match.anyValue()] }, object: { key: [{ prefix: 'drops/' }] } },
      },
    });
    loop.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.states'], detail: { status: ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'] } },
    });
  });

  it('that cannot be delivered or worked on go to the dead letters', () => {
    for (const { Targets } of rules) {
      expect(Targets).toHaveLength(1);
      expect(Targets[0]).toMatchObject({
        DeadLetterConfig: { Arn: expect.anything() },
        RetryPolicy: expect.anything(),
      });
    }
    loop.resourceCountIs('AWS::Lambda::EventInvokeConfig', 4);
    loop.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      MaximumRetryAttempts: 2,
    });
  });

  it('tell start-run and watch-champion which model and why', () => {
    const inputs = rules.flatMap(({ Targets }) => Targets[0].InputTransformer?.InputTemplate ?? []);
    expect(inputs).toHaveLength(5);
    for (const input of inputs)
      expect(input).toMatch(/"modelId":<.*>,"trigger":"(traces-ingested|run-finished|drift-seen)"}/);
  });

  it('of a schedule say the same, for one model or for all', () => {
    const found = Object.values(loop.findResources('AWS::Scheduler::Schedule')).map((schedule) => schedule.Properties);
    expect(found.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual(['rate(1 day)', 'cron(0 3 * * ? *)']);
    expect(found.map(({ Target }) => JSON.parse(Target.Input))).toEqual([
      { modelId: 'spam', trigger: 'schedule' },
      { modelId: '*', trigger: 'schedule' },
    ]);
    for (const { Target } of found) expect(Target.DeadLetterConfig).toBeDefined();
  });
});

describe('alarms', () => {
  it('mail whoever is named', () => {
    loop.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'ops@example.com' });
    loop.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] });
  });

  it('may be published by the alarms of this account, and by nobody unencrypted', () => {
    loop.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Action: 'sns:Publish' }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  it('tell of a failed run by what run-ended counts, so that one refused for a held lease is none', () => {
    const [alarm] = Object.values(loop.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => Properties.AlarmName === 'ratchet-failed-runs',
    );
    expect(alarm?.Properties).toMatchObject({ MetricName: 'RunFailed', Period: 300, Threshold: 0 });
    loop.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.RunFailed > 0 }',
      MetricTransformations: [Match.objectLike({ MetricName: 'RunFailed', MetricValue: '$.RunFailed' })],
    });
  });

  it('tell of failed runs, stuck leases, quarantine, dead letters and failing functions', () => {
    const alarms = Object.values(loop.findResources('AWS::CloudWatch::Alarm')).map(
      (alarm) => alarm.Properties.AlarmName,
    );
    expect(alarms.sort()).toEqual([
      'ratchet-dead-letters',
      'ratchet-failed-runs',
      'ratchet-ingest-drop-errors',
      'ratchet-quarantine',
      'ratchet-refused-drops',
      'ratchet-run-ended-errors',
      'ratchet-start-run-errors',
      'ratchet-stuck-leases',
      'ratchet-timed-out-runs',
      'ratchet-watch-champion-errors',
    ]);
  });
});

describe('answering over HTTP', () => {
  const of = (serving: object) => {
    const { loop } = synthesized({ serving: JSON.stringify(serving) });
    const named = (name: string) =>
      Object.values(loop.findResources('AWS::Lambda::Function')).find(
        ({ Properties }) => Properties.FunctionName === `ratchet-${name}`,
      )?.Properties;
    return { loop, serve: named('serve'), settle: named('settle-journal') };
  };
  const bySignature = of({ concurrency: 7 });
  const byToken = of({ issuer: 'https://issuer.example.com/pool', audience: ['app', 'other'] });

  it('is not there unless it is asked for', () => {
    for (const type of ['AWS::Lambda::Url', 'AWS::ApiGatewayV2::Api']) loop.resourceCountIs(type, 0);
    expect(functions.map(({ FunctionName }) => FunctionName)).not.toContain('ratchet-serve');
    expect(loop.findOutputs('ServingUrl')).toEqual({});
  });

  it('asks for a signature of IAM where no issuer is named, and lets nobody else invoke the function', () => {
    bySignature.loop.allResourcesProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
    bySignature.loop.resourceCountIs('AWS::Lambda::Url', 1);
    bySignature.loop.resourceCountIs('AWS::ApiGatewayV2::Api', 0);
    const permissions = Object.values(bySignature.loop.findResources('AWS::Lambda::Permission'));
    expect(permissions.filter(({ Properties }) => /serve/.test(JSON.stringify(Properties.FunctionName)))).toEqual([]);
    expect(readAskedBy(bySignature.serve.Environment.Variables)).toEqual({ access: 'iam', signsForOthers: [] });
  });

  it("asks for an issuer's token on every path where one is named, and has no way around", () => {
    byToken.loop.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://issuer.example.com/pool', Audience: ['app', 'other'] },
      IdentitySource: ['$request.header.Authorization'],
    });
    byToken.loop.allResourcesProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$default',
      AuthorizationType: 'JWT',
      AuthorizerId: Match.anyValue(),
    });
    byToken.loop.resourceCountIs('AWS::Lambda::Url', 0);
    expect(readAskedBy(byToken.serve.Environment.Variables)).toMatchObject({ access: 'jwt' });
  });

  it('logs neither bodies nor paths of requests', () => {
    const [stage] = Object.values(byToken.loop.findResources('AWS::ApiGatewayV2::Stage'));
    const fields = Object.values<string>(JSON.parse(stage?.Properties.AccessLogSettings.Format));
    expect(fields.filter((field) => /path|querystring|body/i.test(field))).toEqual([]);
  });

  it('answers within the time that an HTTP API waits, with as many slots as are asked for', () => {
    expect(byToken.serve.Timeout).toBeLessThan(30);
    expect(byToken.serve).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(bySignature.serve.ReservedConcurrentExecutions).toBe(7);
    expect(bySignature.settle).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('finds its journal, which is moved every minute, and again the next where that fails', () => {
    for (const { Environment } of [bySignature.serve, bySignature.settle])
      expect(asName(Environment.Variables.RATCHET_JOURNAL_BUCKET)).toContain('Journal');
    bySignature.loop.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: Match.objectLike({ RetryPolicy: Match.objectLike({ MaximumRetryAttempts: 0 }) }),
    });
    bySignature.loop.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  });

  it('raises alarms for faults, for requests that are turned away, and for a journal that stays', () => {
    for (const [{ loop: of }, namespace, metric] of [
      [bySignature, 'AWS/Lambda', 'Url5xxCount'],
      [byToken, 'AWS/ApiGateway', '5xx'],
    ] as const) {
      const added = Object.values(of.findResources('AWS::CloudWatch::Alarm')).flatMap(({ Properties }) =>
        /serving|settle/.test(Properties.AlarmName) ? [[Properties.AlarmName, Properties.MetricName]] : [],
      );
      expect(added.sort()).toEqual([
        ['ratchet-serving-faults', metric],
        ['ratchet-serving-throttles', 'Throttles'],
        ['ratchet-settle-journal-errors', 'Errors'],
      ]);
      of.hasResourceProperties('AWS::CloudWatch::Alarm', { Namespace: namespace, MetricName: metric });
    }
  });
});

describe('the stacks', () => {
  it('need no function of CDK to be deployed', () => {
    for (const template of [data, loop]) {
      const types = Object.values<{ Type: string }>(template.toJSON().Resources).map(({ Type }) => Type);
      expect(
        types.filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
      ).toEqual([]);
    }
    expect(functions).toHaveLength(stageFunctions.length + 4);
  });

  it('tell what the command line needs', () => {
    expect(Object.keys(loop.findOutputs('*')).sort()).toEqual([
      'ArtifactBucketName',
      'DashboardUrl',
      'JournalBucketName',
      'StateMachineArn',
      'TableName',
      'TraceBucketName',
    ]);
  });

  it('can stand beside those of another name', () => {
    const other = synthesized({ name: 'second' }).loop;
    for (const { FunctionName } of Object.values(other.findResources('AWS::Lambda::Function')).map(
      (f) => f.Properties,
    )) {
      expect(FunctionName).toMatch(/^second-/);
    }
  });
});
