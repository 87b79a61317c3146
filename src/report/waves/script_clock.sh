
# seconds_now: the present time in seconds since 1970; empty where `date` does not know it.
seconds_now() {
  now=$(date +%s 2>/dev/null) || now=
  case $now in
    '' | *[!0-9]*) now= ;;
  esac
}

# lasting SECONDS: as words.
lasting() {
  if [ "$1" -lt 60 ]; then
    printf '%s s' "$1"
  elif [ "$1" -lt 3600 ]; then
    printf '%s min' "$((($1 + 59) / 60))"
  elif [ "$1" -lt 172800 ]; then
    printf '%s h %s min' "$(($1 / 3600))" "$(($1 % 3600 / 60))"
  else
    printf '%s days' "$(($1 / 86400))"
  fi
}

# clock SECONDS: the time of day in the zone of the runbook.
clock() {
  printf '%02d:%02d' "$((($1 + offset) % 86400 / 3600))" "$((($1 + offset) % 3600 / 60))"
}

# planned BEGIN END TEXT [PACE]: when the next step begins and ends, and whether its users have a pace.
planned() {
  at=$1
  until=$2
  planned=$3
  pace=${4:-no}
}

# say_time: the planned time of a step beside the present one; sets what its question says first, and for what it may wait.
say_time() {
  late=
  wait_to=
  [ "$dry_run" = no ] || return 0
  seconds_now
  [ -n "$now" ] || return 0
  here=$(LC_ALL=C TZ=$zone date '+%d %b %H:%M')
  here=${here#0}
  if [ "$((now - at))" -gt 60 ]; then
    past=$(lasting "$((now - at))")
    printf 'Planned: %s. Now: %s. This is %s LATE: speed nothing up.\n' "$planned" "$here" "$past"
    late="It is $past late, all the same: "
  elif [ "$((at - now))" -gt 60 ]; then
    past=$(lasting "$((at - now))")
    printf 'Planned: %s. Now: %s. This is %s EARLY.\n' "$planned" "$here" "$past"
    late="It is $past early, all the same: "
    wait_to=$at
  else
    printf 'Planned: %s. Now: %s. On time.\n' "$planned" "$here"
  fi
}

# wait_until SECONDS: does nothing until then.
wait_until() {
  seconds_now
  if [ -z "$now" ] || [ "$now" -ge "$1" ]; then
    return 0
  fi
  printf 'Waiting until %s (%s). Ctrl-C stops.\n' "$(clock "$1")" "$(lasting "$(($1 - now))")"
  while [ -n "$now" ] && [ "$now" -lt "$1" ]; do
    left=$(($1 - now))
    [ "$left" -le 5 ] || left=5
    sleep "$left"
    seconds_now
  done
  printf 'It is time now.\n'
}

# say_pace COMMANDS: how slow the commands of a step have to be.
say_pace() {
  may_pace=no
  if [ "$mode" != forward ] && [ "$1" -gt 1 ] && [ "${kind:-other}" != weights ]; then
    printf 'y runs the commands one right after the other: your tool has to pace them, no faster than the limits above.\n'
    return 0
  fi
  if [ "$mode" != forward ] || [ "$((until - at))" -le 0 ]; then
    return 0
  fi
  over=$(lasting "$((until - at))")
  if [ "$pace" = yes ] && [ "$1" -gt 1 ]; then
    may_pace=yes
    printf 'y runs the commands one right after the other: your tool has to pace them, spread evenly over %s, no faster than above.\n' "$over"
    printf 'p spreads them here: it waits after each command for as long as its users need at that pace.\n'
  else
    printf 'Your tool has to spread this evenly over %s.\n' "$over"
  fi
}

# wait_for_pace: waits until the users of the commands before have had their time, or says when that is.
wait_for_pace() {
  seconds_now
  if [ -z "$now" ] || [ "${pace_to:-0}" -le "$now" ]; then
    return 0
  fi
  if [ "$paced" = yes ]; then
    wait_until "$pace_to"
  elif [ "$alone" = yes ]; then
    printf '    At the pace of this step it begins at %s: that is in %s.\n' "$(clock "$pace_to")" "$(lasting "$((pace_to - now))")"
    wait_to=$pace_to
  fi
}

# watch SECONDS: asks whether a hold holds, and once more where its time is not over.
watch() {
  seconds_now
  watched=
  if [ -n "$now" ] && [ "$1" -gt 0 ]; then
    watched=$((now + $1))
    # Users of the last command move on at the pace of the step.
    if [ "$paced" = yes ] && [ "${pace_to:-0}" -gt "$now" ]; then
      watched=$((pace_to + $1))
    fi
    printf 'Watch until %s (%s).\n' "$(clock "$watched")" "$(lasting "$((watched - now))")"
  fi
  wait_to=$watched
  warned=no
  while ask "Does all of this hold? [y]es, ${wait_to:+[w]ait, }[s]kip the check, $others:"; do
    seconds_now
    if [ -z "$watched" ] || [ -z "$now" ] || [ "$now" -ge "$watched" ] || [ "$warned" = yes ]; then
      break
    fi
    printf 'The time to watch is not over: %s are left. w waits for them, y once more goes on all the same.\n' "$(lasting "$((watched - now))")"
    warned=yes
  done
  wait_to=
  late=
}
