{{- define "forgejo.app" -}}
{{- $forgejo := .Values.forgejo -}}
{{- $url := include "woow-lib.publicUrl" . -}}
kind: Deployment
web: true
port: 3000
# the image's user `git`
user: 1000
gracePeriod: 60
env:
  GITEA_APP_INI: /var/lib/gitea/custom/conf/app.ini
  TZ: {{ $forgejo.timezone | quote }}
  {{- /* the image's script runs these through a shell: no spaces and no signs that mean something there */}}
  FORGEJO__database__DB_TYPE: sqlite3
  FORGEJO__database__PATH: /var/lib/gitea/data/forgejo.db
  FORGEJO__database__SQLITE_JOURNAL_MODE: WAL
  FORGEJO__log__LEVEL: {{ $forgejo.logLevel | quote }}
  FORGEJO__security__INSTALL_LOCK: "true"
  FORGEJO__security__SECRET_KEY_URI: file:/var/lib/gitea/custom/conf/secret_key
  FORGEJO__security__REVERSE_PROXY_TRUSTED_PROXIES: 127.0.0.0/8,10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16
  {{- if $url }}
  FORGEJO__server__DOMAIN: {{ .Values.ingress.host | quote }}
  FORGEJO__server__ROOT_URL: {{ printf "%s/" $url | quote }}
  {{- end }}
  # an ingress carries https only
  FORGEJO__server__DISABLE_SSH: "true"
  FORGEJO__service__DISABLE_REGISTRATION: {{ not $forgejo.signUp | toString | quote }}
  FORGEJO__service__REQUIRE_SIGNIN_VIEW: {{ $forgejo.requireSignIn | toString | quote }}
  FORGEJO__time__DEFAULT_UI_LOCATION: {{ $forgejo.timezone | quote }}
  WOOW_ADMIN_USER: {{ $forgejo.adminUser | quote }}
  WOOW_ADMIN_EMAIL: {{ $forgejo.adminEmail | quote }}
secret:
  adminPassword:
    value: {{ $forgejo.adminPassword | toJson }}
    generate: 24
secretEnv:
  WOOW_ADMIN_PASSWORD: adminPassword
config:
  mountPath: /etc/woow
  files:
    prepare.sh: {{ .Files.Get "files/prepare.sh" | toJson }}
init:
  - name: prepare
    command: [/etc/woow/prepare.sh]
data:
  mountPath: /var/lib/gitea
scratch:
  # uploads and archives on their way
  - name: tmp
    mountPath: /tmp
    sizeLimit: 4Gi
probes:
  startup:
    httpGet: { path: /api/healthz, port: http }
  readiness:
    httpGet: { path: /api/healthz, port: http }
  liveness:
    httpGet: { path: /api/healthz, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
