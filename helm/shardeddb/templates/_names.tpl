{{/* Name of everything that this release makes. */}}
{{- define "shardeddb.name" -}}
{{- if contains "shardeddb" .Release.Name -}}
{{- printf "%s-operator" .Release.Name | replace "-operator-operator" "-operator" | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-shardeddb-operator" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "shardeddb.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "shardeddb.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "shardeddb.selector" -}}
app.kubernetes.io/name: shardeddb
app.kubernetes.io/component: operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "shardeddb.labels" -}}
{{ include "shardeddb.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* An image's reference; called with a dict of root and image. */}}
{{- define "shardeddb.image" -}}
{{- $reference := printf "%s%s" .root.Values.images.registry .image.repository -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $reference .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $reference (default .root.Chart.AppVersion .image.tag) -}}
{{- end -}}
{{- end -}}

{{/* What the operator does to the objects of databases; kept equal to the calls that are made by a test. */}}
{{- define "shardeddb.rules" -}}
- apiGroups: [shardeddb.io]
  resources: [shardeddatabases]
  verbs: [get, list, watch, patch]
- apiGroups: [shardeddb.io]
  resources: [shardeddatabases/status, shards/status]
  verbs: [update]
- apiGroups: [shardeddb.io]
  resources: [shards]
  verbs: [list, watch, create, update]
# Owner references that block deletion need it where OwnerReferencesPermissionEnforcement is on.
- apiGroups: [shardeddb.io]
  resources: [shardeddatabases/finalizers, shards/finalizers]
  verbs: [update]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [list, watch, create, patch]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch, create, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch, delete]
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [list, delete]
# The record of the last good specification; it loses its owner when a database goes and its volumes stay.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch, create, update, patch]
# Names follow from those of databases and cannot stand here. One is read by its name, for the secret that servers ask for, and replaced when
# that changes. What is written is bounded by a ValidatingAdmissionPolicy, and no Secret can be listed or watched.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, update, patch]
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [create, patch]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [create, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [create, patch]
- apiGroups: [""]
  resources: [events]
  verbs: [get, create, patch]
{{- end -}}
