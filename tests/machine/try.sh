#!/bin/sh
# Runs what rests on something that a machine may lack: try.sh THING WHAT COMMAND…
# If THING can neither be found nor installed, COMMAND is not run, and WHAT is noted as not tried.
set -eu
here=$(dirname "$0")
thing=$1 what=$2
shift 2
if why=$("$here/install.sh" "$thing"); then
    exec "$@"
fi
"$here/not_tried.sh" note "$what" "$why"
