import { createFormats } from '../../shared/composition/create-formats.ts';
import type { PortsPart } from './cloud-ports.ts';

/** The formats of dropped files. */
export const withFormats: PortsPart = () => ({ formats: createFormats() });
