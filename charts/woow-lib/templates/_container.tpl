{{/*
One container of the pod: the app itself (`main`), or another one of the same image, before it or beside it, with the
same environment and mounts.
*/}}
{{- define "woow-lib.container" -}}
name: {{ .container.name }}
image: {{ include "woow-lib.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
{{- with .container.command }}
command:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .container.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: {{ ne (toString .app.readOnlyRootFilesystem) "false" }}
  capabilities:
    drop: [ALL]
{{- include "woow-lib.env" . }}
{{- if .container.main }}
ports:
  - name: {{ .app.portName | default "http" }}
    containerPort: {{ .app.port | int64 }}
    protocol: TCP
{{- include "woow-lib.probes" .app }}
{{- end }}
resources:
  {{- toYaml (.container.resources | default .root.Values.resources) | nindent 2 }}
{{- include "woow-lib.mounts" .app }}
{{- end -}}

{{/*
`env` in clear, sorted by name; `secretEnv` only ever by reference: variable -> key of the Secret, or part/key of the
Secret of a part.
*/}}
{{- define "woow-lib.env" -}}
{{- if or .app.env .app.secretEnv }}
env:
  {{- range $variable, $value := .app.env }}
  - name: {{ $variable }}
    value: {{ $value | toString | quote }}
  {{- end }}
  {{- range $variable, $key := .app.secretEnv }}
  - name: {{ $variable }}
    valueFrom:
      secretKeyRef:
        {{- if contains "/" $key }}
        name: {{ include "woow-lib.partName" (dict "root" $.root "part" (dir $key)) }}
        {{- else }}
        name: {{ include "woow-lib.name" $.root }}
        {{- end }}
        key: {{ base $key }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
`probes: {startup, readiness, liveness}`; each says how it asks (httpGet, exec, ...) and may say its times. The startup
probe gives a slow first start its time, so that the liveness probe can be strict.
*/}}
{{- define "woow-lib.probes" -}}
{{- $times := dict
  "startup" (dict "periodSeconds" 5 "timeoutSeconds" 5 "failureThreshold" 60)
  "readiness" (dict "periodSeconds" 10 "timeoutSeconds" 5 "failureThreshold" 3)
  "liveness" (dict "periodSeconds" 20 "timeoutSeconds" 10 "failureThreshold" 6) -}}
{{- range $kind := list "startup" "readiness" "liveness" }}
{{- with index ($.probes | default dict) $kind }}
{{ $kind }}Probe:
  {{- /* the description comes from YAML, where every number is a float: whole again */}}
  {{- range $field, $value := merge (dict) . (index $times $kind) }}
  {{ $field }}: {{ if kindIs "float64" $value }}{{ $value | int64 }}{{ else }}{{ $value | toJson }}{{ end }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "woow-lib.mounts" -}}
{{- if or .data .scratch .config }}
volumeMounts:
  {{- with .data }}
  - name: data
    mountPath: {{ .mountPath }}
    {{- with .subPath }}
    subPath: {{ . }}
    {{- end }}
  {{- end }}
  {{- range .scratch }}
  - name: {{ .name }}
    mountPath: {{ .mountPath }}
  {{- end }}
  {{- with .config }}
  - name: config
    mountPath: {{ .mountPath }}
    readOnly: true
  {{- end }}
{{- end }}
{{- end -}}
