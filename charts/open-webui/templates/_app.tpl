{{- define "open-webui.app" -}}
{{- $webui := .Values.openWebui -}}
{{- $url := include "woow-lib.publicUrl" . -}}
kind: Deployment
web: true
port: 8080
# the image runs as root, but needs nothing of it: what it writes to is moved to the volumes below. Its files are readable for
# this group
user: 1000
group: 0
gracePeriod: 60
env:
  ENABLE_OLLAMA_API: {{ ternary "true" "false" (hasKey .Subcharts "ollama") | quote }}
  {{- if .Subcharts.ollama }}
  OLLAMA_BASE_URL: {{ printf "http://%s:11434" (include "woow-lib.partName" (dict "root" . "part" "ollama")) | quote }}
  {{- end }}
  {{- with $url }}
  WEBUI_URL: {{ . | quote }}
  CORS_ALLOW_ORIGIN: {{ . | quote }}
  {{- end }}
  WEBUI_SESSION_COOKIE_SECURE: {{ .Values.ingress.tls.enabled | toString | quote }}
  WEBUI_ADMIN_EMAIL: {{ $webui.adminEmail | quote }}
  GLOBAL_LOG_LEVEL: {{ $webui.logLevel | quote }}
  # versions are the platform's business
  ENABLE_VERSION_UPDATE_CHECK: "false"
  DATA_DIR: /data
  HOME: /tmp
  STATIC_DIR: /tmp/static
  HF_HOME: /data/cache/embedding/models
  SENTENCE_TRANSFORMERS_HOME: /data/cache/embedding/models
  TIKTOKEN_CACHE_DIR: /data/cache/tiktoken
  WHISPER_MODEL_DIR: /data/cache/whisper/models
secret:
  adminPassword:
    value: {{ $webui.adminPassword | toJson }}
    generate: 24
  secretKey:
    value: {{ $webui.secretKey | toJson }}
    generate: 48
secretEnv:
  WEBUI_ADMIN_PASSWORD: adminPassword
  WEBUI_SECRET_KEY: secretKey
init:
  # the models for searching in documents and for speech that come with the image, unless the volume has them already
  - name: copy-models
    command: [bash, -c, "mkdir -p /data/cache && cp --recursive --no-clobber /app/backend/data/cache/. /data/cache/ || true"]
data:
  mountPath: /data
scratch:
  - name: tmp
    mountPath: /tmp
    sizeLimit: 2Gi
probes:
  # the first start makes the tables and loads the models
  startup:
    httpGet: { path: /health, port: http }
    failureThreshold: 120
  readiness:
    httpGet: { path: /health, port: http }
  liveness:
    httpGet: { path: /health, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
