{{/*
A Deployment or a StatefulSet of one pod (`kind` of the description). The data is ReadWriteOnce, so the old pod must be
gone before the new one starts: Recreate for a Deployment; a StatefulSet promises it anyhow, also when a node is lost,
and is what a database wants. replicaCount 0 is "stopped".
*/}}
{{- define "woow-lib.workload" -}}
{{- $name := include "woow-lib.name" .root -}}
apiVersion: apps/v1
kind: {{ .app.kind | default "Deployment" }}
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root) | nindent 2 }}
spec:
  replicas: {{ .root.Values.replicaCount | int64 }}
  revisionHistoryLimit: 3
  {{- if eq (.app.kind | default "Deployment") "StatefulSet" }}
  serviceName: {{ $name }}
  # with the default, OrderedReady, a pod that never becomes ready blocks the very upgrade that would mend it
  podManagementPolicy: Parallel
  {{- else }}
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      {{- include "woow-lib.selectorLabels" .root | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "woow-lib.podLabels" .root | nindent 8 }}
      {{- $secrets := include "woow-lib.secretsRead" . | fromJson }}
      {{- if or $secrets .app.config }}
      annotations:
        {{- if $secrets }}
        checksum/secret: {{ include "woow-lib.secretChecksum" . }}
        {{- end }}
        {{- with .app.config }}
        checksum/config: {{ . | toJson | sha256sum }}
        {{- end }}
      {{- end }}
    spec:
      {{- include "woow-lib.podSpec" . | nindent 6 }}
{{- end -}}

{{- define "woow-lib.podSpec" -}}
{{- $name := include "woow-lib.name" .root -}}
serviceAccountName: {{ $name }}
automountServiceAccountToken: false
# variables such as N8N_PORT=tcp://... made from the names of Services would be read by the apps as their settings
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .app.gracePeriod | default 30 | int64 }}
{{- /* not `default`: group 0 is a group, and no user of that number runs */}}
{{- $group := ternary .app.group .app.user (hasKey .app "group") }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .app.user | int64 }}
  runAsGroup: {{ $group | int64 }}
  fsGroup: {{ $group | int64 }}
  # only where the volume's root differs: a large volume mounts at once, and private files keep their mode
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
  {{- with .app.sysctls }}
  sysctls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- with .app.init }}
initContainers:
  {{- range . }}
  - {{ include "woow-lib.container" (dict "root" $.root "app" $.app "container" .) | indent 4 | trim }}
  {{- end }}
{{- end }}
containers:
  - {{ include "woow-lib.container" (dict "root" .root "app" .app "container" (dict "name" .root.Chart.Name "command" .app.command "args" .app.args "main" true)) | indent 4 | trim }}
  {{- range .app.beside }}
  - {{ include "woow-lib.container" (dict "root" $.root "app" $.app "container" .) | indent 4 | trim }}
  {{- end }}
{{- include "woow-lib.volumes" . }}
{{- end -}}

{{- define "woow-lib.volumes" -}}
{{- if or .app.data .app.scratch .app.config }}
volumes:
  {{- if .app.data }}
  - name: data
    {{- if .root.Values.persistence.enabled }}
    persistentVolumeClaim:
      claimName: {{ include "woow-lib.claimName" .root }}
    {{- else }}
    emptyDir:
      sizeLimit: {{ .root.Values.persistence.size | quote }}
    {{- end }}
  {{- end }}
  {{- range .app.scratch }}
  - name: {{ .name }}
    emptyDir:
      {{- with .medium }}
      medium: {{ . }}
      {{- end }}
      sizeLimit: {{ .sizeLimit | default "256Mi" | quote }}
  {{- end }}
  {{- if .app.config }}
  - name: config
    configMap:
      name: {{ include "woow-lib.name" .root }}
      defaultMode: 0555
  {{- end }}
{{- end }}
{{- end -}}
