set -u

from=
back=
first_of_end=1
dry_run=no
usage() {
  printf 'usage: sh %s [--from STEP | --rollback-from STEP] [--dry-run]\n' "$0" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --from)
      [ $# -ge 2 ] || usage
      case $2 in
        '' | *[!0-9]*) usage ;;
      esac
      from=$2
      shift
      ;;
    --rollback-from)
      [ $# -ge 2 ] || usage
      back=$2
      shift
      case $back in
        end) ;;
        end-*) first_of_end=${back#end-} ;;
        0* | *[!0-9]*) usage ;;
        *) [ "$back" -le "$steps" ] 2>/dev/null || usage ;;
      esac
      case $first_of_end in
        '' | 0* | *[!0-9]*) usage ;;
      esac
      ;;
    *) usage ;;
  esac
  shift
done
[ -z "$from" ] || [ -z "$back" ] || usage
from=${from:-1}
[ "$from" -eq 1 ] || [ "$from" -le "$steps" ] || usage

mode=forward
others='[b] to roll back, [q]uit'
number=0
# The last step of which something may be done; before the first one that is wanted all are taken as done.
begun=$((from - 1))
# The first step that a rollback has undone.
undone_from=
# The last step that is done whole.
done_to=$((from - 1))
skipped=
in_part=
known=
each=no
again=no
may_retry=no
failed=0
failed_in=
command=0
commands=0
late=
skipped_before=
from_journal=
paced=no
may_pace=no
pace_to=
wait_to=

