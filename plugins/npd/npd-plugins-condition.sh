#!/bin/sh
# One node condition for the custom plugin monitor of Node Problem Detector (NPD), out of the status file of npd-plugins.
#
#     sh npd-plugins-condition.sh STATUS-FILE CONDITION-TYPE [MAX-AGE-S]
#
# Exits as NPD reads it: 1 when the condition is True, 0 when it is False, 2 when it is Unknown or could not be told.
# Prints "Reason: message", one line of at most 1024 bytes. MAX-AGE-S is 90 unless it is given.
#
# The file, see docs/stock-npd.md:
#     npd-plugins-status 1 UNIX-SECONDS NUMBER-OF-CONDITIONS
#     Type True|False|Unknown Reason: message            one line per condition
#     end BYTES-OF-THE-WHOLE-FILE
#
# Uses only what the shell itself has, and `date` and `wc`. What stands in the file is data: it is compared and printed,
# never expanded. Neither `set -e` nor `set -u`: a shell that ends by them exits with 1, which would be True.

LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

unknown() {
  printf '%s: %s\n' "$1" "$2"
  exit 2
}

broken() {
  unknown StatusFileBroken "$file: $1"
}

# A number of at most ten digits that no shell takes for an octal one.
is_number() {
  case $1 in
    '' | 0?* | *[!0-9]* | ???????????*) return 1 ;;
  esac
}

is_name() {
  case $1 in
    '' | *[!A-Za-z0-9]*) return 1 ;;
  esac
}

# File descriptors 3 and 4 are the file; `wc` moves the position of the one that it is given.
check_size() {
  size=$(wc -c <&3)
  size=${size##* }
  case $size in
    '' | *[!0-9]*) broken 'its size cannot be told' ;;
    # Three times what thirty conditions with the longest messages take: nothing that a monitor wrote.
    ??????*) broken 'it is too long' ;;
  esac
}

take_header() {
  rest=${1#npd-plugins-status 1 }
  [ "$rest" != "$1" ] || broken 'its first line is not that of a status file of this version'
  stamp=${rest%% *}
  count=${rest#* }
  { is_number "$stamp" && is_number "$count"; } || broken 'its first line is damaged'
}

take_condition() {
  type=${1%% *}
  rest=${1#* }
  status=${rest%% *}
  text=${rest#* }
  { is_name "$type" && is_name "${text%%: *}"; } || broken 'a line is damaged'
  case $text in
    *': '?*) ;;
    *) broken 'a line is damaged' ;;
  esac
  [ "${#text}" -le 1024 ] || broken 'a line is too long'
  case $status in
    True | False | Unknown) ;;
    *) broken 'a line has no known status' ;;
  esac
  case $types in
    *" $type "*) broken 'a condition stands in it twice' ;;
  esac
  types="$types$type "
  lines=$((lines + 1))
  if [ "$type" = "$wanted" ]; then
    answer=$text
    found=$status
  fi
}

take_line() {
  case $1 in
    *[[:cntrl:]]*) broken 'a line holds control characters' ;;
  esac
  bytes=$((bytes + ${#1} + 1))
  if [ -n "$total" ]; then
    broken 'it goes on after its end'
  elif [ -z "$stamp" ]; then
    take_header "$1"
  elif [ "$lines" != "$count" ]; then
    take_condition "$1"
  else
    total=${1#end }
    { [ "$total" != "$1" ] && is_number "$total"; } || broken 'its last line is damaged'
  fi
}

# Bytes are counted twice, since shells pass over NUL without a word.
take_file() {
  check_size
  stamp='' total='' types=' ' found='' bytes=0 lines=0
  while IFS= read -r line; do
    take_line "$line"
  done <&4
  { [ "$size" = "$total" ] && [ "$size" = "$bytes" ]; } || broken 'it is not whole'
}

check_age() {
  now=$(date +%s)
  is_number "$now" || unknown ClockUnreadable 'date gives no time'
  age=$((now - stamp))
  [ "$age" -le "$max_age" ] || unknown StatusFileStale "$file is older than $max_age s; its monitor has ended, hangs, or cannot write"
  # What is written anew within seconds is soon right again after the clock was set back.
  [ "$age" -ge -30 ] || unknown StatusFileFromTheFuture "$file: its time is ahead of the clock"
}

main() {
  file=$1 wanted=$2 max_age=${3:-90}
  if [ "$#" -lt 2 ] || [ "$#" -gt 3 ] || ! is_name "$wanted" || ! is_number "$max_age"; then
    unknown WrongArguments 'expected STATUS-FILE CONDITION-TYPE [MAX-AGE-S]'
  fi
  [ ! -h "$file" ] || broken 'it is a symbolic link'
  [ -e "$file" ] || unknown StatusFileMissing "$file is not there; its monitor does not run, or runs without --status-dir"
  [ -f "$file" ] || broken 'it is not a regular file'
  take_file 3<"$file" 4<"$file" || unknown StatusFileUnreadable "$file cannot be read"
  check_age
  [ -n "$found" ] || unknown ConditionNotReported "$wanted is not in $file; its monitor does not report it"
  printf '%s\n' "$answer"
  case $found in
    True) exit 1 ;;
    False) exit 0 ;;
  esac
  exit 2
}

main "$@"
