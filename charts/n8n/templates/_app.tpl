{{- define "n8n.app" -}}
{{- $n8n := .Values.n8n -}}
{{- $url := include "woow-lib.publicUrl" . -}}
kind: Deployment
web: true
port: 5678
# the image's user `node`
user: 1000
gracePeriod: 60 # n8n gives running executions 30 s (N8N_GRACEFUL_SHUTDOWN_TIMEOUT)
env:
  DB_TYPE: sqlite
  GENERIC_TIMEZONE: {{ $n8n.timezone | quote }}
  TZ: {{ $n8n.timezone | quote }}
  {{- if $url }}
  N8N_HOST: {{ .Values.ingress.host | quote }}
  N8N_EDITOR_BASE_URL: {{ printf "%s/" $url | quote }}
  WEBHOOK_URL: {{ printf "%s/" $url | quote }}
  N8N_PROXY_HOPS: "1"
  {{- end }}
  # the session cookie of plain http would otherwise be refused by the browser
  N8N_SECURE_COOKIE: {{ .Values.ingress.tls.enabled | toString | quote }}
  EXECUTIONS_TIMEOUT: {{ ternary "-1" (mul 60 (int64 $n8n.executionTimeoutMinutes) | toString) (eq 0 (int $n8n.executionTimeoutMinutes)) | quote }}
  EXECUTIONS_TIMEOUT_MAX: {{ max 3600 (mul 60 (int64 $n8n.executionTimeoutMinutes)) | toString | quote }}
  EXECUTIONS_DATA_PRUNE: "true"
  EXECUTIONS_DATA_MAX_AGE: {{ mul 24 (int64 $n8n.executionHistoryDays) | toString | quote }}
  N8N_LOG_LEVEL: {{ $n8n.logLevel | quote }}
  N8N_DIAGNOSTICS_ENABLED: {{ $n8n.diagnostics | toString | quote }}
  # versions are the platform's business
  N8N_VERSION_NOTIFICATIONS_ENABLED: "false"
secret:
  encryptionKey:
    value: {{ $n8n.encryptionKey | toJson }}
    generate: 32
secretEnv:
  N8N_ENCRYPTION_KEY: encryptionKey
data:
  mountPath: /home/node/.n8n
scratch:
  # caches of n8n and npm; n8n will not start when it cannot write here
  - name: home
    mountPath: /home/node
    sizeLimit: 1Gi
  - name: tmp
    mountPath: /tmp
    sizeLimit: 1Gi
probes:
  startup:
    httpGet: { path: /healthz, port: http }
  readiness:
    httpGet: { path: /healthz/readiness, port: http }
  liveness:
    httpGet: { path: /healthz, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
