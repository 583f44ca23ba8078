"""tools/setup.sh, on a made-up machine: a few real tools on the PATH, and stand-ins for Python, apt-get and others."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "basename", "cat", "cksum", "cp", "dirname", "env", "head", "mkdir", "rm", "sed", "sort", "touch")

# Answers the questions that the script puts to a Python, and does as if it made environments and installed packages.
# In .venv/bin lies a copy, whose answers are those of the one that made it.
PYTHON = """#!/bin/sh
test ! -f "$0.home" || exec env ANSWERS="$(cat "$0.home")" sh "$(cat "$0.home")" "$@"
ANSWERS=${ANSWERS:-$0}
case "$*" in
    *ensurepip.version*) [ "{rank}" != none ] || exit 1
        if [ -f "$ANSWERS.venv" ]; then echo "1 $ANSWERS"; else echo "{rank} $ANSWERS"; fi ;;
    *libpango*) test -f "$MACHINE/pango" ;;
    *base_prefix*) echo "$ANSWERS" ;;
    *version_info*) echo 3.11 ;;
    *"-m venv"*) echo "$(basename "$ANSWERS") venv" >>"$MACHINE/log"
        mkdir -p .venv/bin; cp "$ANSWERS" .venv/bin/python; echo "$ANSWERS" >.venv/bin/python.home ;;
    *"-m pip"*) echo "pip $*" >>"$MACHINE/log"; test ! -f "$MACHINE/offline" ;;
esac
"""


@dataclass
class Machine:
    """A made-up machine; ``log`` tells what was done on it."""

    folder: Path
    tree: Path

    def put(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)
        path.write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def put_python(self, name: str = "python3", rank: str = "1") -> None:
        """Put a Python on the PATH. Rank: 1 good, 2 newer than tried, 3 without venv, none: too old."""
        self.put(name, PYTHON.replace("{rank}", rank))

    def has(self, name: str) -> None:
        """Note a fact about the machine: ``pango`` or ``offline``."""
        (self.folder / name).touch()

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        paths = {"PATH": str(self.folder / "bin"), "MACHINE": str(self.folder)}
        command = [str(self.folder / "bin" / "sh"), str(self.tree / "tools" / "setup.sh")]
        return subprocess.run(
            command, env={**paths, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def log(self) -> list[str]:
        """Return what was done since the last call."""
        path = self.folder / "log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Linux machine with a good Python and Pango, where we have no rights; the project's path has a space."""
    tree = tmp_path / "work books"
    (tree / "tools").mkdir(parents=True)
    shutil.copyfile(ROOT / "tools" / "setup.sh", tree / "tools" / "setup.sh")
    for name in ("requirements.lock", "pyproject.toml", "hatch_build.py"):
        (tree / name).write_text(f"# {name}\n", encoding="utf-8")
    machine = Machine(tmp_path / "machine", tree)
    (machine.folder / "bin").mkdir(parents=True)
    for tool in TOOLS:
        (machine.folder / "bin" / tool).symlink_to(str(shutil.which(tool)))
    machine.put("uname", "echo Linux")
    machine.put("id", "echo 1000")
    machine.put("sudo", "exit 1")
    machine.put_python()
    machine.has("pango")
    return machine


