import { levels, ribAt } from './anatomy.ts';
import { paint, paintEllipse, stroke } from './canvas.ts';
import type { Canvas, Place } from './canvas.ts';
import { clarityOf, pickLung } from './sign.ts';
import type { Sign } from './sign.ts';

/** Ribs broken one below the other: a dark gap in each, both ends white with callus, the outer one pushed down. */
export const fracture: Sign = {
  hard({ canvas, lungs }, severity, random) {
    for (const { lung } of pickLung(lungs, random)) {
      const count = 2 + Math.round(2 * severity);
      const first = 2 + random.below(3);
      const across = random.uniform(0.5, 0.75);
      const opacity = clarityOf(severity);
      const slip = 0.02 + 0.015 * severity;
      for (let rib = first; rib < first + count; rib++) {
        const place = (beyond: number, lowered: number): Place => {
          const [x, y] = ribAt(lung, { rib, across: across + beyond });
          return [x, y + lowered];
        };
        stroke(canvas, [place(0.02, 0), place(0.13, slip)], { thickness: 0.034, level: levels.air, opacity });
        stroke(canvas, [place(-0.16, -0.01), place(-0.02, 0)], { thickness: 0.03, level: levels.callus, opacity });
        stroke(canvas, [place(0.16, slip), place(0.3, slip)], { thickness: 0.03, level: levels.callus, opacity });
      }
    }
  },
};

/** A tube in the windpipe, a catheter from the shoulder, electrodes and, when severe, a pacemaker: whiter than bone. */
export const supportDevices: Sign = {
  hard({ canvas, chest }, severity, random) {
    const { x: middle } = chest.mediastinum;
    const side = random.below(2) === 0 ? -1 : 1;
    const entry: Place = [middle + side * random.uniform(0.24, 0.32), random.uniform(0.19, 0.25)];
    const pen = { thickness: 0.016, level: levels.metal, opacity: clarityOf(severity) };
    stroke(canvas, [[middle, 0], [middle + 0.005, 0.16], [middle, 0.3]], pen);
    stroke(canvas, [entry, [middle + side * 0.15, 0.17], [middle + side * 0.05, 0.24], [middle + side * 0.03, 0.55]], pen);
    if (severity > 0.4) drawPacemaker(canvas, entry);
    for (let electrode = 0; electrode < 3; electrode++) {
      const [x, y] = [middle + random.uniform(-0.33, 0.33), random.uniform(0.3, 0.8)];
      paintEllipse(canvas, { x, y, radiusX: 0.017, radiusY: 0.016, softness: 0.3 }, { level: levels.metal, opacity: pen.opacity });
    }
  },
};

function drawPacemaker(canvas: Canvas, [x, y]: Place): void {
  const box = { left: x - 0.06, right: x + 0.06, top: y - 0.045, bottom: y + 0.045 };
  paint(canvas, { box, level: levels.metal, opacity: () => () => 0.95 });
}
