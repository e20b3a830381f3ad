{{/*
Nothing comes in but on the app's port, from its own namespace and (where it has a web address) from the ingress
controller; nothing goes out but DNS and what `egress` of the description asks for:
  internet:  any public address (private, link-local and metadata addresses stay closed)
  namespace: the other apps of the workspace
A part is reached by its own release only, and the release may always reach its parts.
*/}}
{{- define "woow-lib.networkPolicy" -}}
{{- $egress := .app.egress | default dict -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "woow-lib.metadata" (dict "root" .root) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "woow-lib.selectorLabels" .root | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- if .of }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ .root.Release.Name }}
        {{- else }}
        - podSelector: {}
        {{- end }}
        {{- if and .app.web (not .of) .root.Values.ingress.enabled }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .root.Values.networkPolicy.ingressNamespace | quote }}
        {{- end }}
      ports:
        - protocol: TCP
          port: {{ .app.port | int64 }}
  egress:
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
        - ipBlock:
            cidr: 169.254.20.10/32 # NodeLocal DNSCache
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
    {{- if $egress.namespace }}
    - to:
        - podSelector: {}
    {{- else if .parts }}
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ .root.Release.Name }}
    {{- end }}
    {{- if $egress.internet }}
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
        - ipBlock:
            cidr: ::/0
            except: ["::1/128", "fc00::/7", "fe80::/10"]
    {{- end }}
{{- end -}}
