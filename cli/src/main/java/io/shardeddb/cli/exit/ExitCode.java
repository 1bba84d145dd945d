package io.shardeddb.cli.exit;

/** Exit codes of {@code sdb}, after sysexits where one fits. They are part of the interface and do not change. */
public final class ExitCode {

    /** Done. */
    public static final int OK = 0;
    /** The answer is no: the row is not there, the copies differ, the database is not ready. */
    public static final int NEGATIVE = 1;
    /** The command line is wrong. */
    public static final int USAGE = 64;
    /** The data given is wrong: the database refused it and nothing of it was done. */
    public static final int DATA = 65;
    /** A file given cannot be read. */
    public static final int NO_INPUT = 66;
    /** What the command needs is not there: no cluster running, no such database, no JDK. */
    public static final int UNAVAILABLE = 69;
    /** A fault of the program. */
    public static final int SOFTWARE = 70;
    /** The machine refuses: no disk space, no permission, a port in use. */
    public static final int CANNOT_CREATE = 73;
    /** Not done now, may work later; or it is not known whether it was done. */
    public static final int TEMPORARY = 75;
    /** Interrupted. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
