import { levels } from './anatomy.ts';
import { ellipse, paintEllipse, stroke } from './canvas.ts';
import type { Place } from './canvas.ts';
import { paintLung, placeIn } from './lung.ts';
import { clarityOf, pickLung } from './sign.ts';
import type { Sign } from './sign.ts';

/** Fluid in the lungs: a haze about both hila, like a butterfly, and short fine lines at the sides. */
export const edema: Sign = {
  soft({ canvas, lungs }, severity, random) {
    for (const drawn of lungs) {
      const { lung, mask } = drawn;
      const [x, y] = placeIn(lung, { across: 0.28, down: 0.47 });
      paintEllipse(canvas, { x, y, radiusX: 0.13, radiusY: 0.2, softness: 0.55 }, { level: levels.soft, opacity: 0.8 * clarityOf(severity), within: mask });
      for (let line = 0; line < 7; line++) {
        const down = 0.55 + 0.05 * line + 0.01 * random.normal();
        const kerley: Place[] = [placeIn(lung, { across: 0.8, down }), placeIn(lung, { across: 0.98, down })];
        stroke(canvas, kerley, { thickness: 0.009, level: levels.soft, opacity: 0.7 * clarityOf(severity), within: mask });
      }
    }
  },
};

/** A veil over one whole lung through which its vessels still show. */
export const lungOpacity: Sign = {
  soft({ canvas, lungs }, severity, random) {
    for (const lung of pickLung(lungs, random)) {
      const opacity = 0.78 * clarityOf(severity);
      const [alongX, alongY, phase] = [random.uniform(20, 35), random.uniform(20, 35), random.uniform(0, 6)];
      paintLung(canvas, lung, levels.soft, ({ y }) => (x) => opacity * (0.9 + 0.1 * Math.sin(alongX * x + alongY * y + phase)));
    }
  },
};

/** A dense patch as large as a lobe, its edge clear and ragged, with dark airways in it. */
export const consolidation: Sign = {
  soft({ canvas, lungs }, severity, random) {
    for (const drawn of pickLung(lungs, random)) {
      const { lung, mask } = drawn;
      const middle = placeIn(lung, { across: random.uniform(0.45, 0.65), down: random.uniform(0.35, 0.68) });
      const radius = 0.12 + 0.05 * severity;
      const patch = ellipse({ x: middle[0], y: middle[1], radiusX: radius, radiusY: 0.85 * radius, softness: 0.2, radians: random.uniform(0, 3) });
      const waves = random.uniform(55, 80);
      const opacity = 0.97 * clarityOf(severity);
      paintLung(canvas, drawn, levels.heart, ({ y }) => {
        const shift = 0.012 * Math.sin(waves * y);
        return (x) => opacity * patch(x + shift, y + 0.012 * Math.sin(waves * x));
      });
      for (let airway = 0; airway < 3; airway++) {
        const end: Place = [middle[0] + random.uniform(-0.06, 0.06), middle[1] + random.uniform(-0.05, 0.06)];
        stroke(canvas, [[middle[0] - lung.side * 0.05, middle[1] - 0.03], end], { thickness: 0.007, level: levels.lung, opacity: 0.3 * clarityOf(severity), within: mask });
      }
    }
  },
};

/** Many small fluffy spots, spread over one lung or both. */
export const pneumonia: Sign = {
  soft({ canvas, lungs }, severity, random) {
    const affected = random.uniform() < 0.4 ? lungs : pickLung(lungs, random);
    for (const { lung, mask } of affected) {
      const spots = Math.round(13 + 12 * severity);
      for (let spot = 0; spot < spots; spot++) {
        const [x, y] = placeIn(lung, { across: random.uniform(0.12, 0.92), down: random.uniform(0.2, 0.9) });
        const radius = random.uniform(0.022, 0.033);
        paintEllipse(canvas, { x, y, radiusX: radius, radiusY: radius, softness: 0.55 }, { level: levels.heart, opacity: 0.95 * clarityOf(severity), within: mask });
      }
    }
  },
};

/** One to three round spots with a sharp edge. */
export const lungLesion: Sign = {
  soft({ canvas, lungs }, severity, random) {
    const spots = 1 + random.below(3);
    const radius = 0.044 + 0.028 * severity;
    for (let spot = 0; spot < spots; spot++) {
      for (const { lung, mask } of pickLung(lungs, random)) {
        const [x, y] = placeIn(lung, { across: random.uniform(0.35, 0.8), down: random.uniform(0.25, 0.75) });
        paintEllipse(canvas, { x, y, radiusX: radius, radiusY: radius, softness: 0.1 }, { level: levels.callus, opacity: 0.95 * clarityOf(severity), within: mask });
      }
    }
  },
};

/** Collapsed lung: level bright bands above a diaphragm that is drawn up. */
export const atelectasis: Sign = {
  shape(chest, severity, random) {
    const [collapsed] = pickLung(chest.lungs, random);
    const lungs = chest.lungs.map((lung) => (lung === collapsed ? { ...lung, dome: lung.dome + 0.08 * clarityOf(severity) } : lung));
    return { ...chest, lungs };
  },
  soft({ canvas, lungs }, severity, random) {
    for (const { lung, mask } of pickLung(lungs, random)) {
      for (let band = 0; band < 3; band++) {
        const down = 0.5 + 0.14 * band + 0.02 * random.normal();
        const tilt = 0.03 * random.normal();
        const line = [placeIn(lung, { across: 0.12, down: down - tilt }), placeIn(lung, { across: 0.9, down: down + tilt })];
        stroke(canvas, line, { thickness: 0.03 + 0.012 * severity, level: levels.callus, opacity: 0.9 * clarityOf(severity), within: mask });
      }
    }
  },
};
