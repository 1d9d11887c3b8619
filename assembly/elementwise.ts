/** Value by value; lengths that are no multiple of 4 end in single values. See kernels.ts. */

// @ts-nocheck: AssemblyScript has types that TypeScript does not know.

/** y = x where x > 0, else slope * x, for slope < 1; what is not a number stays so (tfjs' relu makes 0 of half of them). */
export function relu(x: usize, slope: f32, y: usize, count: i32): void {
  const slopes = f32x4.splat(slope);
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    const value = v128.load(x);
    v128.store(y, f32x4.max(value, f32x4.mul(value, slopes)));
  }
  for (; count > 0; count--, x += 4, y += 4) store<f32>(y, max(load<f32>(x), slope * load<f32>(x)));
}

/** dx = dy where output > 0, else slope * dy. */
export function reluGradient(dy: usize, output: usize, slope: f32, dx: usize, count: i32): void {
  const zero = f32x4.splat(0), slopes = f32x4.splat(slope);
  for (; count >= 4; count -= 4, dy += 16, output += 16, dx += 16) {
    const g = v128.load(dy);
    v128.store(dx, v128.bitselect(g, f32x4.mul(g, slopes), f32x4.gt(v128.load(output), zero)));
  }
  for (; count > 0; count--, dy += 4, output += 4, dx += 4) store<f32>(dx, load<f32>(output) > 0 ? load<f32>(dy) : slope * load<f32>(dy));
}

/** Keras's Adam: moments in place, the new weights apart. rate = learningRate * sqrt(1 - beta2^t) / (1 - beta1^t). */
export function adam(
  weight: usize, first: usize, second: usize, gradient: usize, updated: usize, count: i32,
  rate: f32, beta1: f32, beta2: f32, epsilon: f32,
): void {
  const rate4 = f32x4.splat(rate), epsilon4 = f32x4.splat(epsilon);
  const new1 = f32x4.splat(1 - beta1), new2 = f32x4.splat(1 - beta2);
  for (; count >= 4; count -= 4, weight += 16, first += 16, second += 16, gradient += 16, updated += 16) {
    const g = v128.load(gradient);
    const m0 = v128.load(first), v0 = v128.load(second);
    const m = f32x4.add(m0, f32x4.mul(f32x4.sub(g, m0), new1));
    const v = f32x4.add(v0, f32x4.mul(f32x4.sub(f32x4.mul(g, g), v0), new2));
    v128.store(first, m);
    v128.store(second, v);
    v128.store(updated, f32x4.sub(v128.load(weight), f32x4.div(f32x4.mul(m, rate4), f32x4.add(f32x4.sqrt(v), epsilon4))));
  }
  for (; count > 0; count--, weight += 4, first += 4, second += 4, gradient += 4, updated += 4) {
    const g = load<f32>(gradient);
    const m = load<f32>(first) + (g - load<f32>(first)) * (1 - beta1);
    const v = load<f32>(second) + (g * g - load<f32>(second)) * (1 - beta2);
    store<f32>(first, m);
    store<f32>(second, v);
    store<f32>(updated, load<f32>(weight) - (m * rate) / (sqrt(v) + epsilon));
  }
}

/** The rational approximation of Eigen, which TensorFlow uses: x p(x^2) / q(x^2) on a range beyond which tanh is 1. */
export function tanh(x: usize, y: usize, count: i32): void {
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
  for (; count > 0; count--, x += 4, y += 4) store<f32>(y, f32x4.extract_lane(tanh4(f32x4.splat(load<f32>(x))), 0));
}

// @ts-ignore: decorator
@inline
function tanh4(value: v128): v128 {
  const bound = f32x4.splat(7.90531110763549805);
  const x = f32x4.max(f32x4.neg(bound), f32x4.min(bound, value));
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(p, square), f32x4.splat(6.37261928875436e-4));
  p = f32x4.mul(f32x4.add(f32x4.mul(p, square), f32x4.splat(4.89352455891786e-3)), x);
  let q = f32x4.splat(1.19825839466702e-6);
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(q, square), f32x4.splat(4.89352518554385e-3));
  // Close to 0 the value itself is nearer than the quotient.
  return v128.bitselect(value, f32x4.div(p, q), f32x4.lt(f32x4.abs(value), f32x4.splat(0.0004)));
}
