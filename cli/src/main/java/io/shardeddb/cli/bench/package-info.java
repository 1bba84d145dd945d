/**
 * {@code sdb bench}: how fast, against what. Runs a database of its own for each measurement and stops it afterwards.
 */
@NullMarked
package io.shardeddb.cli.bench;

import org.jspecify.annotations.NullMarked;
