import { levels } from './anatomy.ts';
import { ramp, stroke } from './canvas.ts';
import { drawLung, lungRow, paintLung, placeIn, shrink } from './lung.ts';
import { clarityOf, pickLung } from './sign.ts';
import type { Sign } from './sign.ts';

/** Fluid at the base of one lung, or of both: white below a level that climbs towards the side. */
export const pleuralEffusion: Sign = {
  soft({ canvas, lungs }, severity, random) {
    const affected = random.uniform() < 0.3 ? lungs : pickLung(lungs, random);
    const level = 0.86 - 0.32 * severity;
    const opacity = 0.97 * clarityOf(severity);
    for (const { lung } of affected) {
      // The fluid hides the diaphragm: it reaches below the lung.
      const filled = drawLung({ ...lung, base: lung.base + 0.03 }, canvas);
      paintLung(canvas, filled, levels.heart, ({ y }) => {
        const { down, acrossAt } = lungRow(lung, y);
        return (x) => opacity * ramp(-0.03, 0.03, down - level + 0.14 * ramp(0.4, 1, acrossAt(x)));
      });
    }
  },
};

/** Air beside a lung: a black rim without vessels, and the fine white line of the lung's own edge. */
export const pneumothorax: Sign = {
  soft({ canvas, lungs }, severity, random) {
    for (const drawn of pickLung(lungs, random)) {
      const opacity = clarityOf(severity);
      const collapsed = shrink(drawn.lung, 0.84 - 0.26 * severity);
      paintLung(canvas, drawn, levels.air, ({ y }) => {
        const { down, acrossAt } = lungRow(collapsed, y);
        const above = ramp(0.01, -0.02, down);
        return (x) => opacity * Math.max(above, ramp(0.97, 1.03, acrossAt(x)));
      });
      const edge = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92].map((down) => placeIn(collapsed, { across: 1, down }));
      stroke(canvas, edge, { thickness: 0.014, level: levels.heart, opacity: 0.85 * clarityOf(severity), within: drawn.mask });
    }
  },
};

/** A thickened pleura: a white rind along the side of one lung, uneven towards the inside. */
export const pleuralOther: Sign = {
  soft({ canvas, lungs }, severity, random) {
    for (const drawn of pickLung(lungs, random)) {
      const { breadth } = drawn.lung;
      const [waves, phase] = [random.uniform(14, 22), random.uniform(0, 6)];
      const thickness = 0.035 + 0.04 * severity;
      paintLung(canvas, drawn, levels.callus, ({ down, acrossAt }) => {
        const opacity = 0.9 * clarityOf(severity) * ramp(0.1, 0.2, down);
        const rind = thickness * (1 + 0.3 * Math.sin(waves * down + phase));
        return (x) => opacity * ramp(0.008, -0.008, (1 - acrossAt(x)) * breadth - rind);
      });
    }
  },
};
