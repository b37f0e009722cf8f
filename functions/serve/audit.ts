import type { Logger } from '@aws-lambda-powertools/logger';
import type { AuditLog } from '../../shared/ports/audit-log.ts';

/** An audit log of structured lines among those of the function: CloudWatch keeps them, with their times, once they are written. */
export function loggedAudit(logger: Pick<Logger, 'info'>): AuditLog {
  return {
    async append(entry) {
      logger.info('audit', { audit: entry });
    },
    refused(refusal) {
      logger.info('audit', { audit: { action: 'refused', ...refusal, count: 1 } });
    },
  };
}
