/** {@code sdb import}: files of many records, resumable and without doubles. */
@NullMarked
package io.shardeddb.cli.transfer;

import org.jspecify.annotations.NullMarked;
