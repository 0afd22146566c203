#!/bin/sh
# Runs a workflow, shows what its nodes print as they do, and lists at the end what has failed. The exit code is the run's.
# usage: failed-nodes.sh WORKFLOW [OPTION...]
events=$(mktemp)
trap 'rm -f "$events"' EXIT
{ vnode run "$@" --format ndjson --events "$events"; code=$?; echo "$code" > "$events.code"; } |
  jq -r 'select(.type == "node_log") | "\(.name // .node_type): \(.message)"'
code=$(cat "$events.code")
rm -f "$events.code"
jq -r 'select(.type == "node_error" and (.handled | not)) | "FAILED \(.name // .node_type): \(.message)"' "$events" >&2
exit "$code"
