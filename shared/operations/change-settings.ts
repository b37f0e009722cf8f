import { RatchetError } from '../domain/base/errors.ts';
import { canonicalJson } from '../domain/base/ids.ts';
import type { Json } from '../domain/base/json.ts';
import { nearestName } from '../domain/base/nearest-name.ts';
import { badEntries } from '../domain/models/bad-entries.ts';
import type { Model } from '../domain/models/model.ts';
import { factsOfSetting, settingFacts } from '../domain/models/setting-facts.ts';
import { defaultSettings, type Settings, settingsSchema } from '../domain/models/settings.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { changeModel } from './change-model.ts';
import { checkConfirmed } from './check-confirmed.ts';
import { checkCritical } from './check-critical.ts';

export interface SettingsRequest {
  readonly modelId: string;
  /** New values by name. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Names of settings that are to have their default again. */
  readonly unset: readonly string[];
  /** Who changes them. */
  readonly by: string;
}

/** A setting that was changed. */
export interface ChangedSetting {
  readonly name: keyof Settings;
  readonly from: Json;
  readonly to: Json;
}

export interface SettingsResult {
  readonly model: Model;
  /** In the order of the settings; empty where all were as wanted. */
  readonly changed: readonly ChangedSetting[];
}

/**
 * Changes settings of a model together: all or none. Entered in the model's record. A run that is going on has pinned
 * the settings of its beginning and keeps them.
 * @throws RatchetError UnknownModel, InvalidInput with every setting that is wrong
 */
export async function changeSettings(
  request: SettingsRequest,
  ports: Pick<Ports, 'lineage' | 'tasks' | 'clock'>,
): Promise<SettingsResult> {
  checkNames([...Object.keys(request.set), ...request.unset]);
  let changed: readonly ChangedSetting[] = [];
  const model = await changeModel(request.modelId, ports, async (current) => {
    const settings = settingsAfter(current.settings, request);
    checkCritical({ task: current.task, settings }, kindOf(current, ports));
    checkConfirmed({ task: current.task, settings }, kindOf(current, ports));
    changed = differences(current.settings, settings);
    if (changed.length === 0) return null;
    return {
      model: { ...current, settings },
      change: {
        at: new Date(ports.clock.now()).toISOString(),
        by: request.by,
        what: 'settings',
        from: Object.fromEntries(changed.map(({ name, from }) => [name, from])),
        to: Object.fromEntries(changed.map(({ name, to }) => [name, to])),
      },
    };
  });
  return { model, changed };
}

function checkNames(names: readonly string[]): void {
  const known = settingFacts.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) {
    throw new RatchetError('InvalidInput', `The setting ${JSON.stringify(twice.slice(0, 80))} is given twice.`, {
      mend: 'Give each setting once, by name=value or by --unset.',
    });
  }
  const wrong = names.find((name) => factsOfSetting(name) === undefined);
  if (wrong === undefined) return;
  const nearest = nearestName(wrong, known);
  throw new RatchetError('InvalidInput', `There is no setting named ${JSON.stringify(wrong.slice(0, 80))}.`, {
    mend: nearest === null ? `Settings are: ${known.join(', ')}.` : `The nearest one is ${nearest}.`,
  });
}

function settingsAfter(current: Settings, { set, unset }: SettingsRequest): Settings {
  const initial = Object.fromEntries(unset.map((name) => [name, defaultSettings[name as keyof Settings]]));
  const parsed = settingsSchema.safeParse({ ...current, ...set, ...initial });
  if (parsed.success) return parsed.data;
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))].flatMap(
    (name) => factsOfSetting(name) ?? [],
  );
  const entries = badEntries(parsed.error, set);
  const problems = wrong.map(({ name }) => {
    const bad = entries.get(name);
    return bad === undefined
      ? `${name} cannot be ${JSON.stringify(set[name])?.slice(0, 80)}`
      : `${name}: ${bad.join(', ')}`;
  });
  throw new RatchetError('InvalidInput', `${problems.join('; ')}. Nothing was changed.`, {
    mend: wrong.map(({ name, range, meaning }) => `${name}: ${range} (${meaning}).`).join('\n'),
  });
}

function differences(before: Settings, after: Settings): readonly ChangedSetting[] {
  return settingFacts.flatMap(({ name }) => {
    const [from, to] = [before[name] as Json, after[name] as Json];
    return canonicalJson(from) === canonicalJson(to) ? [] : [{ name, from, to }];
  });
}
