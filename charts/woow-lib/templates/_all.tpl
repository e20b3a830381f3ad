{{/*
The whole release from one line, `{{ include "woow-lib.all" . }}`.

The chart describes its app in a named template "<chart>.app" (see the README of the library for its fields); the
templates beside this one take (dict "root" $ "app" <that description> "secret" <the secret values, in clear>).
*/}}
{{- define "woow-lib.all" -}}
{{- $app := include (printf "%s.app" .Chart.Name) . | fromYaml -}}
{{- with $app.Error -}}
{{- fail (printf "the description of %s is not YAML: %s" $.Chart.Name .) -}}
{{- end -}}
{{- $ctx := dict "root" . "app" $app -}}
{{- $_ := set $ctx "secret" (include "woow-lib.secretValues" $ctx | fromJson) -}}
{{ include "woow-lib.serviceAccount" $ctx }}
---
{{ include "woow-lib.service" $ctx }}
{{- if $app.secret }}
---
{{ include "woow-lib.secret" $ctx }}
{{- end }}
{{- if $app.config }}
---
{{ include "woow-lib.configMap" $ctx }}
{{- end }}
{{- if and $app.data .Values.persistence.enabled }}
---
{{ include "woow-lib.claim" $ctx }}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
---
{{ include "woow-lib.networkPolicy" $ctx }}
{{- end }}
---
{{ include "woow-lib.workload" $ctx }}
{{- if and $app.web .Values.ingress.enabled }}
---
{{ include "woow-lib.ingress" $ctx }}
{{- end }}
{{- end -}}