case $0 in
  */*) folder=${0%/*} ;;
  *) folder=. ;;
esac
journal=${RUNBOOK_LOG:-$folder/runbook.log}

# record ANSWER [CODE [COMMAND]]: appends a line to the journal: time, step, answer, exit code of a command, its number in the step.
record() {
  [ "$mode:$1" != back:runs ] || undoing
  [ "$dry_run" = no ] && [ -n "$journal" ] || return 0
  case $mode in
    forward) place=$number ;;
    *) place=rollback-$back ;;
  esac
  { printf '%s\t%s\t%s\t%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$place" "$1" "${2:--}" "${3:--}" >>"$journal"; } 2>/dev/null && return 0
  printf 'Warning: %s cannot be written: answers are not kept from here.\n' "$journal" >&2
  journal=
}

# open_journal: says where answers are kept, and that the script has begun.
open_journal() {
  [ "$dry_run" = no ] || return 0
  printf 'Journal: %s (time, step, answer, exit code, command)\n' "$journal"
  number=$from
  [ -z "$back" ] || number=rollback-$back
  record begin
  read_journal
  number=0
}

stopped() {
  record stop
  if [ "$mode" = forward ]; then
    printf '\nStopped at step %s. To go on from it: sh %s --from %s\n' "$number" "$0" "$number"
    if [ "$begun" -eq "$number" ] && [ "$done_to" -lt "$number" ]; then
      say_states "$number" "$commands"
    fi
    if [ "$begun" -ge 1 ]; then
      printf 'To roll back what is done: sh %s --rollback-from %s\n' "$0" "$begun"
    fi
  else
    printf '\nStopped in the rollback. To go on with it: sh %s --rollback-from %s\n' "$0" "$back"
  fi
  if [ -n "$skipped" ]; then
    printf 'Skipped steps:%s. In a rollback skip them too, except for weights.\n' "$skipped"
  fi
  say_position
  exit 3
}

interrupted() {
  printf '\nInterrupted: the last command above may be done in part.'
  stopped
}
trap interrupted INT TERM HUP

# over CODE: ends, with 6 where commands have failed.
over() {
  if [ "$failed" -gt 0 ]; then
    printf 'Commands that failed: %s, of steps%s. What they should do is not done.\n' "$failed" "$failed_in"
    say_position
    exit 6
  fi
  exit "$1"
}

title() {
  printf '%s\n' "$1"
  if [ "$dry_run" = yes ]; then
    printf 'A dry run: nothing is run.\n'
  fi
}

# ask QUESTION: 0 for yes, 1 for skip; `e` asks before each command of the step, `p` waits between them, `w` waits, `b` rolls back.
ask() {
  while :; do
    printf '%s%s ' "$late" "$1"
    read -r answer || stopped
    case $answer in
      y | yes | s | skip | e | each) record "$answer" ;;
    esac
    case $answer in
      y | yes) return 0 ;;
      s | skip) return 1 ;;
      p | paced)
        [ "$may_pace" = yes ] || continue
        record "$answer"
        paced=yes
        return 0
        ;;
      w | wait)
        [ -n "$wait_to" ] || continue
        record "$answer"
        wait_until "$wait_to"
        wait_to=
        late=
        ;;
      n | no) printf 'Do nothing further. Wait and answer again, or choose another answer.\n' ;;
      r | retry)
        [ "$may_retry" = yes ] || continue
        record "$answer"
        again=yes
        return 0
        ;;
      e | each)
        each=yes
        return 0
        ;;
      b | back)
        [ "$mode" = forward ] || continue
        record "$answer"
        roll_back "$begun"
        ;;
      q | quit) stopped ;;
    esac
  done
}

# show NUMBER TEXT: 1 where the step comes before the first one that is wanted.
show() {
  number=$1
  if [ "$number" -lt "$from" ]; then
    return 1
  fi
  begun=$((number - 1))
  done_to=$begun
  commands=0
  printf '\n== Step %s of %s ==\n%s\n' "$number" "$steps" "$2"
  say_time
}

# idle NUMBER TEXT: a step that changes nothing.
idle() {
  show "$1" "$2" || return 0
}

# may_run COMMANDS: whether this many commands are to be run.
may_run() {
  each=no
  paced=no
  command=0
  commands=$1
  pace_to=
  if [ "$1" -eq 0 ]; then
    printf 'Nothing has to be changed.\n'
    return 1
  fi
  [ "$dry_run" = no ] || return 0
  say_begun "$1"
  say_pace "$1"
  more=
  [ "$may_pace" = no ] || more='[p]aced by waits here, '
  [ -z "$wait_to" ] || more="$more[w]ait until it is time, "
  ask "Run its commands ($1)? [y]es, [e]ach one asked for, ${more}[s]kip, $others:" || {
    may_pace=no
    late=
    return 1
  }
  may_pace=no
  late=
}

# step NUMBER COMMANDS TEXT: whether its commands are to be run.
step() {
  show "$1" "$3" || return 1
  if may_run "$2"; then
    [ "$dry_run" = yes ] || begun=$number
    keep_known "$number"
    return 0
  fi
  [ "$2" -eq 0 ] || skipped="$skipped $number"
  return 1
}

# add_in_part: the step at hand is done in part.
add_in_part() {
  case "$in_part " in
    *" $number "*) ;;
    *) in_part="$in_part $number" ;;
  esac
}

# run COMMAND [SECONDS [UNDOES]]: shows it, and runs it without input from here. SECONDS is how long the pace of its step gives its
# users; UNDOES is the command of the step that it undoes.
run() {
  printf '  $ %s\n' "$1"
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  command=$((command + 1))
  if [ "$mode" = forward ]; then
    its=$command
  else
    its=${3:--}
  fi
  may_run_again "$its" || return 0
  wait_for_pace
  if [ "$alone" = yes ] && ! ask "    Run it? [y]es, ${wait_to:+[w]ait, }[s]kip, $others:"; then
    [ "$mode" != forward ] || add_in_part
    return 0
  fi
  seconds_now
  if [ -n "$now" ] && [ "${2:-0}" -gt 0 ]; then
    [ "${pace_to:-0}" -ge "$now" ] || pace_to=$now
    pace_to=$((pace_to + $2))
  fi
  while :; do
    keep_state "$its" part
    record runs - "$its"
    sh -c "$1" </dev/null
    code=$?
    record ran "$code" "$its"
    if [ "$code" -eq 0 ]; then
      [ "$mode" != forward ] || keep_state "$its" ran
      [ "$mode" = forward ] || keep_state "$its" undone
      return 0
    fi
    printf '    It failed with exit code %s.\n' "$code"
    again=no
    may_retry=yes
    ask "    [r]etry, [s]kip it and go on, $others:" || :
    may_retry=no
    [ "$again" = yes ] || break
  done
  failed=$((failed + 1))
  if [ "$mode" = forward ]; then
    add_in_part
    failed_in="$failed_in $number"
  else
    failed_in="$failed_in $back (rollback)"
  fi
}

# by_hand NUMBER TEXT: a step without a command.
by_hand() {
  show "$1" "$2" || return 0
  if [ "$dry_run" = yes ]; then
    printf '  (by hand)\n'
    return 0
  fi
  begun=$number
  ask "Do this by hand. [y] when it is done, ${wait_to:+[w]ait until it is time, }[s]kip, $others:" || skipped="$skipped $number"
  wait_to=
  late=
}

# hold NUMBER SECONDS TEXT: what has to be seen before the next step, and for how long.
hold() {
  show "$1" "$3" || return 0
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  begun=$number
  watch "$2"
  done_to=$number
}

# roll_back STEP: undoes it and all before it, the last first.
roll_back() {
  mode=back
  others='[q]uit'
  wait_to=
  late=
  back=$1
  if [ "$back" -lt 1 ]; then
    printf '\nNothing is done yet: there is nothing to roll back.\n'
  else
    printf '\n== Rollback of step %s and all before it, the last first ==\n' "$back"
    printf 'Each part is asked for. To stop after a wave that is undone, answer q: the hold of the wave before it says whether that is safe.\n'
    if [ "$number" -lt 1 ] && [ -n "$from_journal" ]; then
      printf 'The journal says what is done of the steps up to step %s. What it does not have is taken as done: skip the parts that are not.\n' "$back"
    elif [ "$number" -lt 1 ]; then
      printf 'All steps up to step %s are taken as done: skip the parts of those that are not.\n' "$back"
    elif [ "$from" -gt 1 ]; then
      printf 'All steps before step %s are taken as done: skip the parts of those that are not.\n' "$from"
    fi
    undone_from=$back
    while [ "$back" -ge 1 ]; do
      begun=$back
      # Until a step of a wave is undone, its hold has been passed.
      done_to=$back
      [ "$undone_from" -le "$back" ] || done_to=$((undone_from - 1))
      undo "$back"
      back=$((back - 1))
    done
    begun=0
    done_to=0
    printf '\nThe rollback is over. Do none of the later steps: postpone what they prepare, and plan again.\n'
  fi
  [ "$dry_run" = yes ] || over 4
}

# is_in LIST: whether the step that is undone is in it.
is_in() {
  case "$1 " in
    *" $back "*) return 0 ;;
  esac
  return 1
}

# back_heading TEXT: shows a part of a rollback.
back_heading() {
  case $back in
    end-*) printf '\n== Rollback after the last step, part %s of %s ==\n%s\n' "${back#end-}" "$rollback_steps" "$1" ;;
    *) printf '\n== Rollback of step %s ==\n%s\n' "$back" "$1" ;;
  esac
}

# back_part KIND TEXT: shows it; 1 where its step was skipped, and is nothing to undo.
back_part() {
  back_heading "$2"
  if is_in "$skipped"; then
    if [ "$1" != weights ]; then
      printf 'Step %s was skipped: it has nothing to undo.\n' "$back"
      return 1
    fi
    printf 'Step %s was skipped. Set its weights back all the same: a later step may have set them.\n' "$back"
  elif is_in "$in_part"; then
    printf 'Step %s is done in part: undo no more than that. [e] asks for each command.\n' "$back"
  fi
  kind=$1
}

# back_step KIND COMMANDS TEXT: whether the commands of a part of a rollback are to be run.
back_step() {
  back_part "$1" "$3" || return 1
  may_run "$2"
}

# back_by_hand KIND TEXT: a part of a rollback without a command.
back_by_hand() {
  back_part "$1" "$2" || return 0
  if [ "$dry_run" = yes ]; then
    printf '  (by hand)\n'
    return 0
  fi
  if is_in "$skipped_before"; then
    printf 'The journal has step %s as skipped: then it has nothing to undo.\n' "$back"
  fi
  if ask "Do this by hand. [y] when it is done, [s]kip, $others:" && [ "$mode" = back ]; then
    undoing
  fi
}

# note TEXT: what has to be known before a part of a rollback.
note() {
  printf '\n%s\n' "$1"
}

# check TEXT: what has to be so before a part of a rollback.
check() {
  printf '\n== Before you go further back ==\n%s\n' "$1"
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  ask "Is that so? [y]es, [s]kip the check, $others:" || :
}

# wave_back TEXT: how a wave is rolled back, and until when.
wave_back() {
  printf '\n== Rollback of a wave ==\n%s\n' "$1"
}

# no_back TEXT: a wave that is not to be rolled back, unless what forbids it is over.
no_back() {
  printf '\n== No rollback of a wave ==\n%s\n' "$1"
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  while :; do
    printf 'Write "anyway" only if this reason is gone, or [q]uit: '
    read -r answer || stopped
    case $answer in
      anyway)
        record anyway
        return 0
        ;;
      q | quit) stopped ;;
    esac
  done
}

# before NAME: says once what its limits are.
before() {
  case "$known " in
    *" $1 "*) return 0 ;;
  esac
  known="$known $1"
  limits "$1"
}

# at_end PART: 1 where a part of the rollback after the last step comes before the first one that is wanted.
at_end() {
  back=end-$1
  [ "$1" -ge "$first_of_end" ]
}

after_end() {
  [ "$first_of_end" -eq 1 ] || [ "$first_of_end" -le "$rollback_steps" ] || usage
  printf '\n== Rollback after the last step ==\n'
  said_of_rollback
  mode=end
  others='[q]uit'
  case $rollback in
    some)
      rollback_after_end
      printf '\nThe rollback is over.\n'
      ;;
    none) [ "$dry_run" = yes ] || exit 5 ;;
  esac
  [ "$dry_run" = yes ] || over 4
}

main() {
  open_journal
  if [ -n "$back" ] && [ "$dry_run" = yes ]; then
    printf 'A dry run: nothing is run.\n'
  fi
  case $back in
    end*) after_end ;;
    ?*) roll_back "$back" ;;
    *)
      forward
      done_to=$steps
      if [ "$dry_run" = yes ]; then
        number=0
        roll_back "$steps"
        after_end
      else
        printf '\nAll steps are done or skipped.\n'
        said_of_rollback
        if [ "$rollback" = some ]; then
          printf 'To begin that rollback: sh %s --rollback-from end\n' "$0"
        fi
        over 0
      fi
      ;;
  esac
}
