/** Writing while things fail, and proving afterwards that nothing acknowledged is missing and all copies agree. */
@NullMarked
package io.shardeddb.cli.proof;

import org.jspecify.annotations.NullMarked;
