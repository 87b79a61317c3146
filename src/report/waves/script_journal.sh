
# read_journal: takes from the journal which commands ran, if that is wanted.
read_journal() {
  [ -r "$journal" ] || return 0
  kept_ran=0
  kept_part=0
  kept_last=
  kept=$(awk -F '\t' '
    $3 == "ignore" { split("", state); split("", known); split("", unknown); next }
    $2 !~ /^(rollback-)?[0-9]+$/ { next }
    { back = $2 ~ /^r/; step = $2; sub(/^rollback-/, "", step) }
    !back && $3 ~ /^(y|yes|e|each|p|paced)$/ { known[step] = "yes" }
    !back && $3 ~ /^(s|skip)$/ { known[step] = "skip" }
    $3 != "ran" && $3 != "runs" { next }
    # Older journals do not say which command it was.
    $5 !~ /^[0-9]+$/ { if (!back) unknown[step] = 1; next }
    {
      state[step "_" $5] = $3 == "ran" && $4 == "0" ? (back ? "undone" : "ran") : "part"
      if ($1 ~ /^[0-9TZ:-]+$/) last = $1
    }
    END {
      for (key in state) {
        print "state_" key "=" state[key]
        ran += state[key] == "ran"
        part += state[key] == "part"
      }
      for (step in known) if (!(step in unknown)) print "known_" step "=" known[step]
      print "kept_ran=" ran + 0
      print "kept_part=" part + 0
      print "kept_last=" last
    }' "$journal" 2>/dev/null) || return 0
  from_journal=$kept
  counts=$(printf '%s\n' "$kept" | grep '^kept_')
  eval "$counts"
  if [ "$((kept_ran + kept_part))" -gt 0 ]; then
    printf 'The journal has commands that ran before: %s with success, %s that failed or did not end. The last one was at %s.\n' "$kept_ran" "$kept_part" "$kept_last"
    while :; do
      printf 'Count them, so that what is done does not run twice and what is not done is not undone? [y]es, [n]o if that was a rehearsal, [q]uit: '
      read -r answer || answer=quit
      case $answer in
        y | yes)
          record count
          break
          ;;
        n | no)
          record ignore
          from_journal=
          return 0
          ;;
        q | quit)
          record stop
          exit 3
          ;;
      esac
    done
  fi
  # Names and words are checked above.
  eval "$from_journal"
  one=1
  while [ "$one" -le "$steps" ]; do
    eval "begun_there=\${known_$one:-}"
    [ "$begun_there" != skip ] || skipped_before="$skipped_before $one"
    one=$((one + 1))
  done
}

# keep_known STEP: the step has been begun here.
keep_known() {
  eval "known_$1=yes"
}

# keep_state COMMAND STATE: of the step at hand.
keep_state() {
  [ "$1" != - ] || return 0
  if [ "$mode" = forward ]; then
    eval "state_${number}_$1=$2"
  else
    case $back in
      *[!0-9]*) ;;
      *) eval "state_${back}_$1=$2" ;;
    esac
  fi
}

# state_of STEP COMMAND: sets `state` to ran, part, undone or none; to unknown where nothing is known of the step.
state_of() {
  state=unknown
  case $1$2 in
    *[!0-9]*) return 0 ;;
  esac
  eval "begun_there=\${known_$1:-}"
  eval "state=\${state_$1_$2:-none}"
  [ "$state$begun_there" != none ] || state=unknown
}

# count_states STEP COMMANDS: sets how many ran, are done in part or did not run.
count_states() {
  ran=0
  part=0
  unrun=0
  their=
  one=1
  while [ "$one" -le "$2" ]; do
    state_of "$1" "$one"
    case $state in
      ran) ran=$((ran + 1)) ;;
      part) part=$((part + 1)) ;;
      *) unrun=$((unrun + 1)) ;;
    esac
    [ "$one" -gt 20 ] || their="$their; command $one: $(state_words)"
    one=$((one + 1))
  done
  their=${their#; }
}

state_words() {
  case $state in
    ran) printf 'ran' ;;
    part) printf 'failed or did not end, may be done in part' ;;
    undone) printf 'ran, and was undone' ;;
    *) printf 'did not run' ;;
  esac
}

