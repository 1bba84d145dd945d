/** JSON trees: how objects are held, read and compared. */
@NullMarked
package io.shardeddb.local.tree;

import org.jspecify.annotations.NullMarked;
