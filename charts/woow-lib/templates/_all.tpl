{{/*
The whole release from one line, `{{ include "woow-lib.all" . }}`.

The chart describes its app in a named template "<chart>.app" (see the README of the charts for its fields); the
templates beside this one take a context: (dict "root" $ "app" <that description> "secret" <the secret values, in
clear> "parts" <the contexts of the charts it depends on, by name>).

A chart that another one depends on, such as its database, renders nothing by itself: the chart at the root renders it
as a part, so that both stop together, know each other's addresses, and share a password without writing it twice.
*/}}
{{- define "woow-lib.all" -}}
{{- if .Chart.IsRoot -}}
{{- $parts := dict -}}
{{- range $name, $sub := .Subcharts -}}
{{- if ne ($sub.Chart.Type | default "application") "library" -}}
{{- $values := mergeOverwrite (deepCopy $sub.Values) (pick $.Values "replicaCount" "networkPolicy" "woow") -}}
{{- $root := dict "Chart" $sub.Chart "Values" $values "Files" $sub.Files "Release" $.Release "Capabilities" $.Capabilities -}}
{{- $part := dict "root" $root "app" (include "woow-lib.description" $root | fromJson) "parts" (dict) "of" $.Chart.Name -}}
{{- $_ := set $part "secret" (include "woow-lib.secretValues" $part | fromJson) -}}
{{- $_ := set $parts $name $part -}}
{{- end -}}
{{- end -}}
{{- $ctx := dict "root" . "app" (include "woow-lib.description" . | fromJson) "parts" $parts -}}
{{- $_ := set $ctx "secret" (include "woow-lib.secretValues" $ctx | fromJson) -}}
{{- range $parts }}
{{ include "woow-lib.objects" . }}
---
{{- end }}
{{ include "woow-lib.objects" $ctx }}
{{- end -}}
{{- end -}}

{{/* The description of the app, as JSON. */}}
{{- define "woow-lib.description" -}}
{{- $app := include (printf "%s.app" .Chart.Name) . | fromYaml -}}
{{- with $app.Error -}}
{{- fail (printf "the description of %s is not YAML: %s" $.Chart.Name .) -}}
{{- end -}}
{{- $app | toJson -}}
{{- end -}}

{{/* The objects of one app. */}}
{{- define "woow-lib.objects" -}}
{{ include "woow-lib.serviceAccount" . }}
---
{{ include "woow-lib.service" . }}
{{- if .app.secret }}
---
{{ include "woow-lib.secret" . }}
{{- end }}
{{- if .app.config }}
---
{{ include "woow-lib.configMap" . }}
{{- end }}
{{- if and .app.data .root.Values.persistence.enabled }}
---
{{ include "woow-lib.claim" . }}
{{- end }}
{{- if .root.Values.networkPolicy.enabled }}
---
{{ include "woow-lib.networkPolicy" . }}
{{- end }}
---
{{ include "woow-lib.workload" . }}
{{- if and .app.web (not .of) .root.Values.ingress.enabled }}
---
{{ include "woow-lib.ingress" . }}
{{- end }}
{{- end -}}
