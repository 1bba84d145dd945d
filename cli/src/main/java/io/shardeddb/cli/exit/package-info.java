/** How a command ends: its exit code, and a failure with the message for a person. */
@NullMarked
package io.shardeddb.cli.exit;

import org.jspecify.annotations.NullMarked;
