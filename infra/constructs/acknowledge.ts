import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Passes over one rule of cdk-nag for this construct, with the reason in writing. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Says why a policy of this construct names a resource with a wildcard in it, as cdk-nag writes the resource. */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  acknowledge(construct, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
}
