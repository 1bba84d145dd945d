/** What a database's tables look like, and the rules that such a description obeys. */
@NullMarked
package io.shardeddb.protocol.schema;

import org.jspecify.annotations.NullMarked;
