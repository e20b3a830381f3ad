{{- define "postgresql.app" -}}
{{- $pg := .Values.postgresql -}}
kind: StatefulSet
web: false
port: 5432
portName: postgresql
# the image's user `postgres` (Debian)
user: 999
gracePeriod: 120 # the image stops by SIGINT, "fast shutdown": it writes what is in memory, then ends
env:
  # a crashed server reads its log again before it answers: let it
  PGCTLTIMEOUT: "600"
  POSTGRES_USER: postgres
  WOOW_USER: {{ $pg.user | quote }}
  WOOW_DATABASE: {{ $pg.database | quote }}
  WOOW_STAT_STATEMENTS: {{ $pg.statStatements | toString | quote }}
secret:
  password:
    value: {{ $pg.password | toJson }}
    generate: 32
secretEnv:
  POSTGRES_PASSWORD: password
config:
  mountPath: /etc/woow
  files:
    prepare.sh: {{ .Files.Get "files/prepare.sh" | toJson }}
init:
  - name: prepare
    command: [/etc/woow/prepare.sh]
args:
  - postgres
  - -c
  - max_connections={{ $pg.maxConnections | int64 }}
  {{- if $pg.statStatements }}
  - -c
  - shared_preload_libraries=pg_stat_statements
  {{- end }}
  {{- if gt (int64 $pg.slowQueryMilliseconds) 0 }}
  - -c
  - log_min_duration_statement={{ $pg.slowQueryMilliseconds | int64 }}
  {{- end }}
data:
  # the image's PGDATA is below, by major version: another major finds the old one and refuses to start beside it
  mountPath: /var/lib/postgresql
scratch:
  - name: run
    mountPath: /var/run/postgresql
    sizeLimit: 16Mi
  - name: tmp
    mountPath: /tmp
  # parallel queries need more than the 64 MiB a container has by default; it counts as the container's memory
  - name: shm
    mountPath: /dev/shm
    medium: Memory
    sizeLimit: 256Mi
probes:
  {{- /* over TCP: only the real server listens there */}}
  {{- range $kind, $times := dict "startup" "failureThreshold: 120" "readiness" "failureThreshold: 3" "liveness" "failureThreshold: 6" }}
  {{ $kind }}:
    exec:
      command: [pg_isready, --quiet, --host=127.0.0.1, --username=postgres, --dbname=postgres]
    {{ $times }}
  {{- end }}
{{- end -}}
