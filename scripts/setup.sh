# Set-up shared by ./start and ./test. Sourced, from the top of the checkout, with `set -eu`.
# Every step leaves a stamp in .venv, so that a second run does nothing but compare stamps.

VENV=.venv
APT_R="r-base-core r-recommended make bubblewrap fonts-nanum"

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# may_install: is there a package manager that this user may use without surprises?
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
may_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null 2>&1 || return 1
  sudo -n true 2>/dev/null || [ -t 0 ]   # without a terminal nobody could type the password
}
apt_install() {
  say "설치합니다(apt): $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$@" >&2
}

python_fits() {
  "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1
}
python_has_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

# find_python: sets PYTHON to a Python that can make the environment, or says what is missing.
find_python() {
  PYTHON=""
  for candidate in ${ADSP_PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if python_fits "$candidate"; then PYTHON=$(command -v "$candidate"); break; fi
  done
  if [ -z "$PYTHON" ]; then
    case "$(uname -s)" in
      Darwin) how="brew install python@3.13" ;;
      *) how="sudo apt-get install python3 python3-venv (Debian 12, Ubuntu 24.04 이상)" ;;
    esac
    stop "파이썬 3.11 이상이 없습니다. 이렇게 설치한 뒤 다시 실행하세요: $how"
  fi
  python_has_venv "$PYTHON" && return 0
  package=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  if may_install && apt_install "$package" && python_has_venv "$PYTHON"; then return 0; fi
  stop "파이썬의 venv 모듈이 없습니다. 이렇게 설치한 뒤 다시 실행하세요: sudo apt-get install $package"
}

fingerprint() { cat "$@" | cksum | tr -d ' \n'; }
stamp_is() { [ -f "$VENV/.stamp-$1" ] && [ "$(cat "$VENV/.stamp-$1")" = "$2" ]; }
stamp() { printf '%s' "$2" > "$VENV/.stamp-$1"; }
pip_install() { "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2; }

# setup_app app|dev: the environment of that lock file, and adsp itself in it. What the tests need
# holds all that the app needs, so either stamp will do for the app.
setup_app() {
  lock=requirements/$1.lock
  mark="$(fingerprint "$lock" pyproject.toml) $PWD"
  dev_mark="$(fingerprint requirements/dev.lock pyproject.toml) $PWD"
  if [ -x "$VENV/bin/adsp" ] && { stamp_is "$1" "$mark" || stamp_is dev "$dev_mark"; }; then
    return 0
  fi
  find_python
  say "처음 한 번 준비합니다(1~2분). 파이썬: $PYTHON"
  "$VENV/bin/python" -c '' 2>/dev/null || "$PYTHON" -m venv --clear "$VENV" ||
    stop "$VENV 을(를) 만들지 못했습니다. 디스크와 권한을 확인하세요."
  pip_install --require-hashes -r "$lock" && pip_install --no-deps -e . ||
    stop "파이썬 꾸러미를 받지 못했습니다. 인터넷 연결을 확인하고 다시 실행하세요."
  stamp "$1" "$mark"
}

how_to_get_r() {
  case "$(uname -s)" in
    Darwin) printf 'brew install r' ;;
    *) printf 'sudo apt-get install --no-install-recommends %s' "$APT_R" ;;
  esac
}

install_r() {
  if may_install; then
    # shellcheck disable=SC2086  (a list of package names)
    apt_install $APT_R
  elif [ "$(uname -s)" = Darwin ] && command -v brew >/dev/null 2>&1; then
    say "설치합니다(brew): r"; brew install --quiet r >&2
  else
    return 1
  fi
}

# setup_r: live R if it can be had. The app works without it; one line says how to get it.
setup_r() {
  if ! command -v R >/dev/null 2>&1; then
    if [ -f "$VENV/.stamp-no-r" ] || ! install_r || ! command -v R >/dev/null 2>&1; then
      stamp no-r tried
      say "R이 없어 코드를 직접 실행하지는 못합니다(기록된 출력은 보입니다). 설치: $(how_to_get_r) 뒤 ./start"
      return 0
    fi
  fi
  rm -f "$VENV/.stamp-no-r"
  mark=$(R --version 2>/dev/null | sed -n '1s/^R version \([0-9.]*\).*/\1/p')
  lock=requirements/r-since-4.6.lock
  case "$mark" in [0-3].* | 4.[0-5].*) lock=requirements/r-before-4.6.lock ;; esac
  mark="$mark $(fingerprint "$lock")"
  stamp_is r "$mark" && return 0
  if ! command -v make >/dev/null 2>&1 && may_install; then apt_install make || true; fi
  RPY2_CFFI_MODE=ABI pip_install --require-hashes -r "$lock" ||
    say "rpy2를 만들지 못해 R을 한 번에 하나씩 실행합니다(조금 느립니다). make가 있는지 확인하세요."
  stamp r "$mark"
}
