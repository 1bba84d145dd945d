package io.shardeddb.cli.objects;

import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;

/** The kind of object that a person typed. */
final class KindArgument {

    private KindArgument() {}

    /** @throws CommandFailure naming the kinds there are, when it is none of them */
    static ResourceKind parse(String word) {
        return KnownKinds.named(word)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "there is no kind '" + word + "' here; a database consists of "
                                + String.join(", ", KnownKinds.plurals()) + ". For other kinds use kubectl."));
    }
}
