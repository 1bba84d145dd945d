package io.shardeddb.server;

/** With what the process ends. */
public final class ExitCodes {
    /** A setting is missing or wrong. */
    public static final int BAD_SETTINGS = 64;
    /** The data directory's identity is gone or another's. */
    public static final int IDENTITY_LOST = 70;
    /** The log could not be written or forced: what is on the disk is unknown until recovery has looked. */
    public static final int LOG_FAILED = 71;
    /** The data directory cannot be used: held by another process, or not readable. */
    public static final int VOLUME_UNUSABLE = 73;
    /** The log is damaged: this volume's members must be given up. */
    public static final int LOG_DAMAGED = 74;
    /** A port is in use. */
    public static final int PORT_IN_USE = 75;

    private ExitCodes() {}
}
