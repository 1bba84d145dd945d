/** The reference of all commands, made from what they say of themselves. */
@NullMarked
package io.shardeddb.cli.reference;

import org.jspecify.annotations.NullMarked;
