{{- define "grafana.app" -}}
{{- $grafana := .Values.grafana -}}
{{- $url := include "woow-lib.publicUrl" . -}}
kind: Deployment
web: true
port: 3000
# the image's user `grafana`
user: 472
env:
  {{- if $url }}
  GF_SERVER_DOMAIN: {{ .Values.ingress.host | quote }}
  GF_SERVER_ROOT_URL: {{ printf "%s/" $url | quote }}
  {{- end }}
  GF_SECURITY_ADMIN_USER: {{ $grafana.adminUser | quote }}
  GF_SECURITY_COOKIE_SECURE: {{ .Values.ingress.tls.enabled | toString | quote }}
  GF_USERS_ALLOW_SIGN_UP: {{ $grafana.signUp | toString | quote }}
  GF_AUTH_ANONYMOUS_ENABLED: {{ $grafana.anonymousView | toString | quote }}
  GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer
  GF_LOG_LEVEL: {{ $grafana.logLevel | quote }}
  {{- with $grafana.plugins }}
  GF_PLUGINS_PREINSTALL: {{ . | quote }}
  {{- end }}
  # data sources that come with the image would be replaced in its read-only folder, which breaks them
  GF_PLUGINS_PREINSTALL_AUTO_UPDATE: "false"
  # several readers do not wait for a writer
  GF_DATABASE_WAL: "true"
  GF_ANALYTICS_REPORTING_ENABLED: "false"
  # versions are the platform's business
  GF_ANALYTICS_CHECK_FOR_UPDATES: "false"
secret:
  adminPassword:
    value: {{ $grafana.adminPassword | toJson }}
    generate: 24
  # encrypts the passwords of data sources in the database
  secretKey:
    value: ""
    generate: 48
secretEnv:
  GF_SECURITY_ADMIN_PASSWORD: adminPassword
  GF_SECURITY_SECRET_KEY: secretKey
data:
  mountPath: /var/lib/grafana
scratch:
  - name: tmp
    mountPath: /tmp
probes:
  startup:
    httpGet: { path: /api/health, port: http }
    failureThreshold: 120
  readiness:
    httpGet: { path: /api/health, port: http }
  liveness:
    httpGet: { path: /api/health, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
