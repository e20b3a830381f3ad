{{- define "ollama.app" -}}
{{- $ollama := .Values.ollama -}}
kind: Deployment
web: false
port: 11434
# the user `ubuntu` of the image's Ubuntu; the image itself would run as root
user: 1000
env:
  OLLAMA_HOST: 0.0.0.0:11434
  # it keeps a key of its own in ~/.ollama
  HOME: /var/lib/ollama
  OLLAMA_MODELS: /var/lib/ollama/models
  OLLAMA_KEEP_ALIVE: {{ printf "%dm" (int64 $ollama.keepAliveMinutes) | quote }}
  OLLAMA_CONTEXT_LENGTH: {{ $ollama.contextLength | int64 | quote }}
  # what is asked stays here
  OLLAMA_NO_CLOUD: "1"
  WOOW_MODEL: {{ ternary "" $ollama.model (eq $ollama.model "none") | quote }}
config:
  mountPath: /etc/woow
  files:
    start.sh: {{ .Files.Get "files/start.sh" | toJson }}
command:
  - /etc/woow/start.sh
data:
  mountPath: /var/lib/ollama
scratch:
  - name: tmp
    mountPath: /tmp
    sizeLimit: 1Gi
probes:
  startup:
    httpGet: { path: /, port: http }
  readiness:
    httpGet: { path: /, port: http }
  liveness:
    httpGet: { path: /, port: http }
egress:
  # models come from registry.ollama.ai
  internet: true
{{- end -}}
