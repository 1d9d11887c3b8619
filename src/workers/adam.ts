/** The study's Adam (its section on the autoencoders); the learning rate is the step's. */
export const adam = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } as const;
