{{- define "metabase.app" -}}
{{- $metabase := .Values.metabase -}}
{{- $db := .Subcharts.postgresql.Values.postgresql -}}
{{- $url := include "woow-lib.publicUrl" . -}}
kind: Deployment
web: true
port: 3000
# the number that the image's own script takes for its user `metabase`
user: 2000
env:
  # the rest of the memory is for what Java keeps outside of its heap
  JAVA_OPTS: -XX:MaxRAMPercentage=65
  JAVA_TIMEZONE: {{ $metabase.timezone | quote }}
  MB_JETTY_PORT: "3000"
  MB_DB_TYPE: postgres
  MB_DB_HOST: {{ include "woow-lib.partName" (dict "root" . "part" "postgresql") | quote }}
  MB_DB_PORT: "5432"
  MB_DB_DBNAME: {{ $db.database | quote }}
  MB_DB_USER: {{ $db.user | quote }}
  MB_SITE_NAME: {{ $metabase.siteName | quote }}
  {{- with $url }}
  MB_SITE_URL: {{ . | quote }}
  {{- end }}
  MB_REPORT_TIMEZONE: {{ $metabase.timezone | quote }}
  MB_ANON_TRACKING_ENABLED: {{ $metabase.usageData | toString | quote }}
  # versions are the platform's business
  MB_CHECK_FOR_UPDATES: "false"
  MB_PLUGINS_DIR: /plugins
secret:
  encryptionKey:
    value: {{ $metabase.encryptionKey | toJson }}
    generate: 32
secretEnv:
  MB_ENCRYPTION_SECRET_KEY: encryptionKey
  MB_DB_PASS: postgresql/password
init:
  - {{ include "woow-lib.waitFor" (dict "root" . "part" "postgresql" "port" 5432) | indent 4 | trim }}
scratch:
  # the drivers that come with the image are unpacked here
  - name: plugins
    mountPath: /plugins
    sizeLimit: 1Gi
  - name: tmp
    mountPath: /tmp
    sizeLimit: 2Gi
probes:
  # the first start makes the tables, which takes minutes on a slow disk
  startup:
    httpGet: { path: /api/health, port: http }
    failureThreshold: 180
  readiness:
    httpGet: { path: /api/health, port: http }
  liveness:
    httpGet: { path: /api/health, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
