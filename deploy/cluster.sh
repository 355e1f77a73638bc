#!/bin/sh
# A standalone Flink cluster from Maven artifacts: one JobManager and two TaskManagers, each a JVM of its own.
#
#   deploy/cluster.sh start  [DIR]           starts those of the three processes that do not run, and waits for the JobManager
#   deploy/cluster.sh submit [DIR] ARGS      runs the job: submit --out /data/run -Dkafka.bootstrap=localhost:9092
#                                            with --resume it goes on from the last checkpoint of the jobs that wrote to --out
#   deploy/cluster.sh flink  [DIR] ARGS      Flink's own command line: flink list, flink cancel JOB, flink stop JOB
#   deploy/cluster.sh status [DIR]           the processes and the running jobs
#   deploy/cluster.sh stop   [DIR]           ends the processes
#
# DIR holds conf/, log/, checkpoints/ and savepoints/ (default: deploy/target/cluster). It is told from other arguments by
# a slash in it. A conf/config.yaml that is already there is kept.
#
#   JAVA_HOME         the JDK to use (17 or later); otherwise the java on the PATH
#   MILLRACE_PROFILE  Maven profile with other natives: cu118 or cu124
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=java; fi
lib=$home/deploy/target/cluster/lib
jar=$home/job/target/millrace-cluster.jar
flavor=${MILLRACE_PROFILE:-cpu}

export DJL_OFFLINE=true OPT_OUT_TRACKING=true
# As in ../millrace: how long threads of libtorch that wait for each other keep their core.
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-20000}
# As there: glibc keeps what tensors free for the next step.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}
export MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0} MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-4294967296}

usage() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0" >&2
  exit 2
}

fail() {
  echo "cluster.sh: $*" >&2
  exit 1
}

is_stale() {
  set -- "$lib/pytorch-native-$flavor-"*.jar
  [ -e "$1" ] && [ -e "$jar" ] || return 0
  [ -n "$(cd "$home" && find pom.xml deploy/pom.xml model operators connectors job \
    \( -name target -o -name test \) -prune -o \
    -type f \( -name '*.java' -o -name pom.xml -o -path '*/resources/*' \) -newer "$jar" -print | head -n 1)" ]
}

build() {
  if is_stale; then
    echo "cluster.sh: building (the first time downloads Flink, Kafka and PyTorch from Maven Central: a few minutes)" >&2
    rm -rf "$lib"
    (cd "$home" && ./mvnw -B -q -DskipTests -Dspotless.check.skip -Dcheckstyle.skip -Dmdep.analyze.skip \
      ${MILLRACE_PROFILE:+-P"$MILLRACE_PROFILE"} -pl deploy,job -am package) >&2 || fail "the build failed"
  fi
}

configure() {
  mkdir -p "$dir/conf" "$dir/log" "$dir/tmp"
  enter
  for file in config.yaml log4j2.properties; do
    [ -e "$dir/conf/$file" ] || cp "$home/deploy/conf/$file" "$dir/conf/$file"
  done
  if ! grep -q '^execution.checkpointing.dir:' "$dir/conf/config.yaml"; then
    cat >>"$dir/conf/config.yaml" <<YAML

# Added by cluster.sh at the first start.
io.tmp.dirs: "$dir/tmp"
execution.checkpointing.dir: "file://$dir/checkpoints"
execution.checkpointing.savepoint-dir: "file://$dir/savepoints"
YAML
  fi
}

enter() {
  [ -d "$dir/conf" ] || fail "$dir holds no cluster; start one with: deploy/cluster.sh start $dir/"
  dir=$(CDPATH='' cd -- "$dir" && pwd)
}

opens() { awk '$1 ~ /^--add-opens=/ {printf "%s ", $1}' "$dir/conf/config.yaml"; }

rest_port() { awk '/^rest:/ {inside = 1} inside && $1 == "port:" {print $2; exit}' "$dir/conf/config.yaml"; }

