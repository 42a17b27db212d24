#!/usr/bin/env python3
"""Runs clang-tidy over the sources that changed since the commit in .ci/tidy_base.

tidy.py BUILD_FOLDER: one that has a compile_commands.json. A file that was found clean is remembered
by its preprocessed text, so that checking it again costs the preprocessor alone. A source with a known
fault is checked first: it must be reported. Prints what was found, then `N passed, N failed`; the
status is 0 when nothing was found.

When the files since the base are clean, the base may move to HEAD. A file from before that has
findings is mended by whoever changes it next.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLEAN = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "rotacast-tidy"
TIDY = "clang-tidy-16"


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def changed_files():
    base = (ROOT / ".ci" / "tidy_base").read_text(encoding="ascii").strip()
    if subprocess.run(["git", "cat-file", "-e", base], cwd=ROOT, capture_output=True).returncode != 0:
        print(f"this clone's history does not reach {base}: there is nothing to compare with")
        return set()
    names = git("diff", "--name-only", "--diff-filter=d", base, "HEAD", "--", "*.hpp", "*.cpp")
    return {ROOT / name for name in names.split()}


def to_check(commands):
    """The changed sources. For a header, its own source, which includes it first, or else the generated
    one that includes nothing else (tests/CMakeLists.txt): so each also compiles alone."""
    sources = set()
    for file in changed_files():
        own = file.with_suffix(".cpp")
        alone = pathlib.Path(BUILD).resolve() / "tests" / "headers" / own.relative_to(ROOT / "src") \
            if ROOT / "src" in own.parents else own
        sources.update(source for source in (own, alone) if source in commands)
    return sorted(sources)


def preprocessed(command):
    words = shlex.split(command["command"])
    words[words.index("-o") + 1] = "-"
    text = subprocess.run(
        [*words, "-E"], cwd=command["directory"], check=True, capture_output=True).stdout
    # Line markers name the folder of the checkout.
    return text.replace(str(ROOT).encode(), b"")


def findings(source, command):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + preprocessed(command)).hexdigest()
    if (CLEAN / digest).exists():
        return None
    run = subprocess.run([TIDY, "--quiet", "-p", BUILD, "--extra-arg=-Wno-unknown-warning-option", str(source)], capture_output=True, text=True)
    if run.returncode == 0:
        (CLEAN / digest).touch()
        return None
    return run.stdout or run.stderr


def reports_a_fault():
    """Whether clang-tidy and its configuration work at all."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "fault.cpp"
        source.write_text("int* nowhere = 0;\n", encoding="ascii")
        run = subprocess.run(
            [TIDY, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", str(source), "--"],
            capture_output=True, text=True)
        return run.returncode != 0 and "modernize-use-nullptr" in run.stdout


BUILD = sys.argv[1]
CLEAN.mkdir(parents=True, exist_ok=True)
if not reports_a_fault():
    print("FAIL: clang-tidy does not report a known fault\n0 passed, 1 failed")
    sys.exit(1)
database = json.loads((pathlib.Path(BUILD) / "compile_commands.json").read_text(encoding="utf-8"))
by_file = {pathlib.Path(command["file"]): command for command in database}
passed, failed = 1, 0
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    checked = to_check(by_file)
    for source, found in zip(checked, pool.map(lambda file: findings(file, by_file[file]), checked)):
        passed += found is None
        failed += found is not None
        if found:
            print(f"FAIL: {source.relative_to(ROOT)}\n{found}", flush=True)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
