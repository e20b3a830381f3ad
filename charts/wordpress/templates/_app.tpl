{{- define "wordpress.app" -}}
{{- $wordpress := .Values.wordpress -}}
{{- $db := .Subcharts.mariadb.Values.mariadb -}}
{{- $url := include "woow-lib.publicUrl" . -}}
{{- $upload := $wordpress.uploadLimitMegabytes | int64 -}}
kind: Deployment
web: true
port: 80
# the user `www-data` of the image's Debian
user: 33
# lets a user other than root listen on port 80
sysctls:
  - name: net.ipv4.ip_unprivileged_port_start
    value: "0"
env:
  WORDPRESS_DB_HOST: {{ include "woow-lib.partName" (dict "root" . "part" "mariadb") | quote }}
  WORDPRESS_DB_NAME: {{ $db.database | quote }}
  WORDPRESS_DB_USER: {{ $db.user | quote }}
  # the address is the platform's business: another one counts at once
  {{- $address := "" }}
  {{- with $url }}
  {{- $address = printf " define('WP_HOME', '%s'); define('WP_SITEURL', '%s');" . . }}
  {{- end }}
  WORDPRESS_CONFIG_EXTRA: {{ printf "define('DISABLE_WP_CRON', true);%s" $address | quote }}
  # beside the image's own settings of PHP
  PHP_INI_SCAN_DIR: /usr/local/etc/php/conf.d:/etc/woow
  WOOW_HOST: {{ .Values.ingress.host | default "localhost" | quote }}
  WOOW_TITLE: {{ $wordpress.title | quote }}
  WOOW_ADMIN_USER: {{ $wordpress.adminUser | quote }}
  WOOW_ADMIN_EMAIL: {{ $wordpress.adminEmail | quote }}
  WOOW_SEARCH_ENGINES: {{ $wordpress.searchEngines | toString | quote }}
secret:
  adminPassword:
    value: {{ $wordpress.adminPassword | toJson }}
    generate: 24
secretEnv:
  WORDPRESS_DB_PASSWORD: mariadb/password
  WOOW_ADMIN_PASSWORD: adminPassword
config:
  mountPath: /etc/woow
  files:
    cron.sh: {{ .Files.Get "files/cron.sh" | toJson }}
    install.php: {{ .Files.Get "files/install.php" | toJson }}
    woow.ini: {{ printf "upload_max_filesize = %dM\npost_max_size = %dM\nmax_execution_time = 300\n" $upload (add $upload 8) | toJson }}
init:
  - {{ include "woow-lib.waitFor" (dict "root" . "part" "mariadb" "port" 3306) | indent 4 | trim }}
  # the image's own script copies WordPress to the volume, then runs what follows
  - name: install
    command: [docker-ensure-installed.sh, php, /etc/woow/install.php]
beside:
  - name: scheduled-tasks
    command: [/etc/woow/cron.sh]
    resources:
      requests: { cpu: 20m, memory: 64Mi }
      limits: { cpu: "1", memory: 384Mi }
data:
  mountPath: /var/www/html
  # the volume's own lost+found does not belong into a site
  subPath: html
scratch:
  - name: run
    mountPath: /run
    sizeLimit: 16Mi
  - name: tmp
    mountPath: /tmp
    sizeLimit: 2Gi
probes:
  {{- /* a file that comes with WordPress: pages may be moved by plugins, and the database has probes of its own */}}
  startup:
    httpGet: { path: /wp-includes/images/blank.gif, port: http }
  readiness:
    httpGet: { path: /wp-includes/images/blank.gif, port: http }
  liveness:
    httpGet: { path: /wp-includes/images/blank.gif, port: http }
egress:
  internet: true
  namespace: true
{{- end -}}