def the_one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a refusal said, which is a single line on stderr."""
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_everything_is_made_once(machine: Machine) -> None:
    """The first run makes .venv, installs the lock by its hashes and then the project; the second has nothing to do."""
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    made, lock, project = machine.log()
    assert made == "python3 venv"
    assert "--require-hashes -r requirements.lock" in lock
    assert "--no-build-isolation --no-deps --editable ." in project
    again = machine.set_up()
    assert (again.returncode, again.stderr, machine.log()) == (0, "", [])


def test_another_lock_makes_everything_anew(machine: Machine) -> None:
    """A changed lock remakes .venv, and the fonts, whose source may have changed with it."""
    machine.set_up()
    machine.log()
    font = machine.tree / "workbook_builder" / "fonts" / "A.ttf"
    font.parent.mkdir(parents=True)
    font.touch()
    (machine.tree / "requirements.lock").write_text("# another\n", encoding="utf-8")
    assert machine.set_up().returncode == 0
    assert len(machine.log()) == 3
    assert not font.exists()


def test_another_pyproject_installs_the_project_alone(machine: Machine) -> None:
    """A changed pyproject.toml takes seconds, not minutes."""
    machine.set_up()
    machine.log()
    (machine.tree / "pyproject.toml").write_text("# another\n", encoding="utf-8")
    assert machine.set_up().returncode == 0
    (project,) = machine.log()
    assert "--editable ." in project


def test_moved_folder_is_noticed(machine: Machine) -> None:
    """The scripts of a .venv hold its path: after a move it is remade."""
    machine.set_up()
    machine.log()
    machine.tree = machine.tree.rename(machine.tree.with_name("elsewhere"))
    assert machine.set_up().returncode == 0
    assert len(machine.log()) == 3


def test_broken_python_in_venv_is_noticed(machine: Machine) -> None:
    """A .venv whose Python no longer starts, as after an upgrade of the system, is remade."""
    machine.set_up()
    machine.log()
    python = machine.tree / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python")
    assert machine.set_up().returncode == 0
    assert len(machine.log()) == 3


def test_venv_of_unknown_origin_is_not_trusted(machine: Machine) -> None:
    """A .venv without our stamp, such as an interrupted one, is remade."""
    (machine.tree / ".venv" / "bin").mkdir(parents=True)
    (machine.tree / ".venv" / "leftover").touch()
    assert machine.set_up().returncode == 0
    assert not (machine.tree / ".venv" / "leftover").exists()


def test_failed_download_leaves_nothing_to_trust(machine: Machine) -> None:
    """When pip fails the run fails, and the next one begins anew."""
    machine.has("offline")
    done = machine.set_up()
    assert done.returncode == 1
    assert "packages could not be installed" in done.stderr
    machine.log()
    (machine.folder / "offline").unlink()
    assert machine.set_up().returncode == 0
    assert len(machine.log()) == 3


def test_failed_install_of_the_project_is_tried_again(machine: Machine) -> None:
    """The packages are kept when only the project's own install failed."""
    machine.set_up()
    machine.log()
    (machine.tree / "pyproject.toml").write_text("# another\n", encoding="utf-8")
    machine.has("offline")
    assert machine.set_up().returncode == 1
    (machine.folder / "offline").unlink()
    machine.log()
    assert machine.set_up().returncode == 0
    assert len(machine.log()) == 1


def test_old_python_is_refused_in_one_line(machine: Machine) -> None:
    """Without a Python 3.11 the remedy is said, and nothing is made."""
    machine.put_python(rank="none")
    assert "no Python 3.11 or newer was found" in the_one_line(machine.set_up())
    assert not (machine.tree / ".venv").exists()


@pytest.mark.parametrize("python3", ["exit 127", "echo 'Python 2.7'; exit 1"])
def test_python_by_another_name(machine: Machine, python3: str) -> None:
    """A shim that fails and an old python3 are passed over for a python3.12 on the PATH."""
    machine.put("python3", python3)
    machine.put("python3.11", "echo 'pyenv: not found' >&2; exit 127")
    machine.put_python("python3.12")
    assert machine.set_up().returncode == 0
    assert machine.log()[0] == "python3.12 venv"


@pytest.mark.parametrize(("other", "taken"), [("1", "python3.13"), ("none", "python3")])
def test_tried_release_comes_before_a_newer_one(machine: Machine, other: str, taken: str) -> None:
    """A Python newer than those that the lock was tried with is taken only when there is no other."""
    machine.put_python("python3", "2")
    machine.put_python("python3.13", other)
    assert machine.set_up().returncode == 0
    assert machine.log()[0] == f"{taken} venv"


def test_python_named_by_the_user(machine: Machine) -> None:
    """PYTHON= wins over the PATH, and over a .venv made with another Python; without it that .venv stays."""
    machine.put_python("my-python")
    machine.set_up()
    machine.log()
    assert machine.set_up(PYTHON="my-python").returncode == 0
    assert machine.log()[0] == "my-python venv"
    machine.set_up()
    assert machine.log() == []


