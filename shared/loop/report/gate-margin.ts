import { margins } from '../../domain/evaluation/gate.ts';
import type { Settings } from '../../domain/models/settings.ts';

/**
 * The margin that a gain was held to, a fraction; null under strict caution, which asks for the paired test instead.
 * @param asked a wider one that the gate was asked for, null for none
 */
export function gateMargin({ caution }: Pick<Settings, 'caution'>, asked: number | null): number | null {
  return caution === 'strict' ? null : (asked ?? margins[caution]);
}
