/** Documents and keys with values, in whole databases. */
@NullMarked
package io.shardeddb.systemtests.documents;

import org.jspecify.annotations.NullMarked;
