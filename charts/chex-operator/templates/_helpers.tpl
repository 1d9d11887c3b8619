{{/* What is the same in every replica and version: selectors may not change. */}}
{{- define "chex-operator.selectorLabels" -}}
app.kubernetes.io/name: chex-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "chex-operator.labels" -}}
{{ include "chex-operator.selectorLabels" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: chex-operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{/* Of (dict "image" … "chart" .Chart): the reference of an image. */}}
{{- define "chex-operator.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* Of a list of {name}: the names, with commas between them. */}}
{{- define "chex-operator.names" -}}
{{- $names := list }}
{{- range . }}{{ $names = append $names .name }}{{ end }}
{{- join "," $names }}
{{- end }}
