{{- define "vaultwarden.app" -}}
{{- $vaultwarden := .Values.vaultwarden -}}
{{- $url := include "woow-lib.publicUrl" . -}}
kind: Deployment
web: true
port: 8080
# any user will do that may write to the volume; the image itself would run as root
user: 1000
env:
  # a port that needs no rights
  ROCKET_PORT: "8080"
  {{- with $url }}
  DOMAIN: {{ . | quote }}
  {{- end }}
  SIGNUPS_ALLOWED: {{ $vaultwarden.signUp | toString | quote }}
  INVITATIONS_ALLOWED: {{ $vaultwarden.invitations | toString | quote }}
  # without e-mail, a hint would be shown to whoever asks
  SHOW_PASSWORD_HINT: "false"
  {{- if gt (int64 $vaultwarden.attachmentLimitMegabytes) 0 }}
  USER_ATTACHMENT_LIMIT: {{ mul 1024 (int64 $vaultwarden.attachmentLimitMegabytes) | quote }}
  {{- end }}
  LOG_LEVEL: {{ $vaultwarden.logLevel | quote }}
{{- with $vaultwarden.adminToken }}
secret:
  adminToken:
    value: {{ . | toJson }}
secretEnv:
  ADMIN_TOKEN: adminToken
{{- end }}
data:
  mountPath: /data
scratch:
  - name: tmp
    mountPath: /tmp
probes:
  # what the image's own health check asks
  startup:
    httpGet: { path: /alive, port: http }
  readiness:
    httpGet: { path: /alive, port: http }
  liveness:
    httpGet: { path: /alive, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
