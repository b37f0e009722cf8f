import { embeddedBackEnd } from '../adapters/backends/embedded/facts.ts';
import { gliner2OnnxPredictor } from '../adapters/backends/gliner2-onnx/facts.ts';
import { gliner2BackEnd } from '../adapters/backends/jobs/gliner2-facts.ts';
import { hfLoraBackEnd } from '../adapters/backends/jobs/hf-lora-facts.ts';
import { tinkerBackEnd } from '../adapters/backends/jobs/tinker-facts.ts';
import { taggerBackEnd } from '../adapters/backends/tagger/facts.ts';
import type { Exporter } from '../ports/exporter.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** What exports checkpoints, by name of their predictor; loaded when it is first used. Functions do without. */
export function createExporters(options: { readonly objects: ObjectStore }): ReadonlyMap<string, Exporter> {
  const embedded: Exporter = {
    predictor: embeddedBackEnd,
    async export(checkpoint, nameOf) {
      const { embeddedExporter } = await import('../adapters/backends/embedded/export/embedded-exporter.ts');
      return embeddedExporter(options).export(checkpoint, nameOf);
    },
  };
  const tagger: Exporter = {
    predictor: taggerBackEnd,
    async export(checkpoint, nameOf) {
      const { taggerExporter } = await import('../adapters/backends/tagger/export/tagger-exporter.ts');
      return taggerExporter(options).export(checkpoint, nameOf);
    },
  };
  const jobs = [gliner2BackEnd, gliner2OnnxPredictor, hfLoraBackEnd, tinkerBackEnd].map(
    (predictor): Exporter => ({
      predictor,
      async export(checkpoint, nameOf) {
        const { jobExporter } = await import('../adapters/backends/jobs/export/job-exporter.ts');
        return jobExporter(predictor, options).export(checkpoint, nameOf);
      },
    }),
  );
  return new Map([embedded, tagger, ...jobs].map((one) => [one.predictor, one]));
}