# say_states STEP COMMANDS: which commands of a step that is begun ran.
say_states() {
  if [ "$2" -eq 0 ]; then
    printf 'Step %s is begun.\n' "$1"
    return 0
  fi
  count_states "$1" "$2"
  printf 'Step %s is begun: %s of its %s commands ran, %s may be done in part, %s did not run. (%s)\n' "$1" "$ran" "$2" "$part" "$unrun" "$their"
  printf 'Going on and rolling back read that from the journal.\n'
}

# say_begun COMMANDS: before the question of a step that was begun before, or is undone: which of its commands ran.
say_begun() {
  if [ "$mode" = forward ]; then
    its_step=$number
  else
    its_step=$back
  fi
  case $its_step in
    *[!0-9]*) return 0 ;;
  esac
  eval "begun_there=\${known_$its_step:-}"
  [ -n "$begun_there" ] || return 0
  if [ "$mode" = forward ]; then
    count_states "$its_step" "$1"
    [ "$((ran + part))" -gt 0 ] || return 0
    printf 'It was begun before: %s of its %s commands ran, %s may be done in part, %s did not run. (%s)\n' "$ran" "$1" "$part" "$unrun" "$their"
    printf 'y runs only those that did not run, and asks for those in part.\n'
  elif [ "$kind" != weights ]; then
    printf 'y undoes only what ran, and asks for what may be done in part; e asks for each command.\n'
  fi
}

# may_run_again COMMAND: 1 where a command need not run, by what ran before; sets `alone` where it is asked for by itself.
may_run_again() {
  alone=$each
  if [ "$mode" = forward ]; then
    state_of "$number" "$1"
    case $state in
      ran)
        [ "$each" = yes ] || {
          printf '    It ran before: not again.\n'
          return 1
        }
        printf '    It ran before.\n'
        ;;
      part)
        printf '    It failed before, or did not end: it may be done in part.\n'
        alone=yes
        ;;
    esac
    return 0
  fi
  state_of "$back" "$1"
  case $state in
    none)
      printf '    What it undoes did not run.\n'
      [ "$each" = yes ] || return 1
      ;;
    undone)
      printf '    It is undone already.\n'
      [ "$each" = yes ] || return 1
      ;;
    part)
      printf '    What it undoes failed or did not end: it may be done in part.\n'
      alone=yes
      ;;
  esac
}

# word TEXT: as one word of the shell.
word() {
  case $1 in
    '' | *[!A-Za-z0-9_./-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

# plan_after WAVE: the command that plans again from where a wave has ended.
plan_after() {
  printf '  plimsoll plan %s --resume-after %s --out NEW_FOLDER\n' "$(word "$folder")" "$1"
  printf '  (add what has happened: --degrade, --fail, --surge or --drain, with --from and --to)\n'
}

# undoing: the step at hand is undone from here: the hold of its wave is passed no more.
undoing() {
  undone_from=$back
  done_to=$((back - 1))
}

# say_position: where the runbook stands, and how to plan again from there.
say_position() {
  [ "$mode" != end ] || return 0
  passed=
  open=
  for one in $holds; do
    wave=${one#*:}
    first=${wave#*:}
    wave=${wave%%:*}
    if [ "${one%%:*}" -le "$done_to" ]; then
      passed=$wave
    elif [ "$first" -le "$begun" ]; then
      # Waves of two periods can go on side by side: all of them are undone.
      if [ -z "$open" ] || [ "$first" -lt "$open_first" ]; then
        open_first=$first
      fi
      open="$open $wave"
      open_hold=${one%%:*}
    fi
  done
  if [ -n "$open" ]; then
    printf 'Where you stand: in the middle of wave%s. You cannot plan again from there. Choose one:\n' "$open"
    printf -- '- go on through the hold, step %s. Then:\n' "$open_hold"
    plan_after "${open##* }"
    printf -- '- or roll the wave back: sh %s --rollback-from %s, and q once step %s is undone. ' "$(word "$0")" "$begun" "$open_first"
    if [ -n "$passed" ]; then
      printf 'Then:\n'
      plan_after "$passed"
    else
      printf 'Then all is as before: plan from the start.\n'
    fi
  elif [ -n "$passed" ]; then
    printf 'Where you stand: after the hold of wave %s. To plan again from here:\n' "$passed"
    plan_after "$passed"
  else
    printf 'Where you stand: before the first wave. To plan again, plan from the start.\n'
    return 0
  fi
  if [ -n "$skipped$in_part" ]; then
    printf 'The new plan takes all steps of a wave as done. Not done, or in part:%s%s. Finish them first.\n' "$skipped" "$in_part"
  fi
}