# Prints what Flink computes from the configuration: JVM options on the first line, settings on the second.
resources() {
  answer=$("$java" -cp "$lib/*" org.apache.flink.runtime.util.bash.BashJavaUtils "$1" --configDir "$dir/conf" 2>&1) \
    || { echo "$answer" >&2; fail "the memory settings in $dir/conf/config.yaml do not add up"; }
  echo "$answer" | sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p'
}

# launch NAME MAIN RESOURCES starts a process in the background, with its log under its name.
launch() {
  options=$(echo "$3" | sed -n 1p)
  settings=$(echo "$3" | sed -n 2p)
  # shellcheck disable=SC2046,SC2086 # options are words
  nohup "$java" $options $(opens) -Dlog.file="$dir/log/$1.log" \
    -Dlog4j2.configurationFile="$dir/conf/log4j2.properties" -cp "$lib/*" \
    "$2" --configDir "$dir/conf" $settings </dev/null >"$dir/log/$1.out" 2>&1 &
  echo $! >"$dir/$1.pid"
}

# Whether the process is there, and is ours: numbers are used again after a restart of the machine.
is_running() {
  [ -e "$dir/$1.pid" ] && ps -o args= -p "$(cat "$dir/$1.pid")" 2>/dev/null | grep -qF "$dir/conf"
}

flink() {
  # shellcheck disable=SC2046 # options are words
  FLINK_CONF_DIR="$dir/conf" "$java" $(opens) -Dlog.file="$dir/log/client.log" \
    -Dlog4j2.configurationFile="$dir/conf/log4j2.properties" -cp "$lib/*" \
    org.apache.flink.client.cli.CliFrontend "$@"
}

start() {
  jobmanager=$(resources GET_JM_RESOURCE_PARAMS)
  taskmanager=$(resources GET_TM_RESOURCE_PARAMS)
  is_running jobmanager \
    || launch jobmanager org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint "$jobmanager"
  for name in taskmanager-1 taskmanager-2; do
    is_running "$name" || launch "$name" org.apache.flink.runtime.taskexecutor.TaskManagerRunner "$taskmanager"
  done
  tries=0
  until flink list >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 60 ] || ! is_running jobmanager; then
      stop
      fail "the JobManager did not come up; see $dir/log/jobmanager.log and .out"
    fi
    sleep 1
  done
  for name in $processes; do
    is_running "$name" || { stop; fail "$name did not stay up; see $dir/log/$name.log and .out"; }
  done
  echo "cluster.sh: running in $dir; web interface: http://127.0.0.1:$(rest_port)"
}

status() {
  for name in $processes; do
    if is_running "$name"; then echo "$name: process $(cat "$dir/$name.pid")"; else echo "$name: not running"; fi
  done
  if is_running jobmanager; then flink list -r; fi
}

stop() {
  for name in $processes; do
    if is_running "$name"; then kill "$(cat "$dir/$name.pid")"; fi
  done
  for name in $processes; do
    tries=0
    while is_running "$name"; do
      tries=$((tries + 1))
      if [ $tries -gt 30 ]; then kill -9 "$(cat "$dir/$name.pid")" || true; fi
      sleep 1
    done
    rm -f "$dir/$name.pid"
  done
}

[ $# -ge 1 ] || usage
verb=$1
shift
dir=$home/deploy/target/cluster
case ${1:-} in
  -*) ;;
  */*)
    dir=$1
    shift
    ;;
esac
processes='taskmanager-1 taskmanager-2 jobmanager'

case $verb in
  start)
    build
    configure
    start
    ;;
  submit)
    enter
    build
    flink run -d -c io.millrace.job.Millrace "$jar" run "$@"
    ;;
  flink)
    enter
    flink "$@"
    ;;
  status)
    enter
    status
    ;;
  stop)
    enter
    stop
    ;;
  *) usage ;;
esac
