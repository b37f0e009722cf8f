import type { Settings } from '../../domain/models/settings.ts';

/** How much of the score, a fraction, the lower bound of the net gain may lie below zero, by the model's caution. */
const margins = { normal: 0.0025, bold: 0.005 } as const;

/**
 * The margin that a gain was held to, a fraction; null under strict caution, which asks for the paired test instead.
 * @param asked a wider one that the gate was asked for, null for none
 */
export function gateMargin({ caution }: Pick<Settings, 'caution'>, asked: number | null): number | null {
  return caution === 'strict' ? null : (asked ?? margins[caution]);
}
