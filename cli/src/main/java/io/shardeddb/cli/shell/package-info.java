/** {@code sdb shell}: the commands one after the other, with completion, history, paging and timing. */
@NullMarked
package io.shardeddb.cli.shell;

import org.jspecify.annotations.NullMarked;
