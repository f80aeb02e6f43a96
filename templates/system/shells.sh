# Shells of people: no memory of a process is left behind, and one that was forgotten ends by itself after four hours at its prompt.
ulimit -c 0 2>/dev/null
if [ -z "${TMOUT-}" ]; then
    TMOUT=14400
    readonly TMOUT
    export TMOUT
fi
