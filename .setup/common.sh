# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What app/run and tests/run have in common: packages, configure, build. Source it, do not run it.
#
# Exit codes: 1 build or tests failed, 2 wrong usage, 3 packages are missing and cannot be installed.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT
readonly LOGS="$ROOT/build/logs"

say() { printf '%s\n' "$*" >&2; }
die() {
    local code="$1"
    shift
    say "error: $*"
    exit "$code"
}

# ---- packages -------------------------------------------------------------------------------------

# package_names SECTION... : the packages of these sections of apt-packages.txt, one per line
package_names() {
    local wanted=" $* " section="" line
    while IFS= read -r line || [[ -n $line ]]; do
        line="${line%%#*}"
        line="${line//[[:space:]]/}"
        if [[ $line == \[*\] ]]; then
            section="${line:1:-1}"
        elif [[ -n $line && $wanted == *" $section "* ]]; then
            printf '%s\n' "$line"
        fi
    done <"$ROOT/.setup/apt-packages.txt"
}

# missing_packages SECTION... : those that are not installed, one per line
missing_packages() {
    local names
    names="$(package_names "$@")"
    # dpkg-query fails when it does not know a package; what it prints is what counts.
    # shellcheck disable=SC2016,SC2086
    comm -23 <(sort -u <<<"$names") \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $names 2>/dev/null |
            sed -n 's/^installed //p' | sort -u)
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# may_become_root : root already, or sudo without a password, or somebody is there to type one
may_become_root() {
    [[ $EUID -eq 0 ]] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; }
}

# count_apt_steps : turns apt-get's output into "[done/total]" lines
count_apt_steps() {
    awk '/ newly installed/ { for (i = 2; i <= NF; ++i) if ($i == "newly") total = 2 * $(i - 1) }
         /^(Unpacking|Setting up) / { printf "[%d/%d]\n", ++done, total; fflush() }'
}

# install_packages SECTION... : does nothing, and fast, when all are there
install_packages() {
    command -v dpkg-query >/dev/null ||
        die 3 "this is not a Debian system; install the counterparts of .setup/apt-packages.txt yourself, then use 'cmake --preset release'"
    local missing
    missing="$(missing_packages "$@")"
    [[ -n $missing ]] || return 0
    local -a packages
    mapfile -t packages <<<"$missing"
    local command="apt-get install --no-install-recommends ${packages[*]}"
    may_become_root ||
        die 3 "${#packages[@]} packages are missing and there is no root here; ask an administrator to run: sudo $command"

    say "Installing ${#packages[@]} Debian packages and what they need (log: build/logs/apt.log):"
    say "${packages[*]}"
    mkdir -p "$LOGS"
    # An unreachable server makes `update` warn, not fail; the installation then says what is missing.
    if ! {
        as_root apt-get update &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
                --no-install-recommends "${packages[@]}"
    } 2>&1 | tee "$LOGS/apt.log" | count_apt_steps | show_progress "Installing"; then
        grep -E '^(E|Err)' "$LOGS/apt.log" | head -3 >&2 || true
        if grep -qE 'Could not resolve|Temporary failure|Unable to connect|Failed to fetch|Network is unreachable' "$LOGS/apt.log"; then
            die 3 "the package server cannot be reached; when there is a network again, run: sudo $command"
        fi
        die 3 "apt-get failed, see build/logs/apt.log; to try by hand: sudo $command"
    fi
    [[ -z "$(missing_packages "$@")" ]] ||
        die 3 "apt-get installed nothing for: $(missing_packages "$@" | tr '\n' ' ')"
}

# ---- configure and build --------------------------------------------------------------------------

# Compiling against LibTorch takes about 1.5 GB per job, so memory limits the number of jobs as well.
build_jobs() {
    local cores memory
    cores="$(nproc)"
    memory="$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)"
    local jobs=$((memory < cores ? memory : cores))
    echo $((jobs < 1 ? 1 : jobs))
}

# show_progress WHAT : reads Ninja's output and shows "[done/total]", in place on a terminal, else at
# every tenth
show_progress() {
    local what="$1" line tenth last=-1
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        if [[ -t 2 ]]; then
            printf '\r\033[K%s %s' "$what" "${BASH_REMATCH[0]}" >&2
            continue
        fi
        ((BASH_REMATCH[2] > 10)) || continue
        tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
        if ((tenth != last)); then
            say "$what ${BASH_REMATCH[0]}"
            last=$tenth
        fi
    done
    [[ ! -t 2 ]] || printf '\r\033[K' >&2
}

# configure_and_build NAME PRESET [-DX=Y...] [TARGET...] : into build/NAME, log in build/logs/NAME.log
configure_and_build() {
    local name="$1" preset="$2" folder="$ROOT/build/$1" log="$LOGS/$1.log"
    shift 2
    local -a settings=() targets=()
    local argument
    for argument in "$@"; do
        if [[ $argument == -D* ]]; then
            settings+=("$argument")
        else
            targets+=("$argument")
        fi
    done
    mkdir -p "$LOGS"
    : >"$log"
    # Ninja itself configures again when a CMake file changed.
    if [[ ! -f $folder/build.ninja || $ROOT/CMakePresets.json -nt $folder/build.ninja ]]; then
        say "Configuring build/$name"
        (cd "$ROOT" && cmake --preset "$preset" -B "$folder" "${settings[@]}") >>"$log" 2>&1 ||
            fail_with_log "configuring build/$name failed" "$log"
    fi
    local -a command=(cmake --build "$folder" --parallel "$(build_jobs)")
    ((${#targets[@]} == 0)) || command+=(--target "${targets[@]}")
    "${command[@]}" 2>&1 | tee -a "$log" | show_progress "Building build/$name" ||
        fail_with_log "building build/$name failed" "$log"
}

fail_with_log() {
    local what="$1" log="$2"
    grep -n -E -A 3 '(^|[^a-z])error:|^CMake Error|^FAILED' "$log" | head -40 >&2 || tail -20 "$log" >&2
    die 1 "$what, see ${log#"$ROOT/"}"
}

# ---- CUDA -----------------------------------------------------------------------------------------

# find_nvcc : sets NVCC to the compiler of a CUDA toolkit 13, which .setup/libtorch-cuda.txt is made
# for; without one fails, and sets NO_NVCC to the reason
find_nvcc() {
    local candidate version
    NVCC=""
    NO_NVCC="no CUDA toolkit 13: no nvcc in CUDACXX, PATH, CUDA_HOME or /usr/local/cuda"
    for candidate in "${CUDACXX:-}" "$(command -v nvcc || true)" "${CUDA_HOME:-}/bin/nvcc" /usr/local/cuda/bin/nvcc; do
        [[ -f $candidate && -x $candidate ]] || continue
        version="$("$candidate" --version 2>/dev/null | sed -n 's/.*release \([0-9.]*\).*/\1/p')"
        if [[ $version == 13.* ]]; then
            NVCC="$candidate" NO_NVCC=""
            return 0
        fi
        NO_NVCC="no CUDA toolkit 13: $candidate is of version ${version:-unknown}"
    done
    return 1
}

has_display() { [[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]; }
