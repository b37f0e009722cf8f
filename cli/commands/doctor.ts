import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { SystemClock } from '../../shared/adapters/local/system-clock.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { printableLine } from '../printable.ts';
import { ProcessOwners } from '../process-owners.ts';
import { type Check, commandResult } from '../results.ts';
import type { RunCommand, Session } from '../session.ts';
import { lineageFile, objectsFolder } from '../workspace-files.ts';

const help = `
Example:
  $ ratchet doctor
  $ ratchet doctor --stack ratchet
  $ ratchet doctor --json | jq '.checks[] | select(.status != "ok")'

Nothing is changed. A chat model, where one is configured, is asked one short question. Exit code 1: there is a problem; each one comes with what to do.`;

type Environment = Session['io']['env'];

const marks: Readonly<Record<Check['status'], string>> = { ok: '✔', warning: '!', problem: '✘' };

export function addDoctorCommand(program: Command, run: RunCommand): void {
  program
    .command('doctor')
    .summary('check the installation, and the workspace or the stack')
    .description(
      'Checks that Ratchet can work here: Node.js, the workspace or the stack, its models with what trains them and what they answer by, the chat model, and what Ratchet is built on.',
    )
    .addHelpText('after', help)
    .action((_options: unknown, command: Command) => run(command, examine));
}

async function examine(session: Session): Promise<ExitCode> {
  const root = resolve(session.directory);
  session.progress.stageStarted('doctor');
  const checks = [
    ...(await installationChecks(root)),
    ...(session.stack === null ? [await chatCheck(root, session)] : []),
    ...(await placeChecks(root, session)),
  ];
  session.progress.stageFinished('doctor', '');
  const healthy = !checks.some((check) => check.status === 'problem');
  await session.output.result(
    commandResult('doctor', {
      workspace: session.stack === null ? root : null,
      stack: session.stack,
      ok: healthy,
      checks,
    }),
    [
      ...checks.flatMap(({ name, status, detail, mend }) => [
        printableLine(`${marks[status]} ${name}: ${detail}`, 1_000),
        ...(mend === null ? [] : [printableLine(`    ${mend}`, 1_000)]),
      ]),
    ],
  );
  return healthy ? exitCodes.done : exitCodes.fault;
}

async function installationChecks(root: string): Promise<readonly Check[]> {
  const { checkDuckDb, checkNode, checkUseLite } = await import('../doctor/check-installation.ts');
  const { DirectoryObjectStore } = await import('../../shared/adapters/local/directory-object-store.ts');
  const objects = new DirectoryObjectStore(join(root, objectsFolder));
  return [checkNode(process.version), await checkDuckDb(), await checkUseLite(objects)];
}

async function chatCheck(root: string, { io }: Session): Promise<Check> {
  const { checkChat } = await import('../doctor/check-chat.ts');
  const { workspaceChat } = await import('../workspace-chat.ts');
  const clock = new SystemClock();
  return checkChat(() => workspaceChat(root, io.env, clock), clock);
}

async function placeChecks(root: string, session: Session): Promise<readonly Check[]> {
  if (session.stack !== null) return stackChecks(session.stack, session);
  const isWorkspace = await stat(join(root, lineageFile)).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isWorkspace) {
    const { warning } = await import('../doctor/check.ts');
    const mend =
      'Make one by creating a model: ratchet create MODEL --examples FILE. Or name another: --workspace DIR.';
    return [warning('workspace', `there is none in ${root}`, mend)];
  }
  const { DirectoryObjectStore } = await import('../../shared/adapters/local/directory-object-store.ts');
  return workspaceChecks(root, new DirectoryObjectStore(join(root, objectsFolder)), session.io.env);
}

async function stackChecks(name: string, session: Session): Promise<readonly Check[]> {
  const { thrown } = await import('../doctor/check.ts');
  try {
    const stack = await session.openStack(name);
    const { checkStack } = await import('../doctor/check-stack.ts');
    return await checkStack(stack, session.stackOption);
  } catch (error) {
    return [thrown('stack', error, 'See the message.')];
  }
}

async function workspaceChecks(root: string, objects: ObjectStore, env: Environment): Promise<readonly Check[]> {
  const { checkDirectory, checkFreeSpace, checkLeftovers, checkLineage } = await import('../doctor/check-workspace.ts');
  const now = new SystemClock().now();
  const lineage = checkLineage(root);
  const checks = [await checkDirectory(root), await checkFreeSpace(root), lineage, await checkLeftovers(root, now)];
  return lineage.status === 'problem' ? checks : [...checks, ...(await modelChecks(root, objects, now, env))];
}

async function modelChecks(
  root: string,
  objects: ObjectStore,
  now: number,
  env: Environment,
): Promise<readonly Check[]> {
  const { SqliteLineageStore } = await import('../../shared/adapters/local/sqlite-lineage-store.ts');
  const { checkBackEnds } = await import('../doctor/check-back-ends.ts');
  const { checkModel } = await import('../doctor/check-model.ts');
  const { isWritable } = await import('../doctor/check-workspace.ts');
  const { thrown } = await import('../doctor/check.ts');
  const restore = 'Restore the file from a backup.';
  try {
    const lineage = new SqliteLineageStore(join(root, lineageFile), { readOnly: !isWritable(root) });
    try {
      const { taskKinds } = await import('../../shared/tasks/task-kinds.ts');
      const ports = { lineage, objects, owners: new ProcessOwners(), tasks: taskKinds, at: '' };
      const checks: Check[] = [];
      for (const { modelId } of await lineage.listModels()) {
        checks.push(...(await checkModel(modelId, ports, now)));
        checks.push(...(await checkBackEnds(modelId, { lineage, objects, env })));
      }
      return checks;
    } finally {
      lineage.close();
    }
  } catch (error) {
    return [thrown(lineageFile, error, restore)];
  }
}
