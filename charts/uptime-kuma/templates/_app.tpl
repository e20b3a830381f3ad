{{- define "uptime-kuma.app" -}}
{{- $kuma := .Values.uptimeKuma -}}
kind: Deployment
web: true
port: 3001
# the image's user `node`
user: 1000
# lets the user's own group open ICMP sockets, so that ping monitors work without any capability
sysctls:
  - name: net.ipv4.ping_group_range
    value: "1000 1000"
env:
  # otherwise the first start asks in the browser which database to use
  UPTIME_KUMA_DB_TYPE: sqlite
  TZ: {{ $kuma.timezone | quote }}
  {{- if $kuma.allowEmbedding }}
  UPTIME_KUMA_DISABLE_FRAME_SAMEORIGIN: "true"
  {{- end }}
  {{- if eq $kuma.logFormat "json" }}
  UPTIME_KUMA_LOG_FORMAT: json
  {{- end }}
data:
  mountPath: /app/data
scratch:
  - name: home
    mountPath: /home/node
  - name: tmp
    mountPath: /tmp
probes:
  # what the image's own health check asks; the tables of an older version are moved before it answers
  startup:
    httpGet: { path: /, port: http }
    failureThreshold: 120
  readiness:
    httpGet: { path: /, port: http }
  liveness:
    httpGet: { path: /, port: http }
    timeoutSeconds: 28
    periodSeconds: 60
    failureThreshold: 5
egress:
  internet: true
  namespace: true
{{- end -}}
