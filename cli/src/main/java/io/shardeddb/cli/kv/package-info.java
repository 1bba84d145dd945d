/** {@code sdb kv}: keys and values of any bytes. */
@NullMarked
package io.shardeddb.cli.kv;

import org.jspecify.annotations.NullMarked;
