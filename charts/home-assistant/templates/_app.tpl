{{- define "home-assistant.app" -}}
{{- $ha := .Values.homeAssistant -}}
kind: Deployment
web: true
port: 8123
# any user will do that may write to the volume; the image itself would run as root
user: 1000
gracePeriod: 240 # the image gives it this long to write its states
env:
  HOME: /tmp
  TZ: {{ $ha.timezone | quote }}
config:
  mountPath: /etc/woow
  files:
    configuration.yaml: {{ .Files.Get "files/configuration.yaml" | toJson }}
    start.sh: {{ .Files.Get "files/start.sh" | toJson }}
command:
  - /etc/woow/start.sh
{{- if or $ha.safeMode $ha.verbose }}
args:
  {{- if $ha.safeMode }}
  - --safe-mode
  {{- end }}
  {{- if $ha.verbose }}
  - --verbose
  {{- end }}
{{- end }}
data:
  mountPath: /config
scratch:
  - name: tmp
    mountPath: /tmp
    sizeLimit: 2Gi
probes:
  {{- /* a small file that is there from the beginning, also before the first account */}}
  startup:
    httpGet: { path: /manifest.json, port: http }
    failureThreshold: 120
  readiness:
    httpGet: { path: /manifest.json, port: http }
  liveness:
    httpGet: { path: /manifest.json, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
