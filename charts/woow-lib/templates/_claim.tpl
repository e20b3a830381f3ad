{{/*
The claim stands alone, also under a StatefulSet: claim templates of a StatefulSet cannot be changed, this one can grow
where the storage class allows it. Helm reads `keep` from the stored manifest, so it must be here and not be added
later: uninstalling never deletes data.
*/}}
{{- define "woow-lib.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root "name" (include "woow-lib.claimName" .root) "annotations" (dict "helm.sh/resource-policy" "keep")) | nindent 2 }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with .root.Values.persistence.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ .root.Values.persistence.size | quote }}
{{- end -}}

{{- define "woow-lib.claimName" -}}
{{ include "woow-lib.name" . }}-data
{{- end -}}
