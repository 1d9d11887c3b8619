import { clarityOf } from './sign.ts';
import type { Sign } from './sign.ts';

/** A wide heart. */
export const cardiomegaly: Sign = {
  shape(chest, severity) {
    const { x, y, radiusX, radiusY } = chest.heart;
    return { ...chest, heart: { x, y, radiusX: radiusX * (1 + 0.75 * clarityOf(severity)), radiusY: radiusY * (1 + 0.2 * clarityOf(severity)) } };
  },
};

/** A wide mediastinum above the heart. */
export const enlargedCardiomediastinum: Sign = {
  shape(chest, severity) {
    const { x, halfWidth } = chest.mediastinum;
    return { ...chest, mediastinum: { x, halfWidth: halfWidth * (1 + 1.15 * clarityOf(severity)) } };
  },
};
