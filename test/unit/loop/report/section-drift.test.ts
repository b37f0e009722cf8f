import { describe, expect, it } from 'vitest';
import { MadeUpTraffic, steady } from '../../../../bench/drift-traffic.ts';
import { driftOf } from '../../../../shared/domain/drift/drift-findings.ts';
import { newDriftState } from '../../../../shared/domain/drift/drift-state.ts';
import { takeIn } from '../../../../shared/domain/drift/take-in.ts';
import { driftSection } from '../../../../shared/loop/report/section-drift.ts';
import { promotedReport } from '../../../helpers/report-data.ts';

const hostile = '<script>alert(1)</script>\u202e';

/** A thousand traces as usual, then some of which half have one label more. */
function changed(label: string) {
  const traffic = new MadeUpTraffic(7, 6);
  const labels = [...Array.from({ length: 6 }, (_, at) => `label-${at}`), label];
  let state = newDriftState({ checkpointId: 'c1', position: 0, level: 0.05, labels, farFrom: 0.6 });
  const add = (size: number, share: number) => {
    const look = traffic.look(size, steady);
    const answered = look.answered.map((one, at) => (at % 100 < 100 * share ? { ...one, labels: [label] } : one));
    state = takeIn(
      state,
      { ...look, answered },
      (one) => traffic.novelty(one),
      () => traffic.chance(),
    );
  };
  add(1_000, 0.05);
  add(400, 0.5);
  return driftOf(state);
}

describe('the section on drift', () => {
  it('is left out where nobody has looked', () => {
    expect(driftSection(promotedReport())).toBeNull();
  });

  it('says what has changed, from what to what, and shows it over time', () => {
    const body = driftSection({ ...promotedReport(), drift: changed('refund') })?.body.toString() ?? '';
    expect(body).toContain('The traffic is no longer what it was when the champion began: label mix');
    expect(body).toMatch(/refund in [3-6]\d\.\d % of the latest answers, in \d\.\d % of the first/);
    expect(body).toContain('<svg');
  });

  it('shows a label as the text that it is', () => {
    const body = driftSection({ ...promotedReport(), drift: changed(hostile) })?.body.toString() ?? '';
    expect(body).not.toContain('<script>');
    expect(body).not.toContain('\u202e');
  });
});
