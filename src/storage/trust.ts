import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/** Trusts, beside the usual authorities, those of a bundle: PEM itself, or the path of a PEM file. Throws where it is neither. */
export function trustAlso(bundle: string): void {
  const pem = bundle.includes('-----BEGIN CERTIFICATE-----') ? bundle : readFileSync(bundle, 'utf8');
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
}
