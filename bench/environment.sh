# What the scripts of the benchmarks need, sourced by them; the folder is that of the clone.

# The command-line tool, built if it is not there yet.
need_tool() {
    [ -x build/release/bin/triptych ] && return
    cmake --preset release
    cmake --build --preset release --target triptych_cli
}

# need_python FOLDER MODULES: .venv, with what FOLDER/requirements.txt names unless these modules, with commas between them, are there.
need_python() {
    [ -x .venv/bin/python ] || python3 -m venv .venv || return
    .venv/bin/python -c "import $2" 2>/dev/null ||
        .venv/bin/python -m pip install --quiet --requirement "$1/requirements.txt"
}
