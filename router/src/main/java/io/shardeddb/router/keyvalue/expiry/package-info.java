/** When keys expire, and by whose time. */
@NullMarked
package io.shardeddb.router.keyvalue.expiry;

import org.jspecify.annotations.NullMarked;
