package io.shardeddb.server;

import java.io.IOException;
import java.nio.file.Path;

/** The credential that a server was told to use cannot be read: it does not start without. */
public final class CredentialUnusableException extends IOException {
    private static final long serialVersionUID = 1;

    CredentialUnusableException(Path file, IOException cause) {
        super("the credential " + file + " cannot be used: " + cause.getMessage(), cause);
    }
}
