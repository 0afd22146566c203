#!/bin/sh
# Stands in for a renderer: render_frames.sh FOLDER FRAME... writes one small picture a frame, says how far it is, and has
# the faults of real ones: it crashes over frame 10 in its first try, and loses frame 7 without a word, once.
folder=$1
shift
total=$#
done=0
for frame in "$@"; do
  name=$(printf '%s/beauty.%04d.ppm' "$folder" "$frame")
  if [ "$frame" = 10 ] && [ "${VNODE_TRY:-1}" = 1 ]; then
    echo "render: frame 10: out of texture memory" >&2
    exit 1
  fi
  if [ "$frame" = 7 ] && [ ! -e "$folder/lost" ]; then
    : > "$folder/lost"
  else
    awk -v frame="$frame" 'BEGIN {
      print "P3 32 18 255"
      for (y = 0; y < 18; ++y)
        for (x = 0; x < 32; ++x)
          print (x * 8) % 256, (y * 14) % 256, (frame * 10) % 256
    }' > "$name.part" && mv "$name.part" "$name" || exit 1
  fi
  done=$((done + 1))
  echo "openjd_progress: $((100 * done / total))"
done
