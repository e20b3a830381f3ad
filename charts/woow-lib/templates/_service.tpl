{{- define "woow-lib.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root) | nindent 2 }}
spec:
  type: ClusterIP
  selector:
    {{- include "woow-lib.selectorLabels" .root | nindent 4 }}
  ports:
    - name: {{ .app.portName | default "http" }}
      port: {{ .app.port | int64 }}
      targetPort: {{ .app.portName | default "http" }}
      protocol: TCP
{{- end -}}

{{/* An identity of its own without any right; its token is not mounted. */}}
{{- define "woow-lib.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{- define "woow-lib.ingress" -}}
{{- $ingress := .root.Values.ingress -}}
{{- $host := required "ingress.host is needed when ingress.enabled is true" $ingress.host -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root "annotations" $ingress.annotations) | nindent 2 }}
spec:
  {{- with $ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- if $ingress.tls.enabled }}
  tls:
    - hosts: [{{ $host | quote }}]
      {{- /* without a name the controller's own certificate serves the host */}}
      {{- with $ingress.tls.secretName }}
      secretName: {{ . | quote }}
      {{- end }}
  {{- end }}
  rules:
    - host: {{ $host | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "woow-lib.name" .root }}
                port:
                  name: {{ .app.portName | default "http" }}
{{- end -}}
