/** Which kinds exist: the built-in ones as data, the custom ones from their definitions. */
@NullMarked
package io.shardeddb.local.kind;

import org.jspecify.annotations.NullMarked;
