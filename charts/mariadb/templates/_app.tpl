{{- define "mariadb.app" -}}
{{- $mariadb := .Values.mariadb -}}
kind: StatefulSet
web: false
port: 3306
portName: mariadb
# the image's user `mysql`
user: 999
gracePeriod: 120 # it writes what is in memory, then ends
env:
  WOOW_USER: {{ $mariadb.user | quote }}
  WOOW_DATABASE: {{ $mariadb.database | quote }}
  # the administrator is reached from inside of the pod only
  MARIADB_ROOT_HOST: localhost
  # after another version: brings the system tables to it, and keeps a copy of them
  MARIADB_AUTO_UPGRADE: "1"
secret:
  password:
    value: {{ $mariadb.password | toJson }}
    generate: 32
  rootPassword:
    value: ""
    generate: 32
secretEnv:
  WOOW_PASSWORD: password
  MARIADB_ROOT_PASSWORD: rootPassword
config:
  mountPath: /etc/woow
  files:
    start.sh: {{ .Files.Get "files/start.sh" | toJson }}
command:
  - /etc/woow/start.sh
args:
  # half of what the container may use; the rest is for connections and temporary tables
  - --innodb-buffer-pool-size=256M
data:
  mountPath: /var/lib/mysql
  # the volume's own lost+found would be taken for a database
  subPath: mysql
scratch:
  - name: run
    mountPath: /run/mysqld
    sizeLimit: 16Mi
  - name: tmp
    mountPath: /tmp
    sizeLimit: 1Gi
probes:
  {{- /* asks as a user that the image makes for it and that may do nothing else */}}
  {{- range $kind, $times := dict "startup" "failureThreshold: 120" "readiness" "failureThreshold: 3" "liveness" "failureThreshold: 6" }}
  {{ $kind }}:
    exec:
      command: [healthcheck.sh, --connect, --innodb_initialized]
    {{ $times }}
  {{- end }}
{{- end -}}
