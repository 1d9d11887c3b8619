/** charts/chex-operator/templates/crd.yaml: the CRD as an object of the chart, which `helm upgrade` renews as any other. */
import { crdYaml } from './crd-yaml.ts';

const name = /^  name: chextrainings\.chex\.dev$/m;

const metadata = `$&
  labels:
    {{- include "chex-operator.labels" . | nindent 4 }}
  {{- if .Values.crds.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}`;

/** The template's text. Throws an Error when the CRD holds what helm would read as its own. */
export function chartCrd(): string {
  const crd = crdYaml();
  if (crd.includes('{{')) throw new Error('The CRD holds {{, which a chart reads as a template: say it otherwise in src/api');
  return `{{- if .Values.crds.enabled }}\n${crd.replace(name, metadata)}{{- end }}\n`;
}
