{{/*
The values of the release's Secret as JSON, key -> clear text. In order: what the values say; what the cluster already
has (so that an upgrade without the value changes nothing); a new random one of the length that `generate` says.
*/}}
{{- define "woow-lib.secretValues" -}}
{{- $values := dict -}}
{{- if .app.secret -}}
{{- $name := include "woow-lib.name" .root -}}
{{- $found := lookup "v1" "Secret" .root.Release.Namespace $name -}}
{{- range $key, $spec := .app.secret -}}
{{- $value := $spec.value | default "" -}}
{{- if and (not $value) $found -}}
{{- $value = index ($found.data | default dict) $key | default "" | b64dec -}}
{{- end -}}
{{- if not $value -}}
{{- $value = randAlphaNum (int ($spec.generate | default 32)) -}}
{{- end -}}
{{- $_ := set $values $key $value -}}
{{- end -}}
{{- end -}}
{{- $values | toJson -}}
{{- end -}}

{{- define "woow-lib.secret" -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root) | nindent 2 }}
type: Opaque
data:
  {{- range $key, $value := .secret }}
  {{ $key }}: {{ $value | b64enc | quote }}
  {{- end }}
{{- end -}}

{{/* The secret values that the app reads, as JSON: its own, and those of its parts that it names. */}}
{{- define "woow-lib.secretsRead" -}}
{{- $read := deepCopy .secret -}}
{{- range $key := values (.app.secretEnv | default dict) -}}
{{- if contains "/" $key -}}
{{- $_ := set $read $key (index $.parts (dir $key) "secret" (base $key)) -}}
{{- end -}}
{{- end -}}
{{- $read | toJson -}}
{{- end -}}

{{/*
Changes when a secret value changes, so that the pods roll. Whoever may read pods may read this annotation, and a plain
hash of a password that a person chose can be guessed. So it is made with a key that the platform gives to each service and
nobody can guess; by hand, where there is none, it goes through scrypt (derivePassword), which takes a processor a fifth
of a second each time a chart is rendered. Both are salted with the release.
*/}}
{{- define "woow-lib.secretChecksum" -}}
{{- $site := printf "%s/%s" .root.Release.Namespace .root.Release.Name -}}
{{- $read := include "woow-lib.secretsRead" . | sha256sum -}}
{{- $chart := .root.Chart.Name -}}
{{- with (.root.Values.woow | default dict).hashKey -}}
{{- printf "%s %s %s %s" . $chart $site $read | sha256sum -}}
{{- else -}}
{{- derivePassword 1 "maximum" $read $chart $site | sha256sum -}}
{{- end -}}
{{- end -}}

{{/* Files the app needs beside its image: `config: {mountPath, files: {name: text}}` */}}
{{- define "woow-lib.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root) | nindent 2 }}
data:
  {{- range $name, $text := .app.config.files }}
  {{ $name }}: |
    {{- $text | nindent 4 }}
  {{- end }}
{{- end -}}
