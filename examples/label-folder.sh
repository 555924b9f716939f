#!/usr/bin/env bash
# Uploads the photos of a folder, waits for their faces, prints a CSV, and erases the photos again.
# Usage: FACEDROP_URL=… FACEDROP_KEY=… examples/label-folder.sh FOLDER > faces.csv
set -euo pipefail
: "${FACEDROP_URL:?}" "${FACEDROP_KEY:?}"

call() { # METHOD PATH [curl options]
  curl --silent --show-error --fail-with-body --header "x-api-key: $FACEDROP_KEY" --request "$1" "${FACEDROP_URL%/}/$2" "${@:3}"
}

upload() { # FILE: prints the photo's id
  local type answer fields=()
  type=$(file --brief --mime-type "$1")
  answer=$(call POST photos --json "{\"contentType\":\"$type\"}")
  while IFS= read -r field; do fields+=(--form-string "$field"); done \
    < <(jq --raw-output '.upload.fields | to_entries[] | "\(.key)=\(.value)"' <<<"$answer")
  # The photo comes after the fields.
  curl --silent --show-error --fail "${fields[@]}" --form "file=@$1" "$(jq --raw-output .upload.url <<<"$answer")"
  jq --raw-output .id <<<"$answer"
}

await() { # ID: prints the result
  local answer
  until answer=$(call GET "photos/$1") && [[ $(jq --raw-output .status <<<"$answer") =~ ^(done|failed)$ ]]; do
    sleep 1
  done
  echo "$answer"
}

echo 'file,face,age,low,high,gender,score'
for file in "$1"/*; do
  case "${file,,}" in *.jpg | *.jpeg | *.png | *.webp | *.avif | *.gif | *.tif | *.tiff) ;; *) continue ;; esac
  id=$(upload "$file")
  result=$(await "$id")
  jq --raw-output --arg file "$(basename "$file")" '
    if .status == "failed" then "\($file): \(.failure.message)\n" | stderr | empty else .faces end
    | to_entries[]
    | [$file, .key + 1, .value.age.years, .value.age.low, .value.age.high, .value.gender.gender, .value.score]
    | @csv' <<<"$result"
  call DELETE "photos/$id"
done
