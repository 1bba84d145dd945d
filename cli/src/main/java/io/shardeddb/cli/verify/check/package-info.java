/** Judges histories: what clients asked and were answered. No input, no clock, no threads. */
@NullMarked
package io.shardeddb.cli.verify.check;

import org.jspecify.annotations.NullMarked;
