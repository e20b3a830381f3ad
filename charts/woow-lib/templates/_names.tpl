{{/*
Names and labels. These take the root context, so that a chart's own templates can use them too.
*/}}

{{/*
Everything of a release carries the release's name: it is unique in its namespace and at most 53 characters. What belongs
to a part carries the part's name too.
*/}}
{{- define "woow-lib.name" -}}
{{- if .Chart.IsRoot -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- include "woow-lib.partName" (dict "root" . "part" .Chart.Name) -}}
{{- end -}}
{{- end -}}

{{/*
The name of a part, which is also the address of its Service: (dict "root" $ "part" "postgresql"). Names of StatefulSets
have room for 52 characters: Kubernetes makes labels of them.
*/}}
{{- define "woow-lib.partName" -}}
{{- printf "%s-%s" (.root.Release.Name | trunc 40 | trimSuffix "-") .part | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/*
An init container that waits until a part answers, so that the app does not start, fail and be put off:
(dict "root" $ "part" "postgresql" "port" 5432). The app's image must have bash.
*/}}
{{- define "woow-lib.waitFor" -}}
name: wait-for-{{ .part }}
command: [bash, -c, 'until (exec 3<>"/dev/tcp/$0/$1") 2>/dev/null; do sleep 2; done', {{ include "woow-lib.partName" . | quote }}, {{ .port | toString | quote }}]
{{- end -}}

{{/* What selects the pods. Selectors cannot be changed later, so nothing that may change belongs in here. */}}
{{- define "woow-lib.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of a pod. No chart version: a new chart alone must not restart an app. */}}
{{- define "woow-lib.podLabels" -}}
{{ include "woow-lib.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: woow-paas
{{- end -}}

{{- define "woow-lib.labels" -}}
{{ include "woow-lib.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* metadata of one object: (dict "root" $ "name" "optional" "annotations" (dict)) */}}
{{- define "woow-lib.metadata" -}}
name: {{ .name | default (include "woow-lib.name" .root) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "woow-lib.labels" .root | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* repository:tag, and the digest where one is pinned (then the digest decides). */}}
{{- define "woow-lib.image" -}}
{{- $image := .Values.image -}}
{{- printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* The address people open, without a slash at the end; empty where the app has none. */}}
{{- define "woow-lib.publicUrl" -}}
{{- if .Values.ingress.enabled -}}
{{- printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) (required "ingress.host is needed when ingress.enabled is true" .Values.ingress.host) -}}
{{- end -}}
{{- end -}}
