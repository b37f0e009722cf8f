import { html, trustedMarkup } from './markup.ts';
import type { ReportData } from './report-data.ts';
import { absentSection, isAbsent, isPresent, renderSection } from './section.ts';
import { agentsSection } from './section-agents.ts';
import { beforeAfterSection } from './section-before-after.ts';
import { calibrationSection } from './section-calibration.ts';
import { confusionSection } from './section-confusion.ts';
import { costsSection } from './section-costs.ts';
import { curriculumSection } from './section-curriculum.ts';
import { decisionHeader } from './section-decision.ts';
import { driftSection } from './section-drift.ts';
import { evidenceSection } from './section-evidence.ts';
import { facetSection } from './section-facets.ts';
import { failuresSection } from './section-failures.ts';
import { gateSection } from './section-gate.ts';
import { iterationsSection } from './section-iterations.ts';
import { judgesSection } from './section-judges.ts';
import { lineageSection } from './section-lineage.ts';
import { paperSection } from './section-paper.ts';
import { reviewSection } from './section-review.ts';
import { taxonomySection } from './section-taxonomy.ts';
import { triageSection } from './section-triage.ts';
import { reportStyle } from './style.ts';
import { visibleLine } from './visible-text.ts';

/**
 * The report of a run as one HTML file that needs neither network nor script. All text of traces, labels and judges is
 * escaped, and what would not show in it is made visible. The same data gives the same bytes.
 */
export function renderReport(data: ReportData): string {
  const all = [
    beforeAfterSection(data),
    facetSection(data),
    gateSection(data),
    reviewSection(data),
    failuresSection(data),
    confusionSection(data),
    calibrationSection(data),
    driftSection(data),
    taxonomySection(data),
    agentsSection(data),
    curriculumSection(data),
    iterationsSection(data),
    lineageSection(data),
    triageSection(data),
    judgesSection(data),
    costsSection(data),
    evidenceSection(data),
    paperSection(data),
  ].filter((section) => section !== null);
  const absent = all.filter(isAbsent);
  const sections = [...all.filter(isPresent), ...(absent.length > 0 ? [absentSection(absent)] : [])];
  const title = `${data.decision === 'promoted' ? 'Promoted' : 'Kept'}: ${visibleLine(data.model.modelId, 100)}, run ${visibleLine(data.run.runId, 100)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trustedMarkup(reportStyle)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the details</a>
${decisionHeader(data)}
<div class="page">
<nav aria-label="Sections"><ol>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ol></nav>
<main id="main" tabindex="-1">
${sections.map(renderSection)}
</main>
</div>
<footer><p>Intervals are 95 % Wilson score intervals. Out of fold: answered by a model that has not seen the trace. A regression is a judged trace that the champion, or an earlier one on record, has right and the candidate gets wrong. Texts of traces are shown as they came, cut where long; characters that do not show are spelled out by code point, such as ⟨U+202E⟩.</p></footer>
</body>
</html>
`.toString();
}
