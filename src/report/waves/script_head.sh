set -u

from=1
dry_run=no
usage() {
  printf 'usage: sh %s [--from STEP] [--dry-run]\n' "$0" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --from)
      [ $# -ge 2 ] || usage
      from=$2
      shift
      ;;
    *) usage ;;
  esac
  shift
done
case $from in
  '' | *[!0-9]*) usage ;;
esac

number=0
each=no

stopped() {
  printf '\nStopped at step %s. To go on from it: sh %s --from %s\n' "$number" "$0" "$number"
  printf 'To undo what is done, see runbook.md.\n'
  exit 3
}

title() {
  printf '%s\n' "$1"
  if [ "$dry_run" = yes ]; then
    printf 'A dry run: nothing is run.\n'
  fi
}

# ask QUESTION: 0 for yes, 1 for skip; `e` asks before each command of the step.
ask() {
  while :; do
    printf '%s ' "$1"
    read -r answer || stopped
    case $answer in
      y | yes) return 0 ;;
      s | skip) return 1 ;;
      e | each)
        each=yes
        return 0
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
  printf '\n== Step %s of %s ==\n%s\n' "$number" "$steps" "$2"
}

# step NUMBER COMMANDS TEXT: whether its commands are to be run.
step() {
  show "$1" "$3" || return 1
  each=no
  if [ "$2" -eq 0 ]; then
    printf 'Nothing has to be changed.\n'
    return 1
  fi
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  ask "Run its commands ($2)? [y]es, [e]ach one asked for, [s]kip, [q]uit:"
}

# run COMMAND: shows it, and runs it without input from here.
run() {
  printf '  $ %s\n' "$1"
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  if [ "$each" = yes ] && ! ask '    Run it? [y]es, [s]kip, [q]uit:'; then
    return 0
  fi
  sh -c "$1" </dev/null
  code=$?
  if [ "$code" -ne 0 ]; then
    printf '    It failed with exit code %s.\n' "$code"
    ask '    Go on all the same? [y]es, [s]kip the message and go on, [q]uit:' || :
  fi
}

# by_hand NUMBER TEXT: a step without a command.
by_hand() {
  show "$1" "$2" || return 0
  if [ "$dry_run" = yes ]; then
    printf '  (by hand)\n'
    return 0
  fi
  ask 'Do this by hand. [y] when it is done, [s]kip, [q]uit:' || :
}

# hold NUMBER TEXT: what has to be seen before the next step.
hold() {
  show "$1" "$2" || return 0
  if [ "$dry_run" = yes ]; then
    return 0
  fi
  ask 'Does all of this hold? [y]es, [s]kip the check, [q]uit:' || :
}