def test_wrong_python_named_by_the_user(machine: Machine) -> None:
    """PYTHON= that is too old or not there is refused by its name; no other is taken in its place."""
    assert "PYTHON=pythno is no Python 3.11" in the_one_line(machine.set_up(PYTHON="pythno"))


def test_missing_venv_module_without_rights(machine: Machine) -> None:
    """Without the rights to install it, one line names the package."""
    machine.put_python(rank="3")
    machine.put("apt-get", 'echo "apt-get $*" >>"$MACHINE/log"')
    line = the_one_line(machine.set_up())
    assert "python3.11-venv" in line
    assert machine.log() == []


def test_missing_pango_without_rights(machine: Machine) -> None:
    """Without the rights to install it, one line names the packages, and nothing is made."""
    (machine.folder / "pango").unlink()
    machine.put("apt-get", 'echo "apt-get $*" >>"$MACHINE/log"')
    line = the_one_line(machine.set_up())
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in line
    assert machine.log() == []
    assert not (machine.tree / ".venv").exists()


@pytest.mark.parametrize("user", ["root", "sudoer"])
def test_pango_comes_from_apt(machine: Machine, user: str) -> None:
    """Root, or somebody for whom sudo asks nothing, gets Pango installed."""
    (machine.folder / "pango").unlink()
    if user == "root":
        machine.put("id", "echo 0")
    else:
        machine.put("sudo", '[ "$1" != -n ] || shift; [ "$1" != true ] || exit 0; exec "$@"')
        machine.put("true", "exit 0")
    machine.put("apt-get", 'echo "apt-get $*" >>"$MACHINE/log"; case "$*" in *install*) touch "$MACHINE/pango" ;; esac')
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    update, install, *_ = machine.log()
    assert "update" in update
    assert install.endswith("libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")


def test_pango_that_went_away_is_noticed(machine: Machine) -> None:
    """A .venv that was carried to a machine without Pango does not hide that."""
    machine.set_up()
    (machine.folder / "pango").unlink()
    assert "Pango" in the_one_line(machine.set_up())


def test_pango_comes_from_brew_on_a_mac(machine: Machine) -> None:
    """On macOS Homebrew installs Pango, and apt-get is left alone."""
    (machine.folder / "pango").unlink()
    machine.put("uname", "echo Darwin")
    machine.put("brew", '[ "$1" != list ] || exit 1; echo "brew $*" >>"$MACHINE/log"; touch "$MACHINE/pango"')
    assert machine.set_up().returncode == 0
    assert machine.log()[0] == "brew install --quiet pango"


def test_python_that_cannot_see_homebrew(machine: Machine) -> None:
    """On macOS a Python that cannot load Homebrew's Pango is told apart from a missing Pango: the remedy names both."""
    (machine.folder / "pango").unlink()
    machine.put("uname", "echo Darwin")
    machine.put("brew", "exit 0")
    assert "brew install pango python" in the_one_line(machine.set_up())


def test_windows_is_sent_to_wsl(machine: Machine) -> None:
    """In a shell of Windows one line says to use WSL."""
    machine.put("uname", "echo MINGW64_NT-10.0")
    assert "WSL" in the_one_line(machine.set_up())


def test_settings_of_other_projects_do_not_leak_in(machine: Machine) -> None:
    """pip does not hear of another project's target, and never installs for the user instead of into .venv."""
    script = machine.folder / "bin" / "python3"
    told = script.read_text(encoding="utf-8").replace(
        '*"-m pip"*)', '*"-m pip"*) echo "user=$PIP_USER target=${PIP_TARGET:-none}" >>"$MACHINE/settings";'
    )
    script.write_text(told, encoding="utf-8")
    assert machine.set_up(PIP_USER="1", PIP_TARGET="/elsewhere", PYTHONPATH="/elsewhere").returncode == 0
    settings = (machine.folder / "settings").read_text(encoding="utf-8").splitlines()
    assert set(settings) == {"user=0 target=none"}


def test_script_is_plain_sh() -> None:
    """The script starts under sh, without a bashism that a stricter shell would refuse to read."""
    assert subprocess.run(["sh", "-n", str(ROOT / "tools" / "setup.sh")], check=False).returncode == 0
