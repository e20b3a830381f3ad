{{- define "valkey.app" -}}
{{- $valkey := .Values.valkey -}}
kind: StatefulSet
web: false
port: 6379
portName: valkey
# the image's user `valkey` (Debian)
user: 999
gracePeriod: 120 # it writes what is in memory before it ends
secret:
  password:
    value: {{ $valkey.password | toJson }}
    generate: 32
secretEnv:
  # read by start.sh, and by valkey-cli in the probes
  VALKEYCLI_AUTH: password
config:
  mountPath: /etc/woow
  files:
    start.sh: {{ .Files.Get "files/start.sh" | toJson }}
command:
  - /etc/woow/start.sh
args:
  - --dir
  - /data
  - --maxmemory-policy
  - {{ $valkey.evictionPolicy }}
  - --appendonly
  - {{ ternary "yes" "no" $valkey.appendOnly | quote }}
  - --databases
  - {{ $valkey.databases | int64 | quote }}
  - --slowlog-log-slower-than
  - {{ ternary "-1" (mul 1000 (int64 $valkey.slowCommandMilliseconds) | toString) (eq 0 (int $valkey.slowCommandMilliseconds)) | quote }}
data:
  mountPath: /data
scratch:
  # holds the password
  - name: run
    mountPath: /run/valkey
    medium: Memory
    sizeLimit: 1Mi
  - name: tmp
    mountPath: /tmp
    sizeLimit: 16Mi
probes:
  {{- /* while it loads its data it answers LOADING, and a client that gets an error ends with 1 only by -e */}}
  startup:
    exec: { command: [valkey-cli, -e, ping] }
    failureThreshold: 120
  readiness:
    exec: { command: [valkey-cli, -e, ping] }
  liveness:
    exec: { command: [valkey-cli, -e, ping] }
{{- end -}}
