{{- define "nextcloud.app" -}}
{{- $nextcloud := .Values.nextcloud -}}
{{- $db := .Subcharts.postgresql.Values.postgresql -}}
{{- $url := include "woow-lib.publicUrl" . -}}
{{- $upload := $nextcloud.uploadLimitMegabytes | int64 -}}
kind: Deployment
web: true
port: 80
# the user `www-data` of the image's Debian
user: 33
gracePeriod: 60
# lets a user other than root listen on port 80
sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "0"
env:
  POSTGRES_HOST: {{ include "woow-lib.partName" (dict "root" . "part" "postgresql") | quote }}
  POSTGRES_DB: {{ $db.database | quote }}
  POSTGRES_USER: {{ $db.user | quote }}
  # else it would make a user of its own in the database, with a password that nobody here knows
  NC_setup_create_db_user: "false"
  NEXTCLOUD_ADMIN_USER: {{ $nextcloud.adminUser | quote }}
  {{- if $url }}
  OVERWRITEHOST: {{ .Values.ingress.host | quote }}
  OVERWRITEPROTOCOL: {{ ternary "https" "http" .Values.ingress.tls.enabled }}
  OVERWRITECLIURL: {{ $url | quote }}
  {{- end }}
  TRUSTED_PROXIES: 10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16
  PHP_UPLOAD_LIMIT: {{ printf "%dM" $upload | quote }}
  APACHE_BODY_LIMIT: {{ mul $upload 1048576 | int64 | quote }}
  WOOW_HOST: {{ .Values.ingress.host | quote }}
  WOOW_SERVICE: {{ include "woow-lib.name" . | quote }}
  WOOW_PHONE_REGION: {{ $nextcloud.phoneRegion | quote }}
  WOOW_MAINTENANCE_HOUR: {{ $nextcloud.maintenanceHour | int64 | quote }}
secret:
  adminPassword:
    value: {{ $nextcloud.adminPassword | toJson }}
    generate: 24
secretEnv:
  NEXTCLOUD_ADMIN_PASSWORD: adminPassword
  POSTGRES_PASSWORD: postgresql/password
  # wins over what was written into config.php at the first start
  NC_dbpassword: postgresql/password
config:
  # the image runs what ends in .sh; the background jobs must not be of these
  mountPath: /docker-entrypoint-hooks.d/before-starting
  files:
    settings.sh: {{ .Files.Get "files/settings.sh" | toJson }}
    background-jobs: {{ .Files.Get "files/cron.sh" | toJson }}
init:
  - {{ include "woow-lib.waitFor" (dict "root" . "part" "postgresql" "port" 5432) | indent 4 | trim }}
beside:
  - name: background-jobs
    command: [/docker-entrypoint-hooks.d/before-starting/background-jobs]
    resources:
      requests: { cpu: 50m, memory: 128Mi }
      limits: { cpu: "1", memory: 768Mi }
data:
  mountPath: /var/www/html
  # an update deletes what is not its own at the top, which the volume's own lost+found would not bear
  subPath: html
scratch:
  - name: run
    mountPath: /run
    sizeLimit: 16Mi
  # uploads on their way
  - name: tmp
    mountPath: /tmp
    sizeLimit: 8Gi
probes:
  {{- /* by a name that is always trusted: another one is refused */}}
  {{- $ask := dict "path" "/status.php" "port" "http" "httpHeaders" (list (dict "name" "Host" "value" "localhost")) | toJson }}
  # the first start copies everything to the volume, and an update changes tables
  startup:
    httpGet: {{ $ask }}
    failureThreshold: 360
  readiness:
    httpGet: {{ $ask }}
  liveness:
    httpGet: {{ $ask }}
egress:
  internet: true
  namespace: true
{{- end -}}
