import { homedir } from 'node:os';
import path from 'node:path';

/** Of Debian's package. */
export const prometheusVersion = '2.42.0+ds-5+deb12u1';

/** The folder of `prometheus` and `promtool`, kept for the user as helm is. */
export const prometheus = path.join(homedir(), '.cache/chex/prometheus', prometheusVersion);
